"""Reads and atomically updates run rows; runs whose process died are marked interrupted."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, update

from cf_core.errors import StoreError, UnknownRunError, UnreadableRunError
from cf_core.runs.spec import UNFINISHED
from cf_core.runs.store.database import Database
from cf_core.runs.store.process_locks import holder_is_alive
from cf_core.runs.store.tables import RunRow

DAMAGED = "it is damaged."
CUT_OFF = "The process in charge of this run ended without a word. Resume it to continue where it stopped."


class RunRows:
    """The rows of the runs in the database of the store at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(folder / "runs.sqlite")

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
        dead = {row.holder for row in rows if is_unfinished(row) and not holder_is_alive(self.folder, row.holder)}
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
        return UnknownRunError(f"There is no run '{run_id}' in {self.folder}. {hint}")

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
