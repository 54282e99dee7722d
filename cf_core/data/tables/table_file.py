"""Finds the one file that a table is in: the source itself, or what a zip holds."""

from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from cf_core.data.reading import FORMATS
from cf_core.data.source import OneFile, Source
from cf_core.data.zip_archive import ZipArchive
from cf_core.errors import BadValueError, MissingFileError

SUFFIXES = (".csv", ".tsv", ".tab", ".gz", ".parquet", ".pq")
"""Of the files that are taken for tables where a zip holds others beside them, such as a README."""
_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_WORKBOOK = "[Content_Types].xml", "content.xml"
"""Files that make a zip a workbook of Excel, or of another program."""
_N_NAMED = 5


@dataclass(frozen=True)
class TableFile:
    """A file alone, or the member `name` of a zip."""

    source: Source
    name: str

    @property
    def path(self) -> Path:
        """What messages call it."""
        return self.source.where(self.name)

    @property
    def is_packed(self) -> bool:
        """Whether it is the member of a zip."""
        return isinstance(self.source, ZipArchive)

    @property
    def size(self) -> int:
        """Its bytes; those of a member of a zip, unpacked."""
        return self.source.size(self.name)

    def open(self) -> BufferedReader:
        """The file as a stream of bytes; to be closed. Raises what `Source.open` does."""
        return self.source.open(self.name)

    def first_bytes(self, n: int = 4) -> bytes:
        """The first bytes, which tell its kind."""
        with self.open() as stream:
            return stream.read(n)


def find_table(source: Path) -> TableFile | None:
    """The table that a source is, or the only one that a zip holds; None for a folder, and for a zip with files of a
    MovieLens edition, which `read_ratings` reads.

    Raises:
        MissingFileError: there is nothing that can be opened.
        ArchiveError: the zip cannot be read.
        BadValueError: it holds several tables, or is a workbook.
    """
    if source.is_dir():
        return None
    if not _beginning(source).startswith(_ZIP):
        return TableFile(OneFile(source), source.name)
    archive = ZipArchive(source)
    if any(all(map(archive.has, layout.files)) for layout in FORMATS):
        return None
    if any(map(archive.has, _WORKBOOK)):
        raise BadValueError("this is a workbook, not a table", file=source, cure="Save the sheet of ratings as CSV.")
    tables = [name for name in archive.names if name.lower().endswith(SUFFIXES)]
    if len(tables) != 1 and any(layout.is_in(archive) for layout in FORMATS):
        return None
    tables = tables or [*archive.names]
    if len(tables) > 1:
        raise _several(source, tables)
    return TableFile(archive, tables[0]) if tables else None


def _several(source: Path, tables: list[str]) -> BadValueError:
    named = ", ".join(tables[:_N_NAMED]) + (f" and {len(tables) - _N_NAMED:,} more" if len(tables) > _N_NAMED else "")
    cure = "Unpack it, and take the one with the ratings."
    return BadValueError(f"the zip holds {len(tables):,} files that may be the table: {named}", file=source, cure=cure)


def _beginning(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(4)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        cure = "Name a file of ratings that is there."
        raise MissingFileError(f"the file cannot be opened ({reason})", file=file, cure=cure) from error
