"""Factors and biases of the users and movies of a small table: their random start, and edits to them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cf_core.errors import ConfigError
from cf_core.settings import check_setting

Side = Literal["user", "item"]

LARGEST = 100.0
"""The largest absolute value that may be typed."""


@dataclass(frozen=True, eq=False)
class Factors:
    """p_u in `user_factors` (n_users, k), q_i in `item_factors` (n_items, k), b_u and b_i in `user_bias` (n_users,) and
    `item_bias` (n_items,); all float64."""

    user_factors: NDArray[np.float64]
    item_factors: NDArray[np.float64]
    user_bias: NDArray[np.float64]
    item_bias: NDArray[np.float64]

    @property
    def n_factors(self) -> int:
        return int(self.user_factors.shape[1])

    def side(self, side: Side) -> NDArray[np.float64]:
        """One row per user, or movie: its k factors and then its bias, (n, k + 1)."""
        factors, bias = (self.user_factors, self.user_bias) if side == "user" else (self.item_factors, self.item_bias)
        return np.column_stack([factors, bias])

    def with_side(self, side: Side, rows: NDArray[np.float64]) -> "Factors":
        """Replace one side by `rows`, laid out as `side` returns them."""
        factors, bias = rows[:, :-1].copy(), rows[:, -1].copy()
        if side == "user":
            return replace(self, user_factors=factors, user_bias=bias)
        return replace(self, item_factors=factors, item_bias=bias)

    def edited(self, side: Side, cells: Mapping[tuple[int, int], Any]) -> "Factors":
        """Replace some numbers of `side`, (row, column) to value.

        Raises:
            ConfigError: a value is not a number from -100 to 100.
        """
        rows = self.side(side)
        for (row, column), value in cells.items():
            rows[row, column] = _checked(value)
        return self.with_side(side, rows)


def random_start(n_users: int, n_items: int, n_factors: int, seed: int, size: float = 1.0) -> Factors:
    """Factors uniform on [0, size), biases 0; the same seed gives the same numbers.

    Raises:
        ConfigError: n_factors or seed is out of range.
    """
    check_setting("n_factors", n_factors)
    check_setting("seed", seed)
    draw = np.random.default_rng(seed)
    users, items = draw.random((n_users, n_factors)) * size, draw.random((n_items, n_factors)) * size
    return Factors(users, items, np.zeros(n_users), np.zeros(n_items))


def _checked(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        what = "An empty cell" if value is None else repr(value)
        raise ConfigError(f"{what} cannot be a factor or a bias. Type a number from {-LARGEST:g} to {LARGEST:g}.")
    return float(value)
