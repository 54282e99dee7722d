"""The store of runs: one database, and one folder per run for its files. Safe for several processes at once.

A folder holds `runs.sqlite` (specifications, histories, outcomes, and people's own ratings),
`<run_id>/checkpoint.safetensors` (from which a run continues), `<run_id>/factors.{safetensors,json}` (the result),
`<run_id>/snapshots/` (one picture per epoch), `data/<data_id>/` (the data sets of workspaces), and `keepers/` (which
processes are alive).
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from cf_core.config import TrainingConfig
from cf_core.errors import ConfigError, StoreError, UnknownRunError, UnreadableRunError
from cf_core.fitted_factors import FittedFactors
from cf_core.runs.spec import Purpose, Run, RunSpec
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.continuation import queued_again
from cf_core.runs.store.data_set_rows import DataSetRows
from cf_core.runs.store.database import disk_errors_in_words
from cf_core.runs.store.ended_run import EndedRun
from cf_core.runs.store.file_store import LocalFiles, file_store
from cf_core.runs.store.folder_removal import FolderRemoval
from cf_core.runs.store.liveness import liveness
from cf_core.runs.store.open_database import open_database
from cf_core.runs.store.ownership import change_owner
from cf_core.runs.store.pool_runs import PoolRuns
from cf_core.runs.store.room import Room
from cf_core.runs.store.row_mapping import history_of, new_row, run_of
from cf_core.runs.store.run_files import RunFiles
from cf_core.runs.store.run_rows import (
    DAMAGED,
    RunRows,
    new_id,
    of_owner,
    unfinished,
    unfinished_or_cut_off,
    unreadable,
    write_history,
)
from cf_core.runs.store.sweep_rows import SweepRows
from cf_core.runs.store.tables import EpochRow, RunRow, SweepRow
from cf_core.tasks.task import TaskMark
from cf_core.teaching.guesses import Guess
from cf_core.training.events import FitEnded
from cf_core.training.history import History


class Labels(TypedDict, total=False):
    """What an owner may set of a run at any time; see `Run`."""

    name: str
    note: str
    share_token: str | None


class RunStore:
    """The runs at `address`; a folder is created where it is missing. `files` has their checkpoints and snapshots;
    sets of ratings are in the same `database`, `data_sets` has the data sets of all workspaces, `sweeps` the sweeps,
    `pool_runs` what the pool of a cluster leaves to the next one; `room` removes what is deleted.

    A run that is queued or running is held by the process that created or began it. Once that process is dead, however
    it died, the run reads as interrupted.

    Raises (every method): StoreError, with the file and the cure, where the folder cannot be read or written.
    """

    def __init__(self, place: StoreAddress | str | Path) -> None:
        self.address = StoreAddress.read(place)
        files = file_store(self.address)
        self.files = RunFiles(files)
        if isinstance(files, LocalFiles):
            with disk_errors_in_words(files.folder):
                files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._database = self.database = open_database(self.address)
        self.liveness = liveness(self.database, self.address.folder if self.address.is_folder else None)
        self._rows = RunRows(str(self.address), self.database, self.liveness)
        removal = FolderRemoval(self.database, files)
        self.data_sets = DataSetRows(self._database, files, removal)
        self.room = Room(self._rows, self.files, self.data_sets, removal)
        self.pool_runs = PoolRuns(self.database, self.liveness)
        self.sweeps = SweepRows(self._rows, removal, self._run, self.holder)

    @property
    def folder(self) -> Path:
        """The folder of the store; only where it is one."""
        return self.address.folder

    def close(self) -> None:
        """Close the connections to a database that others use too; a store in a folder has none to give back."""
        self._database.close()

    def create(
        self,
        spec: RunSpec,
        owner: str = "",
        guess: Guess | None = None,
        address: str = "",
        task: TaskMark | None = None,
    ) -> Run:
        """Create a queued run with a new id: the name of the recipe and six hex digits. The owner's guess of how it
        will end, the address that it comes from, and the task that it is for can be given here only; a run of a sweep
        has owner and address of the sweep."""
        holder = self.holder()
        with self._database.writing() as session:
            run_id = new_id(session, spec.config.recipe)
            row = new_row(run_id, spec, owner, holder, datetime.now(UTC), guess, address, task)
            if spec.sweep is not None and (sweep := session.get(SweepRow, spec.sweep.sweep_id)) is not None:
                row.owner, row.address = sweep.owner, sweep.address
            session.add(row)
        return self._run_alone(row)

    def add_ended(self, ended: EndedRun, write: Callable[[str], None], owner: str = "", address: str = "") -> Run:
        """Add a run that ended in another lab, under a new id. `write` writes its files, given the id, before there is
        a row of it; whatever it raises passes through, and nothing of the run is left."""
        with self._database.reading() as session:
            run_id = new_id(session, ended.spec.config.recipe)
        try:
            write(run_id)
            with self._database.writing() as session:
                row = ended.row(run_id, owner, datetime.now(UTC), address)
                session.add(row)
                write_history(session, row, ended.history)
        except BaseException:
            self.files.remove(run_id)
            raise
        return self.get(run_id)

    def get(self, run_id: str) -> Run:
        """The run with that id, deleted or not.

        Raises:
            UnknownRunError: there is none; the message lists the runs without an owner.
            UnreadableRunError: its record cannot be read.
        """
        return self._run(self._rows.one(run_id))

    def check(self) -> None:
        """Raise `StoreError` where the database cannot be read and written now, or the files not be reached."""
        with self._database.writing() as session:
            session.execute(select(RunRow.run_id).limit(1))
        self.files.store.check()

    def shared(self, share_token: str) -> Run:
        """The run that a link shares.

        Raises:
            UnknownRunError: there is none: it was never shared, is no longer, or was deleted.
        """
        query = select(RunRow).where(RunRow.share_token == share_token, RunRow.deleted.is_(None))
        rows = self._rows.select(query)
        if not rows:
            raise UnknownRunError("This link leads to no run: it was withdrawn or deleted. Ask for a new one.")
        return self._run(rows[0])

    def runs(self, owner: str | None = None, *, deleted: bool = False, purpose: Purpose = "train") -> list[Run]:
        """The runs of `owner`, or of all, with that purpose, newest first: the deleted ones, or the others. Those whose
        record cannot be read are left out: see `unreadable`."""
        runs: list[Run] = []
        for row in self._rows.select(of_owner(owner, deleted, with_trials=purpose == "trial")):
            with contextlib.suppress(UnreadableRunError):
                runs.append(self._run(row))
        return [run for run in runs if run.spec.purpose == purpose]

    def unfinished_rows(self) -> Sequence[RunRow]:
        """The rows of all runs that are queued or running, whatever their purpose, deleted ones too; those whose
        process died are marked interrupted first."""
        return self._rows.select(select(RunRow).where(unfinished()).order_by(RunRow.created, RunRow.run_id))

    def runs_of_sweep(self, sweep_id: str) -> list[Run]:
        """The trials of the sweep by number, and the run of its winner after them; without deleted ones.

        Raises:
            UnreadableRunError: the record of one cannot be read.
        """
        query = select(RunRow).where(RunRow.sweep_id == sweep_id, RunRow.deleted.is_(None)).order_by(RunRow.created)
        return [self._run(row) for row in self._rows.select(query)]

    def unreadable(self, owner: str | None = None) -> dict[str, str]:
        """Why the record of a run of `owner`, or of all, cannot be read, by the run's id; without the deleted ones."""
        query, reasons, readable = of_owner(owner, deleted=False), {}, set()
        for row in self._rows.select(query):
            try:
                readable.add(self._run(row).run_id)
            except UnreadableRunError as error:
                reasons[row.run_id] = str(error)
        damaged = [run_id for run_id in self._rows.ids(query) if run_id not in readable | reasons.keys()]
        return reasons | {run_id: str(unreadable(run_id, DAMAGED)) for run_id in damaged}

    def begin(self, run_id: str, *, fingerprint: str, versions: Mapping[str, str], again: bool = False) -> None:
        """Mark a queued run as running in this process.

        Args:
            fingerprint: of the data that it is trained on.
            versions: of the libraries that its numbers depend on.
            again: whether an earlier call may have had its effect, and its answer was lost.

        Raises:
            UnknownRunError: there is no such run.
            StoreError: it is not queued: another process has begun it, or it has ended.
        """
        holder = self.holder()
        begun = {"outcome": "running", "holder": holder, "fingerprint": fingerprint, "versions": dict(versions)}
        begun_before = (RunRow.outcome == "running") & (RunRow.holder == holder)
        may_begin = (RunRow.outcome == "queued") | begun_before if again else RunRow.outcome == "queued"
        if not self._rows.change(run_id, begun, may_begin):
            outcome = self.get(run_id).outcome
            raise StoreError(f"Run {run_id} is {outcome}, so it cannot begin. Start a new run with its settings.")

    def rewind(self, run_id: str, history: History) -> None:
        """Delete what is stored of the run beyond `history`, from where it continues."""
        with self._database.writing() as session:
            row = self._held_row(session, run_id)
            row.n_epochs_done, row.valid_loss, row.rmse = len(history.epochs), None, None
            session.execute(delete(EpochRow).where(EpochRow.run_id == run_id, EpochRow.epoch > row.n_epochs_done))
            write_history(session, row, history)

    def add_epoch(self, run_id: str, history: History) -> None:
        """Store the epochs of `history` that the store does not have yet, each with its batch reports and commands.

        Reports of an epoch that has not ended are stored too, and replaced at the next call.
        """
        with self._database.writing() as session:
            write_history(session, self._held_row(session, run_id), history)

    def history(self, run_id: str) -> History:
        """The events of the run, as far as they are stored."""
        with self._database.reading() as session:
            row = self._row(session, run_id)
            epochs = session.scalars(select(EpochRow).where(EpochRow.run_id == run_id).order_by(EpochRow.epoch)).all()
        return history_of(row, epochs)

    def finish(self, run_id: str, ended: FitEnded, factors: FittedFactors | None) -> None:
        """Record the end of the run, with its factors if it has any; without, those of an earlier end stay.

        The files of the factors are complete before the row says that they exist. A trial keeps no files. The first end
        counts: a run that has ended already is not changed.
        """
        run = self._run_alone(self._rows.one(run_id))
        if not run.unfinished:
            return
        if run.spec.purpose == "trial":
            self.check_held(run_id)
            self.files.remove(run_id)
        end = {"outcome": ended.outcome, "message": ended.message, "seconds": ended.seconds, "ended": ended.to_json()}
        if factors is not None:
            self.check_held(run_id)
            self.files.save_factors(run_id, factors)
            end["has_factors"] = True
        self._rows.change(run_id, end, unfinished(), self.liveness.fence())

    def keep_factors(self, run_id: str, factors: FittedFactors) -> None:
        """Store the factors of a run that has not ended, in place of those of an earlier time."""
        self.check_held(run_id)
        self.files.save_factors(run_id, factors)
        self._rows.change(run_id, {"has_factors": True})

    def set_down(self, run_id: str, holder: str = "") -> None:
        """Mark a running run as queued, held by this process: its worker, which holds it as `holder`, has given it
        back. One that another process has taken over is not changed."""
        queued = {"outcome": "queued", "holder": self.holder()}
        self._rows.change(run_id, queued, RunRow.outcome == "running", self._is_held(holder))

    def interrupt(self, run_id: str, message: str, holder: str = "") -> None:
        """Mark the run as interrupted, where this process holds it, or else the dead one of the name `holder`. One that
        has ended, or that another process has taken over, is not changed."""
        end = {"outcome": "interrupted", "message": message}
        self._rows.change(run_id, end, unfinished_or_cut_off(), self._is_held(holder))

    def holder(self) -> str:
        """The name under which this process holds runs, see liveness.py."""
        with self._database.errors_in_words():
            return self.liveness.acquire()

    def check_held(self, run_id: str) -> None:
        """Raise `StoreError` where this process trains the run no more: others have taken it over while it was cut off.
        To be called directly before a file of the run is replaced. In a folder nobody is cut off."""
        if self.address.is_folder:
            return
        with self._database.reading() as session:
            self._held_row(session, run_id)

    def requeue(self, run_id: str, config: TrainingConfig | None = None) -> Run:
        """Queue a run that has ended again: to be trained to its end, or on to the end of `config`, which has more
        epochs. A trial begins anew, on the data as they are then.

        Raises:
            UnknownRunError: there is no such run.
            StoreError: it cannot continue; the message says why and what to do.
            ConfigError: `config` is not a continuation of the run.
        """
        run = self.get(run_id)
        values = queued_again(run, config, self.holder())
        if run.spec.purpose == "trial":
            self.files.remove(run_id)
        if not self._rows.change(run_id, values, RunRow.outcome == run.outcome, RunRow.deleted.is_(None)):
            raise StoreError(f"Run {run_id} has just been changed by another process. Look at it and try again.")
        return self.get(run_id)

    def factors(self, run_id: str) -> FittedFactors:
        """The fitted factors of the run, as of its last end.

        Raises:
            StoreError: the run has none, or their files are damaged.
        """
        run = self.get(run_id)
        if not run.has_factors:
            raise StoreError(f"Run {run_id} is {run.outcome} and has no factors. Choose a run that has finished.")
        return self.files.factors(run_id)

    def update(self, run_id: str, **labels: Unpack[Labels]) -> None:
        """Set the run's name, note or share token: `update(run_id, name="half the rate")`. Only the run's latest share
        token leads to it; None withdraws it."""
        self._update(run_id, dict(labels))

    def change_owner(self, owner: str, new: str) -> None:
        """Hand all runs of `owner`, deleted ones and rate searches too, to the owner `new`, and withdraw their links;
        and hand over the owner's sets of ratings, data sets, sweeps, classes and memberships. The classes get new
        teacher's keys: whoever has seen the old workspace has seen the old ones."""
        with self._database.writing() as session:
            change_owner(session, owner, new)

    def name_axis(self, run_id: str, axis: str, name: str) -> None:
        """Name an axis of the run's map; "" deletes the name."""
        with self._database.writing() as session:
            names = session.scalar(select(RunRow.axis_names).where(RunRow.run_id == run_id))
            if names is None:
                raise self._rows.unknown(run_id)
            changed = {other: given for other, given in names.items() if other != axis} | ({axis: name} if name else {})
            session.execute(update(RunRow).where(RunRow.run_id == run_id).values(axis_names=changed))

    def delete(self, run_id: str) -> None:
        """Hide the run; for some days `restore` brings it back whole, unless its room is needed: see room.py.

        Raises:
            UnknownRunError: there is no such run.
            StoreError: it is queued or running.
        """
        only_if = [~unfinished()]
        try:
            self.get(run_id)  # raises where there is none, and marks one whose process died as interrupted
        except UnreadableRunError:
            only_if = []  # nobody can train it
        is_deleted = self._rows.change(run_id, {"deleted": datetime.now(UTC).isoformat()}, *only_if)
        if not is_deleted:
            raise StoreError(f"Run {run_id} has not ended. Stop it before deleting it.")

    def restore(self, run_id: str) -> None:
        """Undo `delete`."""
        self._update(run_id, {"deleted": None})

    def _run_alone(self, row: RunRow) -> Run:
        """The run, without a look at its files: they may be out of reach."""
        try:
            return run_of(row)
        except (ConfigError, ValueError, TypeError, KeyError) as error:
            raise unreadable(row.run_id, error) from error

    def _run(self, row: RunRow) -> Run:
        run = self._run_alone(row)
        return replace(run, has_checkpoint=True) if self.files.has_checkpoint(run) else run

    def _row(self, session: Session, run_id: str) -> RunRow:
        row = session.get(RunRow, run_id)
        if row is None:
            raise self._rows.unknown(run_id)
        return row

    def _held_row(self, session: Session, run_id: str) -> RunRow:
        """The row of a run that this process may write the epochs of; raises `StoreError` where another one has it."""
        row = self._row(session, run_id)
        if session.scalar(select(RunRow.run_id).where(RunRow.run_id == run_id, self.liveness.fence())) is None:
            raise StoreError(f"Run {run_id} was taken over while this process was cut off from the database.")
        return row

    def _is_held(self, holder: str) -> ColumnElement[bool]:
        """The condition that a run is held by this process, or by the one of that name."""
        return RunRow.holder.in_((self.holder(), holder))

    def _update(self, run_id: str, values: dict[str, Any]) -> None:
        if not self._rows.change(run_id, values):
            raise self._rows.unknown(run_id)
