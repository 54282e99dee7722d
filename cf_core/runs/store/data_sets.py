"""The data sets of one workspace: added whole or not at all, deleted with a way back. Every query names the owner, so
that nobody reaches another's."""

import contextlib
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from cf_core.data.about import About, write_about
from cf_core.errors import ConfigError, StoreError, UnknownDataSetError
from cf_core.files import remove_folder
from cf_core.runs.data_set import NAME_LENGTH, DataSet
from cf_core.runs.store.data_set_rows import DataSetRows, part_name
from cf_core.runs.store.folder_size import folder_size
from cf_core.runs.store.tables import DataSetRow
from cf_core.runs.texts import one_line, within
from cf_core.runs.visitor import address_mark
from cf_core.words import Words

Write = Callable[[Path], Words]
"""Writes `ratings.csv` and `movies.csv` into an empty folder, and says what is rated."""


@dataclass(frozen=True)
class OwnDataSets:
    """The data sets of one owner.

    Attributes:
        rows: those of all owners.
        owner: whose these are.
        address: where the owner comes from now; see `Visitor`.
        check_room: raises `DiskQuotaError` where so many bytes more are too many.
        lab_names: of the data sets that the lab offers to everybody.

    Raises (every method that takes `data_id`): UnknownDataSetError, where the owner has no such data set, whether or
    not somebody else has.
    """

    rows: DataSetRows
    owner: str
    address: str
    check_room: Callable[[int], None]
    lab_names: Callable[[], Collection[str]] = tuple

    def all(self) -> list[DataSet]:
        """The data sets, the oldest first, without the deleted ones."""
        return self._those(deleted=False)

    def deleted(self) -> list[DataSet]:
        """Those that were deleted and can be restored, the oldest first."""
        return self._those(deleted=True)

    def get(self, data_id: str) -> DataSet:
        """The data set, deleted or not."""
        rows = self.rows.select(DataSetRow.owner == self.owner, DataSetRow.data_id == data_id)
        if not rows:
            raise _unknown()
        return self.rows.data_set(rows[0])

    def check_name(self, name: str) -> str:
        """The name in one line, if a new data set can be called so.

        Raises:
            ConfigError: it is empty, too long, or one that the lab or the owner has, whatever its capitals.
        """
        name = within(one_line(name), "name", NAME_LENGTH)
        if not name:
            raise ConfigError("A data set needs a name, so that you find it again. Give it one.")
        _check_free(name, [*self.lab_names(), *(data_set.name for data_set in self.all())])
        return name

    def add(self, name: str, write: Write) -> DataSet:
        """Add a data set; it appears once `write` has written it whole, and `about.json` is there too.

        Raises:
            ConfigError: see `check_name`.
            DiskQuotaError: it would take more of the disk than the owner, or their address, may have.
            StoreError: the disk is full, or the folder cannot be written.
            What `write` raises passes through. In every case nothing is left of it.
        """
        name = self.check_name(name)
        self.check_room(0)
        data_id = uuid.uuid4().hex[:12]
        with self._writing(data_id) as part:
            write_about(part, About(write(part), name))
            row = DataSetRow(
                data_id=data_id,
                created=datetime.now(UTC).isoformat(),
                owner=self.owner,
                name=name,
                n_ratings=_n_ratings(part),
                n_bytes=folder_size(part),
                address=address_mark(self.address),
                deleted=None,
            )
            self.rows.take(part, data_id)
            with self.rows.one_at_a_time():  # or two that fit one by one would both be let in
                self.check_room(row.n_bytes)
                with self.rows.database.writing() as session:
                    self._check_still_free(session, name)
                    session.add(row)
        return self.rows.data_set(row)

    def delete(self, data_id: str) -> None:
        """Hide the data set; for some days `restore` brings it back whole, unless its room is needed. Runs on it that
        are in training go on."""
        with self.rows.database.writing() as session:
            self._row(session, data_id).deleted = datetime.now(UTC).isoformat()

    def restore(self, data_id: str) -> None:
        """Undo `delete`; raises `ConfigError` where the name was given to another one meanwhile."""
        with self.rows.database.writing() as session:
            row = self._row(session, data_id)
            if row.deleted is not None:
                self._check_still_free(session, row.name)
                row.deleted = None

    @contextlib.contextmanager
    def _writing(self, data_id: str) -> Iterator[Path]:
        """An empty folder for the block to write into and to store; where the block raises, nothing is left of it."""
        part = self.rows.incoming / part_name(data_id)
        try:
            try:
                part.mkdir(parents=True)
                yield part
            except BaseException:
                self.rows.remove_files(data_id)
                raise
            finally:
                remove_folder(part)
        except OSError as error:
            raise StoreError(
                f"{part}: could not be written ({error.strerror}). Make room on the disk, or make the folder writable; "
                "what was stored before is whole."
            ) from error

    def _those(self, deleted: bool) -> list[DataSet]:
        wanted = DataSetRow.deleted.is_not(None) if deleted else DataSetRow.deleted.is_(None)
        return [self.rows.data_set(row) for row in self.rows.select(DataSetRow.owner == self.owner, wanted)]

    def _check_still_free(self, session: Session, name: str) -> None:
        """Raise `ConfigError` where another tab has taken the name meanwhile."""
        mine = select(DataSetRow.name).where(DataSetRow.owner == self.owner, DataSetRow.deleted.is_(None))
        _check_free(name, session.scalars(mine).all())

    def _row(self, session: Session, data_id: str) -> DataSetRow:
        mine = select(DataSetRow).where(DataSetRow.owner == self.owner, DataSetRow.data_id == data_id)
        row = session.scalar(mine)
        if row is None:
            raise _unknown()
        return row


def _check_free(name: str, taken: Collection[str]) -> None:
    if name.casefold() in {other.casefold() for other in taken}:
        raise ConfigError(f"There is a data set '{name}' already. Choose another name, or delete that one first.")


def _unknown() -> UnknownDataSetError:
    return UnknownDataSetError("This data set is not in your workspace any more. Choose another one.")


def _n_ratings(folder: Path) -> int:
    """The rows of `ratings.csv` below its header; of a file that the lab writes, each is one line."""
    with (folder / "ratings.csv").open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1
