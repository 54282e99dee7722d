"""What to compare a run's ranking with: most popular, damped means, and EASE, on the same split."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.data.split import Split
from cf_core.evaluation.ease import PENALTY, Ease
from cf_core.evaluation.metrics import Scores
from cf_core.evaluation.protocol import Candidates
from cf_core.insight.baselines import damped_biases, damped_means


@dataclass(frozen=True)
class BaselineRanker:
    """A ranker without a run.

    Attributes:
        name: as on the command line.
        title: as on the screen.
        formula: the score of user u for item i, in one line.
        scores: fits it to a split.
    """

    name: str
    title: str
    formula: str
    scores: Callable[[Split], Scores]


def popular(split: Split) -> Scores:
    """s_ui = n_i, the number of training ratings of the item: the same order for everybody."""
    return _same_for_all(np.bincount(split.ratings.item_idx[split.train_rows], minlength=split.ratings.n_items))


def item_means(split: Split) -> Scores:
    """s_ui = b_i of the damped means (see `damped_means`): the same order for everybody."""
    return _same_for_all(damped_biases(split)[1])


def ease(split: Split) -> Scores:
    """s_u = x_u B of EASE, with λ = `PENALTY`; raises `TooCostlyError` where the data are too large for it."""
    rated = Candidates.of(split).rated
    model = Ease.fit(rated)
    return lambda users: model.scores(rated[users])


BASELINE_RANKERS: dict[str, BaselineRanker] = {
    ranker.name: ranker
    for ranker in (
        BaselineRanker("popular", "most popular", "number of training ratings", popular),
        BaselineRanker("damped_means", "damped means", "bᵢ = Σ(r − μ)/(nᵢ + 5)", item_means),
        BaselineRanker("ease", "EASE", f"xᵤB, λ = {PENALTY:g}", ease),
    )
}
"""By name, the simplest first."""


def rating_errors(name: str, split: Split) -> tuple[float | None, float | None]:
    """RMSE and MAE in stars of a baseline that predicts ratings; None and None for one that only ranks."""
    if name != "damped_means":
        return None, None
    means = damped_means(split)
    return means.rmse, means.mae


def _same_for_all(score: NDArray[np.generic]) -> Scores:
    row = score.astype(np.float64)
    return lambda users: np.broadcast_to(row, (len(users), len(row)))
