"""Copies a store to another place, whole or not at all: from a folder to a database with its files, or back.

First the files, each checked by its SHA-256; then all rows as of one moment, in one transaction that is committed last,
after count and SHA-256 of every table have been found the same. Until then the target has no rows, so that nobody can
take it for whole. The source stays as it is.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cf_core.errors import StoreError
from cf_core.runs.spec import UNFINISHED
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.file_store import FileStore, file_store
from cf_core.runs.store.lab_secret import keep_secret, kept_secret
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.store.tables import DataSetRow, LeaseRow, PoolRunRow, RemovalRow, RunRow, SecretRow, Table

OF_THIS_PLACE = tuple(row.__tablename__ for row in (LeaseRow, PoolRunRow, RemovalRow, SecretRow))
"""Tables whose rows are not copied: who is alive here and has what, which files are to go, and the secret, which a
folder keeps in a file."""

N_AT_ONCE = 500
"""Rows that are read and written together."""

_DATA = "data"
"""The folder of data sets in the files; runs, sweeps and tasks name their data by its whole place."""


@dataclass(frozen=True)
class Moved:
    """What was copied: rows by table, files, and their bytes."""

    rows: dict[str, int]
    n_files: int
    n_bytes: int


def move_runs(source: StoreAddress, target: StoreAddress, report: Callable[[str], None] = lambda _: None) -> Moved:
    """Copy the store at `source` to `target`.

    Args:
        report: told what is going on, in a few words.

    Raises:
        StoreError: there is no store at the source, runs are under way in it, the target has records already, either
            cannot be read or written, or what has arrived is not what was sent.
    """
    if source.is_folder and not source.folder.is_dir():
        raise StoreError(f"{source}: there is no such folder of runs. Name another one.")
    if source == target:
        raise StoreError(f"{source}: is the source and the target. Name two places.")
    old, new = RunStore(source), RunStore(target)
    try:
        _check_at_rest(old)
        _check_empty(new)
        return _copy(old, new, report)
    finally:
        old.close()
        new.close()


def _copy(old: RunStore, new: RunStore, report: Callable[[str], None]) -> Moved:
    folders = _folders(old)
    from_files, to_files = file_store(old.address), file_store(new.address)
    n_files, n_bytes = _copy_files(folders, from_files, to_files, report)
    report("records")
    with old.database.reading() as reading, new.database.writing() as writing:
        if _folders(old, reading) != folders:
            raise StoreError(f"{old.address}: somebody works in it. End its servers and commands, then try again.")
        _check_empty(new, writing)
        renamed = {from_files.place(each): to_files.place(each) for each in folders if each.startswith(f"{_DATA}/")}
        rows = {table.name: _copy_table(table, reading, writing, renamed) for table in _raw_tables()}
    keep_secret(new.address, new.database, kept_secret(old.address, old.database))
    return Moved(rows, n_files, n_bytes)


def _check_at_rest(store: RunStore) -> None:
    """Raise where runs are queued or in training; those whose process is dead are interrupted first."""
    under_way = [row.run_id for row in store.unfinished_rows() if row.outcome in UNFINISHED]
    if under_way:
        raise StoreError(
            f"{store.address}: {len(under_way)} runs are under way ({', '.join(under_way[:10])}). Wait for their end, "
            "or end the server that has them; then move."
        )


def _check_empty(store: RunStore, session: Session | None = None) -> None:
    """Raise where the store has a row."""
    if session is None:
        with store.database.reading() as session:
            _check_empty(store, session)
        return
    for table in _raw_tables():
        if session.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
            raise StoreError(f"{store.address}: is not empty (it has {table.name}). Name a new folder or database.")


def _folders(store: RunStore, session: Session | None = None) -> list[str]:
    """The folders of the runs and the data sets in the store's files."""
    if session is None:
        with store.database.reading() as session:
            return _folders(store, session)
    runs = session.scalars(sa.select(RunRow.run_id).order_by(RunRow.run_id)).all()
    data_sets = session.scalars(sa.select(DataSetRow.data_id).order_by(DataSetRow.data_id)).all()
    return [*runs, *(f"{_DATA}/{data_id}" for data_id in data_sets)]


def _copy_files(
    folders: Sequence[str], source: FileStore, target: FileStore, report: Callable[[str], None]
) -> tuple[int, int]:
    """How many files were copied, and how many bytes they have."""
    sizes: list[int] = []
    for number, folder in enumerate(folders, start=1):
        report(f"files {number} of {len(folders)}")
        for name in source.names(folder):
            with source.reading(name) as old:
                sent = _digest(old)
                with target.replacing(name) as new:
                    sizes.append(Path(shutil.copyfile(old, new)).stat().st_size)
            with target.reading(name) as arrived:
                if _digest(arrived) != sent:
                    raise StoreError(f"{target.place(name)}: is not what was sent. Is the disk or the network sound?")
    return len(sizes), sum(sizes)


def _copy_table(table: sa.Table, reading: Session, writing: Session, renamed: dict[str, str]) -> int:
    """How many rows were copied; raises where those that have arrived are others."""
    sent, n_rows = hashlib.sha256(), 0
    for rows in _rows(table, reading):
        moved = [_renamed(row, renamed) for row in rows]
        _add_to(sent, moved)
        writing.execute(table.insert(), moved)
        n_rows += len(moved)
    arrived, n_arrived = hashlib.sha256(), 0
    for rows in _rows(table, writing):
        _add_to(arrived, rows)
        n_arrived += len(rows)
    if (n_rows, sent.digest()) != (n_arrived, arrived.digest()):
        raise StoreError(f"The records have not arrived as they were ({table.name}: {n_arrived} of {n_rows}).")
    return n_rows


def _rows(table: sa.Table, session: Session) -> Iterator[list[dict[str, Any]]]:
    """The rows in the order of their keys, some at a time."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    for part in session.execute(query, execution_options={"yield_per": N_AT_ONCE}).mappings().partitions():
        yield [dict(row) for row in part]


def _add_to(digest: "hashlib._Hash", rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        digest.update(json.dumps([row[name] for name in sorted(row)]).encode())


def _renamed(row: dict[str, Any], renamed: dict[str, str]) -> dict[str, Any]:
    """The row with data sets of workspaces where they are now."""
    for name in ("spec", "base", "task"):
        for old, new in renamed.items() if isinstance(row.get(name), str) else ():
            row[name] = row[name].replace(json.dumps(old), json.dumps(new))
    return row


def _raw_tables() -> list[sa.Table]:
    """The tables that are copied, those first that others refer to; a record in them is the text that is stored, so
    that a damaged one moves along as it is."""
    metadata = sa.MetaData()
    return [
        sa.Table(table.name, metadata, *(_raw_column(column) for column in table.columns))
        for table in Table.metadata.sorted_tables
        if table.name not in OF_THIS_PLACE
    ]


def _raw_column(column: sa.Column[Any]) -> sa.Column[Any]:
    kind = sa.Text() if isinstance(column.type, sa.JSON) else column.type
    return sa.Column(column.name, kind, primary_key=column.primary_key, autoincrement=False)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
