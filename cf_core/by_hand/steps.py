"""Takes a step of gradient descent on a small table, on all its training cells or on a single rating."""

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from cf_core.by_hand.factors import Factors, Side
from cf_core.by_hand.model import SmallModel, gradient
from cf_core.by_hand.table import SmallTable
from cf_core.errors import ConfigError, OvershootError
from cf_core.settings import check_setting

Cell = tuple[int, int]
"""Row and column of a cell."""

_LARGEST = 1e6


def step(
    table: SmallTable,
    model: SmallModel,
    factors: Factors,
    *,
    learning_rate: float,
    weight_decay: float = 0.0,
    only: Cell | None = None,
) -> Factors:
    """w ← w - learning_rate · (∂L/∂w + weight_decay · w), for every factor and bias w (plain SGD with L2, no momentum).

    Args:
        only: learn from this one rating; L is then its squared error, and weight decay acts on its user and movie
            alone. By default L is the mean over all training cells.

    Raises:
        ConfigError: learning_rate or weight_decay is out of range, or `only` is not a training cell.
        OvershootError: a weight would exceed ±10⁶.
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
            f"At learning rate {learning_rate:g} the next step overshoots: the numbers diverge. Undo, and lower the "
            "learning rate."
        )
    return factors.with_side("user", moved["user"]).with_side("item", moved["item"])


def batch(table: SmallTable, only: Cell | None) -> NDArray[np.bool_]:
    """The cells that a step learns from: all training cells, or the one at `only`.

    Raises:
        ConfigError: `only` is blank or held out.
    """
    if only is None:
        return table.training
    role = table.role(*only)
    if role != "training":
        why = "has no rating" if role == "blank" else "is held out"
        raise ConfigError(f"The chosen cell {why}, so no step can learn from it. Choose another cell.")
    cells = np.zeros(table.rating.shape, dtype=np.bool_)
    cells[only] = True
    return cells
