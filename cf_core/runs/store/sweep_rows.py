"""Stores sweeps, each in one row. What has come of one is in its runs: see `RunStore.runs_of_sweep`."""

import re
import uuid
from datetime import UTC, datetime

from sqlalchemy import select

from cf_core.errors import UnknownSweepError
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.database import Database
from cf_core.runs.store.tables import SweepRow
from cf_core.runs.sweep import Sweep
from cf_core.sweeps.spec import SweepSpec


class SweepRows:
    """The sweeps in the database of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, base: RunSpec, spec: SweepSpec, owner: str = "") -> Sweep:
        """A new sweep, without trials. Its id is the name of the recipe and six hex digits.

        Raises:
            ConfigError: the settings that it varies do not fit the run that it varies.
        """
        spec.space.check_for(base.config)
        recipe = re.sub(r"[^0-9A-Za-z-]+", "-", base.config.recipe)
        sweep = Sweep(f"sweep-{recipe}-{uuid.uuid4().hex[:6]}", datetime.now(UTC), owner, base, spec)
        row = SweepRow(
            sweep_id=sweep.sweep_id,
            created=sweep.created.isoformat(),
            owner=owner,
            base=base.to_json(),
            spec=spec.to_json(),
            state="running",
            address="",
        )
        with self._database.writing() as session:
            session.add(row)
        return sweep

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
            raise UnknownSweepError(f"There is no sweep '{sweep_id}' in {self._database.file.parent}. {hint}")
        return _sweep_of(row)

    def all(self, owner: str) -> list[Sweep]:
        """The sweeps of `owner`, newest first."""
        query = select(SweepRow).where(SweepRow.owner == owner).order_by(SweepRow.created.desc(), SweepRow.sweep_id)
        with self._database.reading() as session:
            return [_sweep_of(row) for row in session.scalars(query).all()]


def _sweep_of(row: SweepRow) -> Sweep:
    base, spec = RunSpec.from_json(row.base), SweepSpec.from_json(row.spec)
    return Sweep(row.sweep_id, datetime.fromisoformat(row.created), row.owner, base, spec)
