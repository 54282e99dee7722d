"""One step of gradient descent over a small table, whole or from a single rating. Nothing in here remembers a step."""

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from cf_core.by_hand.factors import Factors, Side
from cf_core.by_hand.model import HandModel, gradient
from cf_core.by_hand.table import HandTable
from cf_core.errors import ConfigError, OvershootError
from cf_core.settings import check_setting

Place = tuple[int, int]
"""Row and column of a cell."""

_LARGEST = 1e6


def step(
    table: HandTable,
    model: HandModel,
    factors: Factors,
    *,
    learning_rate: float,
    weight_decay: float = 0.0,
    only: Place | None = None,
) -> Factors:
    """w ← w - learning_rate · (∂L/∂w + weight_decay · w), for every factor and bias w (plain SGD with L2, no momentum).

    Args:
        only: learn from this one rating, so that L is its squared error; weight decay then pulls on its user and movie
            alone, as nothing else is touched. Without it L is the mean over all training cells.

    Raises:
        ConfigError: learning_rate or weight_decay is out of range, or `only` is a cell that no step may learn from.
        OvershootError: a weight would leave ±10⁶.
    """
    check_setting("learning_rate", learning_rate)
    check_setting("weight_decay", weight_decay)
    slopes = gradient(model, factors, table.rating, batch(table, only))
    moved = {}
    for side in get_args(Side):
        now, slope = factors.side(side), slopes.side(side)
        pull = weight_decay * now
        if not model.biases:
            pull[:, -1] = 0
        if only is not None:
            pull[np.arange(len(now)) != only[0 if side == "user" else 1]] = 0
        moved[side] = now - learning_rate * (slope + pull)
    if not all(np.abs(rows).max() <= _LARGEST for rows in moved.values()):
        raise OvershootError(
            f"At learning rate {learning_rate:g} this step overshoots: the numbers run away. "
            "The table stays as it was. Lower the learning rate, or undo a few steps first."
        )
    return factors.with_side("user", moved["user"]).with_side("item", moved["item"])


def batch(table: HandTable, only: Place | None) -> NDArray[np.bool_]:
    """The cells that a step learns from: all training cells, or the one at `only`.

    Raises:
        ConfigError: `only` is blank or held out.
    """
    if only is None:
        return table.training
    role = table.role(*only)
    if role != "training":
        why = "has no rating" if role == "blank" else "is held out"
        raise ConfigError(f"The chosen cell {why}, so that no step can learn from it. Choose another cell.")
    cells = np.zeros(table.rating.shape, dtype=np.bool_)
    cells[only] = True
    return cells
