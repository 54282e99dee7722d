"""The runs that look for the planted factors: alike in all but their number of factors."""

import math
from collections.abc import Sequence
from typing import Literal

from cf_core.charts.planted.error_curve import RunPoint
from cf_core.config import TrainingConfig, with_settings
from cf_core.data.split import Split, SplitConfig
from cf_core.runs.spec import Run
from cf_core.training.recipes import recipe
from pages.shared import session
from pages.shared.run.comparison import history_now

Pull = Literal["none", "weak", "strong"]
_DECAY: dict[Pull, float] = {"none": 0.0, "weak": 0.012, "strong": 0.12}
"""Weight decay times the number of users: the gradient of a user's row is their share of a batch, so that an equal
decay would pull harder where users are many. With the page's first choices and 16 factors the validation RMSE is 0.16
above the floor with weak decay and 0.08 with strong; with the planted 3 it is 0.04 and 0.05."""

_STEPS = 32
"""Steps of an epoch, more or less."""


def numbers_of_factors(n_planted: int) -> list[int]:
    """How many factors to try: one, half the planted number (rounded up), that number, twice and four times as many."""
    return sorted({1, -(-n_planted // 2), n_planted, 2 * n_planted, 4 * n_planted})


def config(n_factors: int, pull: Pull, split: Split) -> TrainingConfig:
    """Recipe `fast` for longer and with smaller steps, so that what a run misses is not for want of training."""
    ratings = split.ratings
    settings = {
        "n_factors": n_factors,
        "n_epochs": 20,
        "learning_rate": 0.02,
        "weight_decay": _DECAY[pull] / ratings.n_users,
        "batch_size": 2 ** min(max(round(math.log2(len(split.train_rows) / _STEPS)), 6), 13),
    }
    return with_settings(recipe("fast").config, settings)


def comparable(runs: Sequence[Run]) -> list[Run]:
    """Those that can stand on the curve or will: with a dot product, on the split of the others."""
    return [run for run in runs if run.spec.split == SplitConfig() and run.spec.config.model.kind != "net"]


def missing(runs: Sequence[Run], n_planted: int, pull: Pull, split: Split) -> list[int]:
    """The numbers of factors that no run has been trained with, and none is being."""
    there = {run.spec.config for run in runs if run.unfinished or run.has_factors}
    return [number for number in numbers_of_factors(n_planted) if config(number, pull, split) not in there]


def start(numbers: Sequence[int], pull: Pull, split: Split) -> None:
    """Queue a run for each number of factors.

    Raises:
        QueueFullError: there are as many unfinished runs as there may be; those that fit are queued.
    """
    for number in numbers:
        session.start_run(config(number, pull, split))


def points(runs: Sequence[Run]) -> list[RunPoint]:
    """The runs that have ended with a model, the newest of equal configurations."""
    newest: dict[TrainingConfig, Run] = {}
    for run in runs:
        if run.outcome in ("finished", "stopped") and run.has_factors and run.rmse is not None:
            newest.setdefault(run.spec.config, run)
    names = session.run_names()
    return [_point(run, names[run.run_id]) for run in newest.values()]


def _point(run: Run, name: str) -> RunPoint:
    last = history_now(run).epochs[-1]
    return RunPoint(run.run_id, name, run.spec.config.model.n_factors, math.sqrt(last.train_loss), last.rmse)
