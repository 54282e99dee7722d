"""Stores sweeps, each in one row. What has come of one is in its runs: see `RunStore.runs_of_sweep`."""

import contextlib
import re
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, delete, select, update

from cf_core.errors import ConfigError, UnknownSweepError
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.store.folder_removal import FolderRemoval
from cf_core.runs.store.run_rows import RunRows, is_trial, unfinished
from cf_core.runs.store.tables import EpochRow, RunRow, SweepRow
from cf_core.runs.sweep import Sweep, SweepState
from cf_core.runs.visitor import address_mark
from cf_core.sweeps.spec import SweepSpec


class SweepRows:
    """The sweeps in the database of a store.

    Args:
        rows: the rows of the store's runs.
        removal: removes their files.
        run_of: the run that a row describes.
        holder: the name under which this process holds runs and sweeps, see liveness.py.
    """

    def __init__(
        self, rows: RunRows, removal: FolderRemoval, run_of: Callable[[RunRow], Run], holder: Callable[[], str]
    ) -> None:
        self._rows, self._removal, self._run_of, self._holder = rows, removal, run_of, holder
        self._database = rows.database

    def create(self, base: RunSpec, spec: SweepSpec, owner: str = "", address: str = "") -> Sweep:
        """A new sweep, without trials, which no process conducts yet. Its id is the name of the recipe and six hex
        digits.

        Raises:
            ConfigError: the settings that it varies do not fit the run that it varies.
        """
        spec.space.check_for(base.config)
        recipe = re.sub(r"[^0-9A-Za-z-]+", "-", base.config.recipe)
        row = SweepRow(
            sweep_id=f"sweep-{recipe}-{uuid.uuid4().hex[:6]}",
            created=datetime.now(UTC).isoformat(),
            owner=owner,
            base=base.to_json(),
            spec=spec.to_json(),
            state="running",
            address=address_mark(address),
            holder="",
            message="",
            ended=None,
        )
        with self._database.writing() as session:
            session.add(row)
        return _sweep_of(row)

    def get(self, sweep_id: str) -> Sweep:
        """The sweep with that id.

        Raises:
            UnknownSweepError: there is none; the message lists the sweeps without an owner.
        """
        with self._database.reading() as session:
            row = session.get(SweepRow, sweep_id)
        if row is None:
            known = ", ".join(sweep.sweep_id for sweep in self.all(""))
            hint = f"Sweeps here are: {known}." if known else "There are no sweeps yet; start one."
            raise UnknownSweepError(f"There is no sweep '{sweep_id}' in {self._rows.place}. {hint}")
        return _sweep_of(row)

    def all(self, owner: str) -> list[Sweep]:
        """The sweeps of `owner`, newest first."""
        return self._select(SweepRow.owner == owner)

    def not_over(self) -> list[Sweep]:
        """The sweeps of workspaces that have not ended, the oldest first, but not those of which nothing is wanted and
        nothing under way: those are paused without an unfinished run."""
        busy = select(RunRow.sweep_id).where(RunRow.sweep_id.is_not(None), unfinished())
        wanted = (SweepRow.state != "paused") | SweepRow.sweep_id.in_(busy)
        return self._select(SweepRow.owner != "", SweepRow.ended.is_(None), wanted)[::-1]

    def n_running(self, owner: str = "", address: str = "") -> int:
        """How many sweeps of an owner, or from an address, are neither over nor paused; an address is its mark."""
        whose = SweepRow.owner == owner if owner else SweepRow.address == address
        return len(self._select(whose, SweepRow.owner != "", SweepRow.ended.is_(None), SweepRow.state != "paused"))

    def set_state(self, sweep_id: str, state: SweepState, message: str = "") -> None:
        """Record what is wanted of a sweep, and a message for its owner."""
        self._change(sweep_id, state=state, message=message)

    def say(self, sweep_id: str, message: str) -> None:
        """Record a message for the owner of a sweep."""
        self._change(sweep_id, message=message)

    def end(self, sweep_id: str, message: str = "") -> None:
        """Record that a sweep is over."""
        self._change(sweep_id, ended=datetime.now(UTC).isoformat(), message=message)

    def claim(self, sweep_id: str) -> bool:
        """Whether this process conducts the sweep: it does already, or takes it over from one that is dead."""
        mine = self._holder()
        with self._database.reading() as session:
            holder = session.scalar(select(SweepRow.holder).where(SweepRow.sweep_id == sweep_id))
        if holder is None or holder == mine:
            return holder == mine
        if holder and self._rows.liveness.is_alive(holder):
            return False
        return self._change(sweep_id, SweepRow.holder == holder, holder=mine)

    def outcomes(self, sweep_id: str) -> dict[str, str]:
        """The outcome of every run of the sweep by its id, the deleted winner's too, as they are stored; trials by
        number."""
        query = select(RunRow.run_id, RunRow.outcome).where(RunRow.sweep_id == sweep_id).order_by(RunRow.created)
        with self._database.reading() as session:
            return {row.run_id: row.outcome for row in session.execute(query)}

    def read(self, run_ids: Iterable[str]) -> list[tuple[Run, tuple[float, ...]]]:
        """Some runs, in the order in which they were created, with the RMSE after each of their epochs."""
        ids = list(run_ids)
        rows = self._rows.select(select(RunRow).where(RunRow.run_id.in_(ids)).order_by(RunRow.created))
        query = select(EpochRow.run_id, EpochRow.ended).where(EpochRow.run_id.in_(ids), EpochRow.ended.is_not(None))
        curves: dict[str, list[float]] = {}
        with self._database.reading() as session:
            for run_id, ended in session.execute(query.order_by(EpochRow.run_id, EpochRow.epoch)).all():
                curves.setdefault(run_id, []).append(ended["rmse"])
        return [(self._run_of(row), tuple(curves.get(row.run_id, ()))) for row in rows]

    def remove(self, sweep_id: str) -> None:
        """Remove a sweep and its trials for good; its winner stays, as a run like any other."""
        trials = RunRow.sweep_id == sweep_id, is_trial()
        with self._database.writing() as session:
            run_ids = session.scalars(select(RunRow.run_id).where(*trials)).all()
            session.execute(delete(RunRow).where(*trials))  # and so their epochs
            session.execute(delete(SweepRow).where(SweepRow.sweep_id == sweep_id))
            self._removal.name(session, run_ids)
        self._removal.carry_out(run_ids)

    def _change(self, sweep_id: str, *only_if: ColumnElement[bool], **values: Any) -> bool:
        change = update(SweepRow).where(SweepRow.sweep_id == sweep_id, *only_if).values(values)
        with self._database.writing() as session:
            return session.execute(change.returning(SweepRow.sweep_id)).first() is not None

    def _select(self, *conditions: ColumnElement[bool]) -> list[Sweep]:
        """The sweeps, newest first, without those whose record cannot be read."""
        query = select(SweepRow).where(*conditions).order_by(SweepRow.created.desc(), SweepRow.sweep_id)
        sweeps: list[Sweep] = []
        with self._database.reading() as session:
            for row in session.scalars(query).all():
                with contextlib.suppress(ConfigError):
                    sweeps.append(_sweep_of(row))
        return sweeps


def _sweep_of(row: SweepRow) -> Sweep:
    return Sweep(
        sweep_id=row.sweep_id,
        created=datetime.fromisoformat(row.created),
        owner=row.owner,
        base=RunSpec.from_json(row.base),
        spec=SweepSpec.from_json(row.spec),
        state=cast(SweepState, row.state),
        message=row.message,
        ended=None if row.ended is None else datetime.fromisoformat(row.ended),
        address=row.address,
    )
