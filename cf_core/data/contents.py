"""The bytes of one file of a data set, and what they are as text."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cf_core.data.source import Source
from cf_core.errors import EncodingError

LINE_END = re.compile(rb"\r\n|\r|\n")

# UTF-32 comes first: its little-endian mark begins with that of UTF-16.
_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_UTF8_MARK = b"\xef\xbb\xbf"
"""Excel's "CSV UTF-8" begins with it; it says nothing that is not known."""
_OF_UTF8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
"""The beginning of a character beyond ASCII. In Latin-1 it would be a letter with an accent and then a sign such as
"©", or none at all: no title has that."""
_SAVE_AS = "Save the file as UTF-8."


@dataclass(frozen=True, eq=False)
class Contents:
    """A file and all its bytes; `file` is what messages call it."""

    file: Path
    data: bytes

    @classmethod
    def of(cls, source: Source, name: str) -> Self:
        """Read a file of the source; raises what `Source.open` does."""
        return cls(source.where(name), source.read(name))

    def utf8(self) -> bytes:
        """The bytes after a mark of UTF-8, if there is one.

        Raises:
            EncodingError: they are not UTF-8, begin with the byte order mark of another encoding or hold zero bytes.
        """
        data = self._checked()
        if not data.isascii() and not _is_utf8(data):
            raise self._error("is not UTF-8", data, lambda line: not _is_utf8(line))
        return data

    def utf8_or_latin1(self) -> bytes:
        """The same for files that may also be Latin-1, and are converted then.

        Raises:
            EncodingError: they are mixed: some characters are those of UTF-8, and others are not; or as `utf8`.
        """
        data = self._checked()
        if data.isascii() or _is_utf8(data):
            return data
        if _OF_UTF8.search(data):
            raise self._error("is neither UTF-8 nor Latin-1", data, lambda line: not _is_utf8(line))
        return data.decode("latin-1").encode()

    def _checked(self) -> bytes:
        """The bytes after a mark of UTF-8; without the mark of another encoding, and without zero bytes."""
        data = self.data[len(_UTF8_MARK) :] if self.data.startswith(_UTF8_MARK) else self.data
        for mark, encoding in _MARKS.items():
            if data.startswith(mark):
                problem = f"begins with the byte order mark of {encoding}"
                raise EncodingError(problem, file=self.file, line=1, cure=_SAVE_AS)
        if b"\0" in data:
            raise self._error("holds zero bytes", data, lambda line: b"\0" in line)
        return data

    def _error(self, problem: str, data: bytes, is_wrong: Callable[[bytes], bool]) -> EncodingError:
        """The error at the first line that is wrong."""
        lines = [number for number, line in enumerate(LINE_END.split(data), start=1) if is_wrong(line)]
        return EncodingError(problem, file=self.file, line=lines[0], count=len(lines), cure=_SAVE_AS)


def fingerprint(*files: Contents) -> str:
    """SHA-256 over the bytes of the files, one after the other, in hexadecimal."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.data)
    return digest.hexdigest()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
