"""Files that are replaced whole: at no moment is there a half one under the name.

Nothing in here knows what they hold."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from safetensors import SafetensorError

from cf_core.errors import StoreError

PART = ".part"
"""How the name of a file ends that is not whole yet; one that is left over is of no use."""


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives the path of a fresh file to write; once the block has ended it is flushed and stands at `path`.

    Raises:
        StoreError: it could not be written; what stood at `path` still does.
    """
    fresh = path.with_name(path.name + PART)
    with writing_into(path.parent):
        yield fresh
        flush(fresh)
        os.replace(fresh, path)
        flush(path.parent)


@contextlib.contextmanager
def writing_into(folder: Path) -> Iterator[None]:
    """The folder is there while the block writes files into it; where it fails, nothing unfinished is left.

    Raises:
        StoreError: the disk is full, the folder cannot be written, or has gone.
    """
    try:
        if not folder.is_dir():
            folder.mkdir()
            flush(folder.parent)
        yield
    except (OSError, SafetensorError) as error:
        with contextlib.suppress(OSError):
            for part in folder.glob(f"*{PART}"):
                part.unlink()
        reason = error.strerror if isinstance(error, OSError) else error
        raise StoreError(
            f"{folder}: could not be written ({reason}). Make room on the disk, or make the folder writable; what was "
            "stored before is whole."
        ) from error


def flush(path: Path) -> None:
    """Put a file's contents, or the names in a folder, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(folder: Path) -> None:
    """The folder and all in it are gone, or were before."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
