"""In a sentence or two: whether the run that predicts best ranks better than popularity, and than EASE."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cf_core.evaluation.metrics import Ranking
from cf_core.insight.standard_error import standard_error
from cf_core.words import MOVIES, Words

Tone = Literal["good", "fair", "bad"]
CLEAR = 2.0
"""A difference of fewer standard errors than this may be chance."""


class Judged(NamedTuple):
    """A ranker with what it is called, its RMSE in stars (None where it predicts none), and its ranking."""

    name: str
    rmse: float | None
    ranking: Ranking


class Verdict(NamedTuple):
    """The sentences; `tone` is that of the run that predicts best against popularity: "good" above it, "fair" where the
    difference may be chance or there is no run, "bad" below."""

    text: str
    tone: Tone


def verdict(runs: Sequence[Judged], baselines: Mapping[str, Judged], k: int, words: Words = MOVIES) -> Verdict:
    """What the figures say.

    Args:
        runs: each with an RMSE.
        baselines: by name; "popular" is there, "ease" where the data are not too large for it.
    """
    popular, ease = baselines["popular"], baselines.get("ease")
    if not runs:
        best = (
            "" if ease is None else f" EASE, which sees who rated what but no {words.unit}, reaches {_ndcg(ease):.3f}."
        )
        return Verdict(
            f"The most popular {words.items}, the same for all, reach NDCG@{k} {_ndcg(popular):.3f}.{best}", "fair"
        )
    predicts_best = min(runs, key=lambda run: run.rmse or 0.0)
    ranks_best = max(runs, key=_ndcg)
    tone = against(predicts_best.ranking.ndcg, popular.ranking.ndcg)
    than = {"good": " and ranks above", "fair": " and ranks about like", "bad": ", yet ranks below"}[tone]
    figures = f"NDCG@{k} {_ndcg(predicts_best):.3f} against {_ndcg(popular):.3f}"
    text = f"{predicts_best.name} predicts best{than} plain popularity: {figures}."
    if ranks_best is not predicts_best and against(ranks_best.ranking.ndcg, popular.ranking.ndcg) == "good":
        text += f" {ranks_best.name} ranks better: {_ndcg(ranks_best):.3f}."
    if ease is not None:
        text += _against_ease(ranks_best, ease, words)
    return Verdict(text, tone)


def against(one: NDArray[np.float64], other: NDArray[np.float64]) -> Tone:
    """Whether the first is higher over the same users, by the standard error of the differences."""
    difference = one - other
    if not abs(difference.mean()) > CLEAR * standard_error(difference):
        return "fair"
    return "good" if difference.mean() > 0 else "bad"


def _against_ease(run: Judged, ease: Judged, words: Words) -> str:
    match against(run.ranking.ndcg, ease.ranking.ndcg):
        case "good":
            return f" That beats EASE ({_ndcg(ease):.3f}), which sees no {words.unit}."
        case "bad":
            return f" EASE, which sees no {words.unit}, reaches {_ndcg(ease):.3f}."
        case _:
            return f" EASE, which sees no {words.unit}, ranks as well: {_ndcg(ease):.3f}."


def _ndcg(judged: Judged) -> float:
    return float(judged.ranking.ndcg.mean())
