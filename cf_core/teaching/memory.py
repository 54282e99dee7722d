"""How much memory a run's tensors take on the device, computed from its settings."""

import math

from cf_core.settings import OptimizerKind
from cf_core.training.events import FitStarted

FLOAT, INDEX = 4, 8
"""Bytes of a float32 and of an int64."""

COPIES: dict[OptimizerKind, int] = {"sgd": 1, "adam": 2, "adamw": 2}
"""Numbers that the optimiser keeps per weight: SGD with momentum its velocity, Adam two running means."""


def memory_of(started: FitStarted, optimizer: OptimizerKind, momentum: float) -> dict[str, int]:
    """Bytes by purpose: weights, their gradients, the optimiser's state, and the ratings, which are stored on the
    device as two indices and a float each. Temporary tensors of a step are not counted.

    Args:
        momentum: without it, SGD keeps no state.
    """
    n_weights = sum(math.prod(shape) for shape in started.layers.values())
    copies = 0 if optimizer == "sgd" and momentum == 0 else COPIES[optimizer]
    return {
        "weights": FLOAT * n_weights,
        "gradients": FLOAT * n_weights,
        "optimiser": FLOAT * copies * n_weights,
        "ratings": (2 * INDEX + FLOAT) * (started.n_train + started.n_valid),
    }
