"""A run that was trained elsewhere, on its way into the store."""

from dataclasses import dataclass
from datetime import datetime

from cf_core.runs.spec import RunOutcome, RunSpec
from cf_core.runs.store.row_mapping import new_row
from cf_core.runs.store.tables import RunRow
from cf_core.teaching.guesses import Guess
from cf_core.training.history import History


@dataclass(frozen=True)
class EndedRun:
    """What the store is told of a run that ended in another lab; see `Run` for the fields."""

    spec: RunSpec
    history: History
    outcome: RunOutcome
    message: str
    fingerprint: str
    versions: dict[str, str]
    has_factors: bool
    name: str
    note: str
    axis_names: dict[str, str]
    guess: Guess | None

    def row(self, run_id: str, owner: str, created: datetime, address: str) -> RunRow:
        """The row of the run, without its epochs."""
        row, ended = new_row(run_id, self.spec, owner, "", created, self.guess, address), self.history.ended
        row.outcome, row.message, row.fingerprint = self.outcome, self.message, self.fingerprint
        row.versions, row.has_factors = self.versions, self.has_factors
        row.name, row.note, row.axis_names = self.name, self.note, self.axis_names
        row.ended, row.seconds = (None, None) if ended is None else (ended.to_json(), ended.seconds)
        return row
