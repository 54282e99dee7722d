"""What is known of a run when it is exported, gathered once for all parts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from cf_core.data.ratings import Ratings
from cf_core.data.split import Split, split_ratings
from cf_core.errors import StoreError
from cf_core.evaluation.run_scores import Weights
from cf_core.fitted_factors import FittedFactors
from cf_core.rating_scale import RatingScale
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore
from cf_core.training.history import History

Report = Callable[[int, int], None]
"""Is told how much of a part is done, of how much."""


@dataclass(frozen=True, eq=False)
class RunContents:
    """A run that has ended, with everything that its export is made from.

    Attributes:
        ratings: of the run's data set.
        factors: of its model; None where it has none.
        layers: the net's layers by their PyTorch names, empty for other models.
        checkpoint: yields the file from which it can go on; None where it has none.
    """

    run: Run
    history: History
    ratings: Ratings
    factors: FittedFactors | None
    layers: Weights
    checkpoint: Callable[[], AbstractContextManager[Path]] | None

    @classmethod
    def of(cls, store: RunStore, run: Run, ratings: Ratings) -> "RunContents":
        """The contents of a run in the store.

        Raises:
            StoreError: the run has not ended, is a trial of a sweep, or its files are damaged.
            DataMismatchError: the run was trained on other ratings.
        """
        if run.unfinished:
            raise StoreError(f"Run {run.run_id} is {run.outcome}. Stop it, or wait for its end, and export it then.")
        if run.spec.purpose == "trial":
            raise StoreError(f"Run {run.run_id} is a trial of a sweep and has no model. Export the sweep's winner.")
        run.check_data(ratings)
        factors = store.factors(run.run_id) if run.has_factors else None
        layers: Weights = {}
        if factors is not None and run.spec.config.model.kind == "net":
            layers = store.files.weights(run.run_id)
            users, items = layers["user_factors.weight"], layers["item_factors.weight"]
            factors = replace(factors, user_factors=users, item_factors=items)
        checkpoint = partial(store.files.reading_checkpoint, run.run_id) if run.has_checkpoint else None
        return cls(run, store.history(run.run_id), ratings, factors, layers, checkpoint)

    @cached_property
    def split(self) -> Split:
        """The run's split of the ratings."""
        return split_ratings(self.ratings, self.run.spec.split)

    @cached_property
    def scale(self) -> RatingScale:
        """How the model's sum becomes a rating."""
        return RatingScale.of(self.run.spec.config.model, self.ratings.rating_range, self.split.train_mean)

    def need_factors(self) -> FittedFactors:
        """The factors.

        Raises:
            StoreError: the run has none.
        """
        if self.factors is None:
            raise StoreError(
                f"Run {self.run.run_id} is {self.run.outcome} and has no weights to export. Export its history alone."
            )
        return self.factors

    @cached_property
    def tensors(self) -> dict[str, np.ndarray]:
        """Every tensor that a prediction takes, by the name that it has in an export, and the counts of training
        ratings; see `weights.py`."""
        factors = self.need_factors()
        own = ("user_factors", "item_factors", "user_bias", "item_bias", "user_interests")
        found = {name: getattr(factors, name) for name in own if getattr(factors, name) is not None}
        if self.layers:
            found |= {
                "hidden_weight": self.layers["hidden.weight"],
                "hidden_bias": self.layers["hidden.bias"],
                "last_weight": self.layers["last.weight"][0],
                "last_bias": self.layers["last.bias"],
            }
        counts = {"n_train_by_user": factors.n_train_by_user, "n_train_by_item": factors.n_train_by_item}
        return {name: np.ascontiguousarray(array) for name, array in (found | counts).items()}
