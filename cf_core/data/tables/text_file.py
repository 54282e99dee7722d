"""Reads the bytes of a text file, compressed or not, in whatever common encoding, as UTF-8."""

import codecs
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cf_core.data.source import check_size
from cf_core.data.tables.table_file import TableFile
from cf_core.errors import BadValueError, EncodingError, MissingFileError

GZIP = b"\x1f\x8b"
BEGINNING = 2**18
"""Bytes of the beginning of a file, from which the rest is understood."""

# UTF-32 comes first: its little-endian mark begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    codecs.BOM_UTF8: "UTF-8",
}
_SAVE_AS = "Save the file as UTF-8."
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True)
class TextFile:
    """A file as text. `data` is UTF-8 without a mark, whatever the file is; `encoding` is what it is; `is_whole` tells
    that nothing was left unread."""

    file: Path
    data: bytes
    encoding: str
    is_whole: bool = True


def read_text(table: TableFile, most_bytes: int) -> TextFile:
    """Read a whole text file, unpacked if it is gzip.

    Raises:
        MissingFileError: it cannot be opened.
        ArchiveError: it is in a zip that is damaged.
        BadValueError: the compressed bytes are damaged.
        EncodingError: it is no text, or in an encoding that cannot be told.
        DataFormatError: it has more than `most_bytes`, unpacked.
    """
    data = _read_bytes(table, most_bytes + 1)
    check_size(table.path, len(data), most_bytes)
    return _decoded(table.path, data, is_whole=True)


def read_beginning(table: TableFile) -> TextFile:
    """Read no more of a text file than it takes to understand it; a character or line may be cut at its end.

    Raises:
        DataFormatError: as in `read_text`.
    """
    data = _read_bytes(table, BEGINNING + 1)
    return _decoded(table.path, data[:BEGINNING], is_whole=len(data) <= BEGINNING)


def _read_bytes(table: TableFile, most: int) -> bytes:
    try:
        with table.open() as stream:
            is_gzip = stream.peek(len(GZIP)).startswith(GZIP)
            opened: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=stream) if is_gzip else stream
            return opened.read(most)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        cure = "Fetch or pack it again."
        raise BadValueError("the compressed file is damaged", file=table.path, cure=cure) from error
    except OSError as error:
        cure = "Name a file of ratings that can be read."
        raise MissingFileError(f"the file cannot be read ({error.strerror})", file=table.path, cure=cure) from error


def _decoded(file: Path, data: bytes, *, is_whole: bool) -> TextFile:
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    if encoding == "UTF-32":
        raise EncodingError("the file is UTF-32", file=file, cure=_SAVE_AS)
    if encoding == "UTF-16":
        text = _decode(data, "utf-16", is_whole)
        if text is None:
            raise EncodingError("the file is damaged UTF-16", file=file, cure=_SAVE_AS)
        data = text.removeprefix("\ufeff").encode("utf-8")
    else:
        data = data.removeprefix(codecs.BOM_UTF8)
        encoding = "UTF-8"
        if not data.isascii() and _decode(data, "utf-8", is_whole) is None:
            data, encoding = _from_windows(file, data), "Windows-1252"
    if b"\0" in data:
        line = _line_at(data, data.index(b"\0"))
        raise EncodingError("the file contains zero bytes, so it is no text", file=file, line=line, cure=_SAVE_AS)
    return TextFile(file, data, encoding, is_whole)


def _decode(data: bytes, encoding: str, is_whole: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, final=is_whole)
    except UnicodeDecodeError:
        return None


def _from_windows(file: Path, data: bytes) -> bytes:
    """Bytes that are not UTF-8, taken for Windows-1252; where it has no such character, for Latin-1, which has all.

    Raises:
        EncodingError: most characters are UTF-8 all the same, so that the others are damage.
    """
    n_utf8, others = len(_MULTIBYTE.findall(data)), _NOT_ASCII.findall(_MULTIBYTE.sub(b"", data))
    if n_utf8 > len(others):
        line = _line_at(data, _first_not_utf8(data))
        raise EncodingError("the file is not UTF-8", file=file, line=line, count=len(others), cure=_SAVE_AS)
    try:
        return data.decode("cp1252").encode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1").encode("utf-8")


def _first_not_utf8(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _line_at(data: bytes, at: int) -> int:
    return sum(1 for _ in io.TextIOWrapper(io.BytesIO(data[:at] + b"."), encoding="latin-1"))
