"""What the pool of a cluster leaves to the next one: the runs that it has in training or queued."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update

from cf_core.runs.store.database import Database
from cf_core.runs.store.liveness import Liveness
from cf_core.runs.store.tables import PoolRunRow, RunRow
from cf_core.training.commands import Command, command_from_json


class LeftRun(NamedTuple):
    """A run of a pool that has ended.

    Attributes:
        address: the mark of the address that it was submitted from.
        n_revivals: how often it had gone on by itself.
        holder: the process that held it, a worker or the pool.
        was_training: whether a worker had it.
        commands: those that are to be repeated when it goes on.
    """

    run_id: str
    address: str
    n_revivals: int
    holder: str
    was_training: bool
    commands: list[Command]


class PoolRuns:
    """The runs of the pools of clusters in the database of a store."""

    def __init__(self, database: Database, liveness: Liveness) -> None:
        self._database, self._liveness = database, liveness

    def note(self, run_id: str, n_revivals: int, commands: Sequence[Command] = ()) -> None:
        """Note that the pool of this process has the run in training or queued."""
        told = [command.to_json() for command in commands]
        row = PoolRunRow(run_id=run_id, pool=self._liveness.acquire(), n_revivals=n_revivals, commands=told)
        with self._database.writing() as session:
            session.merge(row)

    def forget(self, run_id: str) -> None:
        """Note that no pool has it any more."""
        with self._database.writing() as session:
            session.execute(delete(PoolRunRow).where(PoolRunRow.run_id == run_id))

    def leave(self) -> None:
        """Note that the pool of this process ends, so that the next one need not wait for its death."""
        mine = update(PoolRunRow).where(PoolRunRow.pool == self._liveness.acquire())
        with self._database.writing() as session:
            session.execute(mine.values(pool=""))

    def left(self) -> list[LeftRun]:
        """The runs of pools that have ended, dead or in order, the oldest first."""
        query = select(PoolRunRow, RunRow.address, RunRow.holder).join(RunRow, RunRow.run_id == PoolRunRow.run_id)
        query = query.where(PoolRunRow.pool != self._liveness.acquire()).order_by(RunRow.created, RunRow.run_id)
        with self._database.reading() as session:
            found = session.execute(query).all()
        alive = self._liveness.alive({row.pool for row, _, _ in found} - {""})
        return [_left_run(row, *others) for row, *others in found if row.pool not in alive]


def _left_run(row: PoolRunRow, address: str, holder: str) -> LeftRun:
    commands: list[dict[str, Any]] = row.commands
    told = [command_from_json(command) for command in commands]
    return LeftRun(row.run_id, address, row.n_revivals, holder, holder != row.pool, told)
