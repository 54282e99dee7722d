"""The numbers of each browser's last visit, kept by the server.

A reload of the page begins a new session, which has the settings from the address and the numbers from here. In the
address they would cost a press of Back for every step, because Streamlit writes each change of it into the history.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.factors import Side
from cf_core.by_hand.steps import Cell

MAX_KEPT = 64
"""Beyond that, those that were looked at longest ago are forgotten."""


@dataclass(frozen=True)
class Setup:
    """What the table and its numbers begin from. With another setup, the descent begins again."""

    fingerprint: str | None
    n_factors: int
    seed: int
    held_out: float
    factor_size: float = 1.0


@dataclass(frozen=True, eq=False)
class Visit:
    """Where a visitor is: what the numbers began from, the numbers with their past, and what is selected."""

    setup: Setup
    descent: Descent
    cell: Cell
    number: tuple[Side, int]


class Visits:
    """The last visits by the workspace of the browser."""

    def __init__(self) -> None:
        self._visits: OrderedDict[str, Visit] = OrderedDict()
        self._lock = Lock()

    def keep(self, workspace: str, visit: Visit) -> None:
        """Remember where the visitor is."""
        with self._lock:
            self._visits[workspace] = visit
            self._visits.move_to_end(workspace)
            while len(self._visits) > MAX_KEPT:
                self._visits.popitem(last=False)

    def recall(self, workspace: str) -> Visit | None:
        """Where the visitor was; None where that is not known."""
        with self._lock:
            return self._visits.get(workspace)


visits = Visits()
