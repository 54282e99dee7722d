"""Gradient descent on a small table with its history: the current weights, the cost after each step, and undo.

A descent is never changed in place: every action returns a new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cf_core.by_hand.factors import Factors, Side, random_start
from cf_core.by_hand.model import SmallModel, mean_squared_error
from cf_core.by_hand.steps import Cell, step
from cf_core.by_hand.table import SmallTable
from cf_core.errors import ConfigError, OvershootError

MAX_UNDO = 100
MAX_COSTS = 2_000
"""Older entries are dropped."""


@dataclass(frozen=True)
class Cost:
    """Mean squared error (squared stars) after `n_steps`, over training and over held-out cells; None where there is
    no such cell."""

    n_steps: int
    train: float | None
    valid: float | None


@dataclass(frozen=True, eq=False)
class Descent:
    """The state of a descent and how it got there. Begin with `Descent.start`.

    Attributes:
        costs: at the start and after every step or edit; the last is that of `factors`.
        past: for each action that can be undone, the factors before it and how many costs it added.
    """

    table: SmallTable
    model: SmallModel
    factors: Factors
    costs: tuple[Cost, ...]
    past: tuple[tuple[Factors, int], ...] = ()

    @classmethod
    def start(cls, table: SmallTable, model: SmallModel, n_factors: int = 5, seed: int = 0) -> "Descent":
        """A descent before its first step; the same seed starts at the same numbers."""
        factors = random_start(*table.shape, n_factors, seed, model.factor_size)
        return cls(table, model, factors, (_cost(table, model, factors, 0),))

    @property
    def before(self) -> Factors | None:
        """The factors before the latest action that was not undone; None where there is none."""
        return self.past[-1][0] if self.past else None

    @property
    def cost(self) -> Cost:
        """The cost of the current factors."""
        return self.costs[-1]

    def stepped(
        self, n: int, *, learning_rate: float, weight_decay: float = 0.0, only: Cell | None = None
    ) -> "Descent":
        """Take n steps, which are undone together; fewer where the numbers diverge on the way.

        Raises:
            ConfigError, OvershootError: as `steps.step`, if not even the first step can be taken.
        """
        factors, costs = self.factors, list[Cost]()
        for _ in range(n):
            try:
                factors = step(
                    self.table, self.model, factors, learning_rate=learning_rate, weight_decay=weight_decay, only=only
                )
            except OvershootError:
                if not costs:
                    raise
                break
            costs.append(_cost(self.table, self.model, factors, self.cost.n_steps + len(costs) + 1))
        return self._after(factors, costs)

    def edited(self, side: Side, cells: Mapping[tuple[int, int], Any]) -> "Descent":
        """Replace some numbers of one side, (row, column) to value; columns are the factors, then the bias.

        Raises:
            ConfigError: as `Factors.edited`.
        """
        factors = self.factors.edited(side, cells)
        return self._after(factors, [_cost(self.table, self.model, factors, self.cost.n_steps)])

    def undone(self) -> "Descent":
        """Undo the last action.

        Raises:
            ConfigError: there is nothing to undo.
        """
        if not self.past:
            raise ConfigError("There is nothing to undo. Take a step, or change a number.")
        *past, (factors, n_added) = self.past
        costs = self.costs[:-n_added] or (_cost(self.table, self.model, factors, 0),)
        return replace(self, factors=factors, costs=costs, past=tuple(past))

    def with_model(self, model: SmallModel) -> "Descent":
        """Keep the factors under another model. The costs start afresh, since they are not comparable, and earlier
        actions cannot be undone."""
        return Descent(self.table, model, self.factors, (_cost(self.table, model, self.factors, 0),))

    def _after(self, factors: Factors, costs: list[Cost]) -> "Descent":
        past = (*self.past, (self.factors, len(costs)))[-MAX_UNDO:]
        return replace(self, factors=factors, costs=(*self.costs, *costs)[-MAX_COSTS:], past=past)


def _cost(table: SmallTable, model: SmallModel, factors: Factors, n_steps: int) -> Cost:
    predicted = model.predict(factors)
    return Cost(
        n_steps,
        mean_squared_error(predicted, table.rating, table.training),
        mean_squared_error(predicted, table.rating, table.held_out),
    )
