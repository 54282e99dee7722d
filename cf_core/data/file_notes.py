"""Remembers what was found out about files, such as their checksum, for as long as they are unchanged.

A note is a small file. It holds for the state in which the files were: path, inode, size, time of the last change of
the contents and, which no program can set back, that of the last change of anything about the file. So an edited file
has another state even where its size and the first time are put back.

What is given up: a file system that does not tell such times truly, and a file that is being changed through a memory
map. A file that changed within the last seconds gets no note, because on a clock that ticks slowly, such as that of
FAT, the next change might have the same time.
"""

import contextlib
import functools
import json
import os
import uuid
from pathlib import Path
from typing import NamedTuple

from cf_core.files import PART, atomic_write

SETTLED_SECONDS = 2.0
"""For so long a file must have been unchanged when it was read, or no note is made of it. FAT counts in so many."""
SUFFIX = ".note"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class FileState(NamedTuple):
    """What tells whether a file has changed; times in nanoseconds since 1970."""

    path: str
    inode: int
    n_bytes: int
    contents_changed: int
    anything_changed: int

    @classmethod
    def of(cls, file: Path, stream: int | None = None) -> "FileState":
        """The state of the file, or of what a file descriptor has open under that name; raises `OSError`."""
        stat = os.stat(file) if stream is None else os.fstat(stream)
        return cls(os.path.realpath(file), stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)

    def is_settled(self, at: float) -> bool:
        """Whether it had not changed shortly before `at`, seconds since 1970."""
        return max(self.contents_changed, self.anything_changed) < (at - SETTLED_SECONDS) * 1e9


class Note:
    """A line of text about files in the state that they are in.

    Args:
        file: where it lies.
        states: of the files.
    """

    def __init__(self, file: Path, *states: FileState) -> None:
        self._file, self._states = file, [list(state) for state in states]

    def read(self) -> str | None:
        """The text, None where there is none for files in that state."""
        try:
            states, text = json.loads(self._file.read_bytes())
        except (OSError, ValueError, TypeError):
            return None
        return text if states == self._states and isinstance(text, str) else None

    def write(self, text: str) -> None:
        """Remember it, in place of what was noted before. A note that cannot be written is not needed either."""
        part = self._file.with_name(f"cf-lab-{uuid.uuid4().hex}{PART}")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(self._file, part, durable=False):
                part.write_text(json.dumps([self._states, text]))


@functools.cache
def this_boot() -> str:
    """What tells this run of the machine from all others; where the system does not say, this process from others."""
    with contextlib.suppress(OSError):
        return _BOOT.read_text().strip()
    return uuid.uuid4().hex
