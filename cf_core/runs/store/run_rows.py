"""Reads and atomically updates run rows; runs whose process died are marked interrupted."""

import contextlib
import re
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, Text, case, cast, func, or_, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from cf_core.errors import StoreError, UnknownRunError, UnreadableRunError
from cf_core.runs.spec import UNFINISHED
from cf_core.runs.store.database import Database
from cf_core.runs.store.liveness import Liveness
from cf_core.runs.store.row_mapping import epoch_rows
from cf_core.runs.store.tables import RemovalRow, RunRow
from cf_core.training.history import History

DAMAGED = "it is damaged."
CUT_OFF = "The process in charge of this run ended without a word. Resume it to continue where it stopped."


class RunRows:
    """The rows of the runs in the database of the store at `place`."""

    def __init__(self, place: str, database: Database, liveness: Liveness) -> None:
        self.place, self.database, self.liveness = place, database, liveness

    def one(self, run_id: str) -> RunRow:
        """The row of that run.

        Raises:
            UnknownRunError: there is none.
        """
        query = select(RunRow).where(RunRow.run_id == run_id)
        rows = self.select(query)
        if not rows:
            raise unreadable(run_id, DAMAGED) if self.ids(query) else self.unknown(run_id)
        return rows[0]

    def ids(self, query: Select[RunRow]) -> list[str]:
        """The ids of the rows, also of those that cannot be read."""
        with self.database.reading() as session:
            return [*session.scalars(query.with_only_columns(RunRow.run_id)).all()]

    def select(self, query: Select[RunRow]) -> Sequence[RunRow]:
        """The rows that can be read, after the unfinished runs among them whose process died have been marked
        interrupted."""
        rows = self._read(query)
        holders = {row.holder for row in rows if is_unfinished(row)}
        dead = holders - self.liveness.alive(holders)
        if not dead:
            return rows
        with contextlib.suppress(StoreError):  # a full disk does not take the mark, but the run is interrupted anyway
            self._mark_cut_off(dead)
            rows = self._read(query)
        for row in rows:
            if is_unfinished(row) and row.holder in dead:
                row.outcome, row.message = "interrupted", CUT_OFF
        return rows

    def change(self, run_id: str, values: dict[str, Any], *only_if: ColumnElement[bool]) -> bool:
        """Set `values` in the row if all of `only_if` hold, in one step; whether they did."""
        change = update(RunRow).where(RunRow.run_id == run_id, *only_if).values(values)
        with self.database.writing() as session:
            return session.execute(change.returning(RunRow.run_id)).first() is not None

    def unknown(self, run_id: str) -> UnknownRunError:
        """The error that there is no such run. It lists the runs without an owner, which are those of the command line;
        the runs of a workspace are for its owner's eyes alone."""
        query = select(RunRow.run_id).where(RunRow.owner == "", RunRow.deleted.is_(None))
        with self.database.reading() as session:
            known = session.scalars(query.order_by(RunRow.created.desc(), RunRow.run_id)).all()
        hint = f"Runs here are: {', '.join(known)}." if known else "There are no runs yet; train one."
        return UnknownRunError(f"There is no run '{run_id}' in {self.place}. {hint}")

    def _read(self, query: Select[RunRow]) -> Sequence[RunRow]:
        try:
            with self.database.reading() as session:
                return session.scalars(query).all()
        except ValueError:  # a damaged row hides the others
            return [row for run_id in self.ids(query) for row in self._read_one(run_id)]

    def _read_one(self, run_id: str) -> list[RunRow]:
        """The row; nothing where it is damaged."""
        with contextlib.suppress(ValueError), self.database.reading() as session:
            return [*session.scalars(select(RunRow).where(RunRow.run_id == run_id)).all()]
        return []

    def _mark_cut_off(self, holders: set[str]) -> None:
        cut_off = RunRow.holder.in_(holders), unfinished()
        with self.database.writing() as session:
            session.execute(update(RunRow).where(*cut_off).values(outcome="interrupted", message=CUT_OFF))


def unreadable(run_id: str, reason: object) -> UnreadableRunError:
    """The error that the record of a run cannot be read."""
    return UnreadableRunError(f"The record of run {run_id} cannot be read: {reason} Delete it, or put it in order.")


def is_unfinished(row: RunRow) -> bool:
    """Whether the run is queued or running."""
    return row.outcome in UNFINISHED


def unfinished() -> ColumnElement[bool]:
    """The condition that a run is queued or running."""
    return RunRow.outcome.in_(UNFINISHED)


def unfinished_or_cut_off() -> ColumnElement[bool]:
    """The condition that a run is queued or running, or was marked interrupted for the death of its process alone."""
    return or_(unfinished(), RunRow.message == CUT_OFF)


def of_owner(owner: str | None, deleted: bool, with_trials: bool = False) -> Select[RunRow]:
    """The runs of `owner`, or of all, newest first: the deleted ones, or the others. Trials, of which a sweep has
    hundreds, only if they are wanted, or damaged."""
    query = select(RunRow).where(RunRow.deleted.is_not(None) if deleted else RunRow.deleted.is_(None))
    query = query.order_by(RunRow.created.desc(), RunRow.run_id)
    query = query if owner is None else query.where(RunRow.owner == owner)
    return query if with_trials else query.where(or_(RunRow.sweep_id.is_(None), ~is_trial()))


def is_trial() -> ColumnElement[bool]:
    """The condition that a run of a sweep is a trial and not the winner."""
    return _IsTrial()


class _IsTrial(ColumnElement[bool]):
    """`is_trial` in the words of each database; a damaged record is no trial's on SQLite, and none of PostgreSQL's is
    damaged: its text is as Python wrote it, in which quotes within texts are escaped."""

    inherit_cache = True
    type = Boolean()


@compiles(_IsTrial)
def _is_trial_in_text(_: _IsTrial, compiler: Any, **options: Any) -> str:
    is_in_text = cast(RunRow.spec, Text).contains('"purpose": "trial"', autoescape=True)
    return str(compiler.process(is_in_text, **options))


@compiles(_IsTrial, "sqlite")
def _is_trial_in_json(_: _IsTrial, compiler: Any, **options: Any) -> str:
    purpose = func.coalesce(func.json_extract(RunRow.spec, "$.purpose"), "")
    is_valid_and_trial = case((func.json_valid(RunRow.spec) == 1, purpose == "trial"), else_=False)
    return str(compiler.process(is_valid_and_trial, **options))


def new_id(session: Session, recipe: str) -> str:
    """An id that no run of the store has, nor one whose files are still to be removed; `recipe` is made fit to name a
    folder."""
    while True:
        run_id = f"{re.sub(r'[^0-9A-Za-z-]+', '-', recipe)}-{uuid.uuid4().hex[:6]}"
        if session.get(RunRow, run_id) is None and session.get(RemovalRow, run_id) is None:
            return run_id


def write_history(session: Session, row: RunRow, history: History) -> None:
    """Write the start of the run, and the epochs that its row does not count yet."""
    row.started = history.started.to_json() if history.started else None
    for epoch in epoch_rows(row.run_id, history, after=row.n_epochs_done):
        session.merge(epoch)
    if history.epochs:
        last = history.epochs[-1]
        row.n_epochs_done, row.valid_loss, row.rmse = last.epoch, last.valid_loss, last.rmse
