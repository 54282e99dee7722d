"""One descent and what it went through: where the numbers are, how the cost fell, what can be undone.

Nothing in here is changed in place: every action gives a new descent. Nothing in here computes a gradient.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cf_core.by_hand.factors import Factors, Side, random_start
from cf_core.by_hand.model import HandModel, mean_squared_error
from cf_core.by_hand.steps import Place, step
from cf_core.by_hand.table import HandTable
from cf_core.errors import ConfigError

MAX_UNDO = 100
MAX_COSTS = 5_000
"""The oldest are forgotten."""


@dataclass(frozen=True)
class Cost:
    """Mean squared error (squared stars) after so many steps, over training and over held-out cells; None where there
    is no such cell."""

    n_steps: int
    train: float | None
    valid: float | None


@dataclass(frozen=True, eq=False)
class Descent:
    """A table in work. Begin with `Descent.start`.

    Attributes:
        costs: at the start and after every step or edit, the last being that of `factors`.
        past: before each action that can be undone: the factors, and how many costs the action added.
    """

    table: HandTable
    model: HandModel
    factors: Factors
    costs: tuple[Cost, ...]
    past: tuple[tuple[Factors, int], ...] = ()

    @classmethod
    def start(cls, table: HandTable, model: HandModel, n_factors: int = 5, seed: int = 0) -> "Descent":
        """A descent before its first step; the same seed starts at the same numbers."""
        factors = random_start(*table.shape, n_factors, seed)
        return cls(table, model, factors, (_cost(table, model, factors, 0),))

    @property
    def cost(self) -> Cost:
        """Of the numbers as they are."""
        return self.costs[-1]

    def stepped(
        self, n: int, *, learning_rate: float, weight_decay: float = 0.0, only: Place | None = None
    ) -> "Descent":
        """After n steps, which are undone together.

        Raises:
            ConfigError, OvershootError: as `steps.step`; nothing has moved then.
        """
        factors, costs = self.factors, list[Cost]()
        for _ in range(n):
            factors = step(
                self.table, self.model, factors, learning_rate=learning_rate, weight_decay=weight_decay, only=only
            )
            costs.append(_cost(self.table, self.model, factors, self.cost.n_steps + len(costs) + 1))
        return self._after(factors, costs)

    def edited(self, side: Side, cells: Mapping[tuple[int, int], Any]) -> "Descent":
        """With some numbers of one side typed anew, (row, column) to value; columns are the factors, then the bias.

        Raises:
            ConfigError: as `Factors.edited`; nothing has changed then.
        """
        factors = self.factors.edited(side, cells)
        return self._after(factors, [_cost(self.table, self.model, factors, self.cost.n_steps)])

    def undone(self) -> "Descent":
        """Without the last action.

        Raises:
            ConfigError: there is nothing to undo.
        """
        if not self.past:
            raise ConfigError("There is nothing to undo. Take a step, or change a number.")
        *past, (factors, n_added) = self.past
        costs = self.costs[:-n_added] or (_cost(self.table, self.model, factors, 0),)
        return replace(self, factors=factors, costs=costs, past=tuple(past))

    def under(self, model: HandModel) -> "Descent":
        """The same numbers under another model. The curve starts anew, since it is another cost, and nothing before can
        be undone."""
        return Descent(self.table, model, self.factors, (_cost(self.table, model, self.factors, 0),))

    def _after(self, factors: Factors, costs: list[Cost]) -> "Descent":
        past = (*self.past, (self.factors, len(costs)))[-MAX_UNDO:]
        return replace(self, factors=factors, costs=(*self.costs, *costs)[-MAX_COSTS:], past=past)


def _cost(table: HandTable, model: HandModel, factors: Factors, n_steps: int) -> Cost:
    predicted = model.predict(factors)
    return Cost(
        n_steps,
        mean_squared_error(predicted, table.rating, table.training),
        mean_squared_error(predicted, table.rating, table.held_out),
    )
