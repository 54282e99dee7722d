"""What a run will cost, computed from its settings and the size of the data before it starts."""

from typing import NamedTuple

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.errors import TooCostlyError
from cf_core.runs.limits import Limits
from cf_core.teaching.memory import COPIES, FLOAT

PROCESS = 385_000_000
"""Bytes of a worker before it reads data: Python, NumPy and PyTorch, warmed up. Measured, with PyTorch for the CPU;
that for CUDA took another 0.9 GB, most of it code that all processes share."""

PER_RATING = 90
"""Bytes per rating, measured: the data set, the parts of the split, the ratings on the device, and once more in the
order of the epoch."""

MICRO_BATCH = 8_192
"""A larger batch is worked off in parts of so many ratings, see `training/fit.py`; not for "implicit"."""

TEMPORARIES = 3
"""Tensors with a row per user and item of a batch that a step holds at once."""


class DataSize(NamedTuple):
    """The size of a data set."""

    n_users: int
    n_items: int
    n_ratings: int

    @classmethod
    def of(cls, ratings: Ratings) -> "DataSize":
        """The size of `ratings`."""
        return cls(ratings.n_users, ratings.n_items, ratings.n_ratings)


def n_weights(config: TrainingConfig, size: DataSize) -> int:
    """How many numbers the model learns: k factors, with biases one more, for each user and item; "implicit" has k more
    for each user, the net two layers."""
    model, k = config.model, config.model.n_factors
    rows = size.n_users + size.n_items
    match model.kind:
        case "dot":
            return rows * k
        case "bias":
            return rows * (k + 1)
        case "implicit":
            return rows * (k + 1) + size.n_users * k
        case "net":
            return rows * k + model.n_hidden * (2 * k + 2) + 1


def work_of(config: TrainingConfig, size: DataSize) -> int:
    """epochs x ratings x factors: what the time of a run grows with."""
    return config.n_epochs * size.n_ratings * config.model.n_factors


def memory_of_run(config: TrainingConfig, size: DataSize) -> int:
    """About how many bytes its process takes at most on the CPU. With W weights, of which the optimiser keeps c copies,
    n ratings, batches of B ratings (parts of 8,192 of a larger one) and k factors it is the sum of

        385 MB                        Python and PyTorch
        4 W (2 + c)                   weights, gradients, the optimiser's copies
        90 n                          the ratings in all their forms
        8 n/B · epochs                the schedule
        the larger of
          4 W (2 + c)                 a checkpoint while it is written: weights and copies, and the bytes of one
          4 · 3 · 2 B (k + 1)         a training step: three tensors with a row per user and item of the batch
    """
    w, c, k = n_weights(config, size), _n_copies(config), config.model.n_factors
    part = size.n_ratings if config.model.kind == "implicit" else MICRO_BATCH
    batch = min(config.batch_size, size.n_ratings, part)
    schedule = 8 * config.n_epochs * -(-size.n_ratings // config.batch_size)
    step = FLOAT * TEMPORARIES * 2 * batch * (k + 1)
    return PROCESS + FLOAT * w * (2 + c) + PER_RATING * size.n_ratings + schedule + max(FLOAT * w * (2 + c), step)


def check_cost(config: TrainingConfig, size: DataSize, limits: Limits) -> None:
    """Raise `TooCostlyError`, with the figure and what to change, where the run takes more work or memory than one run
    may take."""
    work, memory = work_of(config, size), memory_of_run(config, size)
    if work > limits.budget:
        raise TooCostlyError(
            f"{config.n_epochs:,} epochs of {size.n_ratings:,} ratings with {config.model.n_factors} factors make "
            f"{work / 1e9:,.1f} billion; this lab allows {limits.budget / 1e9:,.1f} billion per run. "
            "Take fewer epochs or fewer factors."
        )
    if memory > limits.memory:
        raise TooCostlyError(
            f"This run would take about {memory / 1e6:,.0f} MB of memory; this lab allows "
            f"{limits.memory / 1e6:,.0f} MB per run. "
            "Take fewer factors, a smaller batch, or SGD, which remembers less per weight."
        )


def _n_copies(config: TrainingConfig) -> int:
    return 0 if config.optimizer == "sgd" and config.momentum == 0 else COPIES[config.optimizer]
