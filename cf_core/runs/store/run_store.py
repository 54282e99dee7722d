"""The store of runs: one database, and one folder a run for its weights. Safe for several processes at once.

In the folder: `runs.sqlite` (what was asked, the history, the outcome), `<run_id>/checkpoint.safetensors` (where a run
goes on), `<run_id>/factors.{safetensors,json}` (what the model learnt), `<run_id>/snapshots/` (its epochs, to be
looked at), `keepers/` (who is alive). Nothing in here trains or imports torch.
"""

import builtins
import re
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cf_core.config import TrainingConfig
from cf_core.errors import StoreError, UnknownRunError
from cf_core.files import flush, remove, replacing, writing_into
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.snapshot import Snapshot
from cf_core.runs.spec import UNFINISHED, Purpose, Run, RunSpec
from cf_core.runs.store.checkpoint_weights import read_weights
from cf_core.runs.store.continuation import check_continuation, check_resumable
from cf_core.runs.store.process_locks import forget_the_dead, own_keeper
from cf_core.runs.store.row_mapping import epoch_rows, history_of, new_row, run_of
from cf_core.runs.store.run_rows import RunRows, unfinished, unfinished_or_cut_off
from cf_core.runs.store.snapshots import read_snapshots, snapshot_epochs, write_snapshot
from cf_core.runs.store.tables import EpochRow, RunRow
from cf_core.teaching.guesses import Guess
from cf_core.training.events import FitEnded
from cf_core.training.history import History

DAYS_TO_UNDO = 7
"""How long a deleted run can be restored."""


class RunStore:
    """The runs in `folder`, which is made where there is none.

    A run that is queued or running belongs to the process that created or began it. Once that process is gone, however
    it went, the run reads as interrupted.

    Raises (every method): StoreError, with the file and the cure, where the folder cannot be read or written.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).absolute()
        self._rows = RunRows(self.folder)
        self._database = self._rows.database

    def create(self, spec: RunSpec, owner: str = "", guess: Guess | None = None) -> Run:
        """A new run, queued, under a fresh id: the recipe's name and six hex digits. A guess of how it will end is made
        here or not at all."""
        keeper = self._keeper()
        with self._database.writing() as session:
            row = new_row(_fresh_id(session, spec.config.recipe), spec, owner, keeper, datetime.now(UTC), guess)
            session.add(row)
        return self._run(row)

    def get(self, run_id: str) -> Run:
        """The run of that id, deleted ones included.

        Raises:
            UnknownRunError: there is none; the message names those that nobody owns.
        """
        return self._run(self._rows.one(run_id))

    def shared(self, share_token: str) -> Run:
        """The run of that link.

        Raises:
            UnknownRunError: there is none; it was never shared, is no longer, or was deleted.
        """
        query = select(RunRow).where(RunRow.share_token == share_token, RunRow.deleted.is_(None))
        rows = self._rows.select(query)
        if not rows:
            raise UnknownRunError("This link leads to no run: it was withdrawn or deleted. Ask for a new one.")
        return self._run(rows[0])

    def list(
        self, owner: str | None = None, *, deleted: bool = False, purpose: Purpose = "train"
    ) -> builtins.list[Run]:
        """The runs of `owner`, or all, with that purpose, the newest first; with `deleted` those that were deleted,
        else the others."""
        query = select(RunRow).where(RunRow.deleted.is_not(None) if deleted else RunRow.deleted.is_(None))
        query = query.order_by(RunRow.created.desc(), RunRow.run_id)
        rows = self._rows.select(query if owner is None else query.where(RunRow.owner == owner))
        return [run for run in map(self._run, rows) if run.spec.purpose == purpose]

    def begin(self, run_id: str, *, fingerprint: str, versions: Mapping[str, str]) -> None:
        """The run is running from now on, in this process.

        `fingerprint` is that of the data; `versions` those of the libraries that the numbers depend on.

        Raises:
            UnknownRunError: there is no such run.
            StoreError: it is not queued: another process has begun it, or it has ended.
        """
        keeper = self._keeper()
        begun = {"outcome": "running", "keeper": keeper, "fingerprint": fingerprint, "versions": dict(versions)}
        if not self._rows.change(run_id, begun, RunRow.outcome == "queued"):
            outcome = self.get(run_id).outcome
            raise StoreError(f"Run {run_id} is {outcome}, so it cannot begin. Start a new run with its settings.")

    def rewind(self, run_id: str, history: History) -> None:
        """Forget what is stored beyond `history`: from there the run goes on."""
        with self._database.writing() as session:
            row = self._row(session, run_id)
            row.n_epochs_done, row.valid_loss, row.rmse = len(history.epochs), None, None
            session.execute(delete(EpochRow).where(EpochRow.run_id == run_id, EpochRow.epoch > row.n_epochs_done))
            _put(session, row, history)

    def add_epoch(self, run_id: str, history: History) -> None:
        """Store the epochs of `history` that the store does not have yet, each with its batch reports and commands.

        Reports of an epoch that has not ended are stored too, and replaced at the next call.
        """
        with self._database.writing() as session:
            _put(session, self._row(session, run_id), history)

    def history(self, run_id: str) -> History:
        """The events of the run, as far as they are stored."""
        with self._database.reading() as session:
            row = self._row(session, run_id)
            epochs = session.scalars(select(EpochRow).where(EpochRow.run_id == run_id).order_by(EpochRow.epoch)).all()
        return history_of(row, epochs)

    def checkpoint(self, run_id: str) -> Path:
        """Where the checkpoint of the run is, if it has one."""
        return self.folder / run_id / "checkpoint.safetensors"

    def weights(self, run_id: str) -> dict[str, np.ndarray]:
        """The weights of the run's model as of its checkpoint, by the names that PyTorch gives them.

        Raises:
            StoreError: there is no checkpoint, or it is damaged.
        """
        return read_weights(self.checkpoint(self.get(run_id).run_id))

    def replacing_checkpoint(self, run_id: str) -> AbstractContextManager[Path]:
        """Gives the path at which to write a new checkpoint. It takes the place of the old one when the block ends;
        until then the old one stands."""
        return replacing(self.checkpoint(run_id))

    def add_snapshot(self, run_id: str, snapshot: Snapshot) -> None:
        """Keep a snapshot of the run; of many epochs some are dropped, see `snapshots.py`."""
        write_snapshot(self._snapshots(run_id), snapshot)

    def snapshot_epochs(self, run_id: str) -> builtins.list[int]:
        """The epochs of the run that have a snapshot, ascending; 0 is the random start."""
        with self._database.errors_in_words():
            return snapshot_epochs(self._snapshots(run_id))

    def snapshots(self, run_id: str, after: int = -1) -> builtins.list[Snapshot]:
        """The snapshots of the run's epochs later than `after`, ascending.

        Raises:
            StoreError: one of them is damaged.
        """
        with self._database.errors_in_words():
            return [*read_snapshots(self._snapshots(run_id), after)]

    def finish(self, run_id: str, ended: FitEnded, factors: FittedFactors | None) -> None:
        """The run has ended, with `factors` or without; factors of an earlier end stay where there are no new ones.

        The factors' files are whole before the run says that it has them. The first end stands: a run that has ended
        already stays as it is.
        """
        if self.get(run_id).outcome not in UNFINISHED:
            return
        end = {"outcome": ended.outcome, "message": ended.message, "seconds": ended.seconds, "ended": ended.to_json()}
        if factors is not None:
            with writing_into(self.folder / run_id):
                factors.save(self.folder / run_id)
                flush(self.folder / run_id)
            end["has_factors"] = True
        self._rows.change(run_id, end, unfinished())

    def interrupt(self, run_id: str, message: str) -> None:
        """The run was cut off. One that has ended stays as it is."""
        self._rows.change(run_id, {"outcome": "interrupted", "message": message}, unfinished_or_cut_off())

    def requeue(self, run_id: str, config: TrainingConfig | None = None) -> Run:
        """A run that has ended waits for its turn again: to be trained to its end, or on to the end of `config`, which
        has more epochs.

        Raises:
            UnknownRunError: there is no such run.
            StoreError: it cannot go on; the message says why and what to do.
            ConfigError: `config` is not a continuation of the run.
        """
        run = self.get(run_id)
        values: dict[str, Any] = {
            "outcome": "queued",
            "message": "",
            "ended": None,
            "seconds": None,
            "keeper": self._keeper(),
        }
        if config is None:
            check_resumable(run)
        else:
            check_continuation(run, config)
            values["spec"] = replace(run.spec, config=config).to_json()
        if not self._rows.change(run_id, values, RunRow.outcome == run.outcome, RunRow.deleted.is_(None)):
            raise StoreError(f"Run {run_id} has just been changed by another process. Look at it and try again.")
        return self.get(run_id)

    def factors(self, run_id: str) -> FittedFactors:
        """What the model of the run learnt, as of its last end.

        Raises:
            StoreError: the run kept none, or its files are damaged.
        """
        run = self.get(run_id)
        if not run.has_factors:
            raise StoreError(f"Run {run_id} is {run.outcome} and has no factors. Choose a run that has finished.")
        with self._database.errors_in_words():
            return FittedFactors.load(self.folder / run_id)

    def rename(self, run_id: str, name: str) -> None:
        """Give the run a name."""
        self._set(run_id, {"name": name})

    def annotate(self, run_id: str, note: str) -> None:
        """Write a note to the run."""
        self._set(run_id, {"note": note})

    def name_axis(self, run_id: str, axis: str, name: str) -> None:
        """Call an axis of the run's map `name`; "" takes its name away."""
        path = f'$."{axis}"'
        names = RunRow.axis_names
        self._set(run_id, {"axis_names": func.json_set(names, path, name) if name else func.json_remove(names, path)})

    def share(self, run_id: str, share_token: str | None) -> None:
        """Let `share_token` lead to the run, and no other; none where it is None."""
        self._set(run_id, {"share_token": share_token})

    def delete(self, run_id: str) -> None:
        """Put the run aside; for `DAYS_TO_UNDO` days `restore` brings it back.

        Raises:
            UnknownRunError: there is no such run.
            StoreError: it is queued or running.
        """
        if self.get(run_id).outcome in UNFINISHED or not self._rows.change(
            run_id, {"deleted": datetime.now(UTC).isoformat()}, ~unfinished()
        ):
            raise StoreError(f"Run {run_id} has not ended. Stop it before deleting it.")

    def restore(self, run_id: str) -> None:
        """Take back that the run was deleted."""
        self._set(run_id, {"deleted": None})

    def purge(self) -> None:
        """Forget the runs that were deleted more than `DAYS_TO_UNDO` days ago with their files, and other leftovers."""
        with self._database.errors_in_words():
            forget_the_dead(self.folder)
        before = (datetime.now(UTC) - timedelta(days=DAYS_TO_UNDO)).isoformat()
        old = select(RunRow).where(RunRow.deleted < before)
        if not self._rows.select(old):
            return
        with self._database.writing() as session:  # nobody can restore one of them meanwhile
            for row in session.scalars(old).all():
                remove(self.folder / row.run_id)
                session.delete(row)

    def forget(self, run_id: str) -> None:
        """Remove a run that has ended, and its files, for good; one that has not stays."""
        with self._database.writing() as session:
            for row in session.scalars(select(RunRow).where(RunRow.run_id == run_id, ~unfinished())).all():
                remove(self.folder / row.run_id)
                session.delete(row)

    def _snapshots(self, run_id: str) -> Path:
        return self.folder / run_id / "snapshots"

    def _run(self, row: RunRow) -> Run:
        return run_of(row, has_checkpoint=self.checkpoint(row.run_id).exists())

    def _row(self, session: Session, run_id: str) -> RunRow:
        row = session.get(RunRow, run_id)
        if row is None:
            raise self._rows.unknown(run_id)
        return row

    def _set(self, run_id: str, values: dict[str, Any]) -> None:
        if not self._rows.change(run_id, values):
            raise self._rows.unknown(run_id)

    def _keeper(self) -> str:
        with self._database.errors_in_words():
            return own_keeper(self.folder)


def _put(session: Session, row: RunRow, history: History) -> None:
    """Write the start and the epochs that the row does not count yet."""
    row.started = history.started.to_json() if history.started else None
    for epoch in epoch_rows(row.run_id, history, after=row.n_epochs_done):
        session.merge(epoch)
    if history.epochs:
        last = history.epochs[-1]
        row.n_epochs_done, row.valid_loss, row.rmse = last.epoch, last.valid_loss, last.rmse


def _fresh_id(session: Session, recipe: str) -> str:
    """An id that no run of the store has; `recipe` is made fit to name a folder."""
    while True:
        run_id = f"{re.sub(r'[^0-9A-Za-z-]+', '-', recipe)}-{uuid.uuid4().hex[:6]}"
        if session.get(RunRow, run_id) is None:
            return run_id
