"""The store of runs: one database, and one folder a run for its factors. Safe for several processes at once.

In the folder: `runs.sqlite` (what was asked, the history, the outcome), `<run_id>/factors.{safetensors,json}` (what the
model learnt), `keepers/` (who is alive). Nothing in here trains or imports torch.
"""

import builtins
import contextlib
import os
import re
import shutil
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from cf_core.errors import StoreError, UnknownRunError
from cf_core.insight.fitted_factors import FittedFactors
from cf_core.runs.database import Database
from cf_core.runs.keeper import is_alive, own_keeper
from cf_core.runs.records import epoch_rows, history_of, new_row, run_of
from cf_core.runs.spec import UNFINISHED, Run, RunSpec
from cf_core.runs.tables import EpochRow, RunRow
from cf_core.training.events import FitEnded
from cf_core.training.history import History

CUT_OFF = "The process that had this run in hand ended without a word. Train it again."


class RunStore:
    """The runs in `folder`, which is made where there is none.

    A run that is queued or running belongs to the process that created or began it. Once that process is gone, however
    it went, the run reads as interrupted.

    Raises (every method): StoreError, with the file and the cure, where the folder cannot be read or written.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).absolute()
        self._database = Database(self.folder / "runs.sqlite")

    def create(self, spec: RunSpec, owner: str = "") -> Run:
        """A new run, queued, under a fresh id: the recipe's name and six hex digits."""
        keeper = self._keeper()
        with self._database.writing() as session:
            row = new_row(_fresh_id(session, spec.config.recipe), spec, owner, keeper, datetime.now(UTC))
            session.add(row)
        return run_of(row)

    def get(self, run_id: str) -> Run:
        """The run of that id.

        Raises:
            UnknownRunError: there is none; the message says what there is.
        """
        rows = self._rows(select(RunRow).where(RunRow.run_id == run_id))
        if not rows:
            raise self._unknown(run_id)
        return run_of(rows[0])

    def list(self, owner: str | None = None) -> builtins.list[Run]:
        """The runs of `owner`, or all, the newest first."""
        query = select(RunRow).order_by(RunRow.created.desc(), RunRow.run_id)
        return [run_of(row) for row in self._rows(query if owner is None else query.where(RunRow.owner == owner))]

    def begin(self, run_id: str, *, fingerprint: str, versions: Mapping[str, str]) -> None:
        """The run is running from now on, in this process.

        `fingerprint` is that of the data; `versions` those of the libraries that the numbers depend on.

        Raises:
            UnknownRunError: there is no such run.
            StoreError: it is not queued: another process has begun it, or it has ended.
        """
        keeper = self._keeper()
        begun = {"outcome": "running", "keeper": keeper, "fingerprint": fingerprint, "versions": dict(versions)}
        if not self._change(run_id, ("queued",), begun):
            outcome = self.get(run_id).outcome
            raise StoreError(f"Run {run_id} is {outcome}, so it cannot begin. Start a new run with its settings.")

    def add_epoch(self, run_id: str, history: History) -> None:
        """Store the epochs of `history` that the store does not have yet, each with its batch reports.

        Reports of an epoch that has not ended are stored too, and replaced at the next call.
        """
        with self._database.writing() as session:
            row = session.get(RunRow, run_id)
            if row is None:
                raise self._unknown(run_id)
            row.started = history.started.to_json() if history.started else None
            for epoch in epoch_rows(run_id, history, after=row.n_epochs_done):
                session.merge(epoch)
            if history.epochs:
                last = history.epochs[-1]
                row.n_epochs_done, row.valid_loss, row.rmse = last.epoch, last.valid_loss, last.rmse

    def history(self, run_id: str) -> History:
        """The events of the run, as far as they are stored."""
        with self._database.reading() as session:
            row = session.get(RunRow, run_id)
            epochs = session.scalars(select(EpochRow).where(EpochRow.run_id == run_id).order_by(EpochRow.epoch)).all()
        if row is None:
            raise self._unknown(run_id)
        return history_of(row, epochs)

    def finish(self, run_id: str, ended: FitEnded, factors: FittedFactors | None) -> None:
        """The run has ended, with `factors` or without.

        The factors' files are whole before the run says that it has them. The first end stands: a run that has ended
        already stays as it is, unless it was taken for interrupted.
        """
        if self.get(run_id).outcome not in (*UNFINISHED, "interrupted"):
            return
        if factors is not None:
            self._write_factors(run_id, factors)
        end = {"outcome": ended.outcome, "message": ended.message, "seconds": ended.seconds, "ended": ended.to_json()}
        self._change(run_id, (*UNFINISHED, "interrupted"), {**end, "has_factors": factors is not None})

    def interrupt(self, run_id: str, message: str) -> None:
        """The run was cut off. One that has ended stays as it is."""
        self._change(run_id, UNFINISHED, {"outcome": "interrupted", "message": message})

    def factors(self, run_id: str) -> FittedFactors:
        """What the model of the run learnt.

        Raises:
            StoreError: the run kept none, or its files are damaged.
        """
        run = self.get(run_id)
        if not run.has_factors:
            raise StoreError(f"Run {run_id} is {run.outcome} and has no factors. Choose a run that has finished.")
        with self._database.errors_in_words():
            return FittedFactors.load(self.folder / run_id)

    def delete(self, run_id: str) -> None:
        """Forget the run and its files.

        Raises:
            UnknownRunError: there is no such run.
            StoreError: it is queued or running.
        """
        if self.get(run_id).outcome in UNFINISHED:
            raise StoreError(f"Run {run_id} has not ended. Stop it before deleting it.")
        with self._database.writing() as session:
            row = session.get(RunRow, run_id)
            if row is not None:
                session.delete(row)
        with self._database.errors_in_words():
            _remove(self.folder / run_id)

    def _keeper(self) -> str:
        with self._database.errors_in_words():
            return own_keeper(self.folder)

    def _change(self, run_id: str, outcomes: tuple[str, ...], values: dict[str, Any]) -> bool:
        """Set `values` if the run's outcome is one of `outcomes`; tell whether it was."""
        change = update(RunRow).where(RunRow.run_id == run_id, RunRow.outcome.in_(outcomes)).values(values)
        with self._database.writing() as session:
            changed = session.execute(change.returning(RunRow.run_id)).first()
        return changed is not None

    def _rows(self, query: Select[RunRow]) -> Sequence[RunRow]:
        """The rows, with the runs whose process is gone marked as interrupted first."""
        rows = self._read(query)
        keepers = {row.keeper for row in rows if row.outcome in UNFINISHED}
        gone = [keeper for keeper in keepers if not is_alive(self.folder, keeper)]
        if not gone:
            return rows
        with self._database.writing() as session:
            cut_off = RunRow.keeper.in_(gone), RunRow.outcome.in_(UNFINISHED)
            session.execute(update(RunRow).where(*cut_off).values(outcome="interrupted", message=CUT_OFF))
        return self._read(query)

    def _read(self, query: Select[RunRow]) -> Sequence[RunRow]:
        with self._database.reading() as session:
            return session.scalars(query).all()

    def _write_factors(self, run_id: str, factors: FittedFactors) -> None:
        """Into a folder aside, then renamed: the run's folder is whole whenever it is there."""
        aside, home = self.folder / f".{run_id}-{uuid.uuid4().hex[:6]}", self.folder / run_id
        with self._database.errors_in_words():
            aside.mkdir()
            try:
                factors.save(aside)
                _flush(aside)
                _remove(home)  # left by a process that died before it could say that it was there
                aside.rename(home)
                _flush(self.folder)
            finally:
                _remove(aside)

    def _unknown(self, run_id: str) -> UnknownRunError:
        with self._database.reading() as session:
            known = session.scalars(select(RunRow.run_id).order_by(RunRow.created.desc(), RunRow.run_id)).all()
        there = f"Runs here are: {', '.join(known)}." if known else "There are no runs yet; train one."
        return UnknownRunError(f"There is no run '{run_id}' in {self.folder}. {there}")


def _fresh_id(session: Session, recipe: str) -> str:
    """An id that no run of the store has; `recipe` is made fit to name a folder."""
    while True:
        run_id = f"{re.sub(r'[^0-9A-Za-z-]+', '-', recipe)}-{uuid.uuid4().hex[:6]}"
        if session.get(RunRow, run_id) is None:
            return run_id


def _flush(folder: Path) -> None:
    """Put the names in `folder` onto the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
