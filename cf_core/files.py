"""Writes files whole or not at all: a reader never meets half a file under its final name."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from safetensors import SafetensorError

from cf_core.errors import StoreError

PART = ".part"
"""Suffix of a file that is still being written; one that a killed process left behind can be deleted."""


@contextlib.contextmanager
def atomic_write(path: Path, part: Path | None = None, *, durable: bool = True) -> Iterator[Path]:
    """Yields the path of a new file to write, which replaces `path` in one step when the block ends.

    Whatever the block raises passes through; the new file is then removed, and the old one at `path` stays.

    Args:
        path: the file to replace, in a folder that exists.
        part: the new file, in the same folder; by default `path` with the suffix `PART`. Where several processes may
            write `path` at the same time, each needs a name of its own.
        durable: whether the contents are forced onto the disk first, so that they survive a power failure.
    """
    part = part or path.with_name(path.name + PART)
    try:
        yield part
        if durable:
            _flush(part)
        os.replace(part, path)
        if durable:
            _flush(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yields a new folder to fill, which becomes `target` in one step when the block ends; whatever the block raises
    passes through, and the new folder is removed.

    Args:
        target: not there yet, or an empty folder; its parents are created.

    Raises:
        StoreError: the disk is full, or cannot be written.
    """
    target = target.absolute()
    part = target.with_name(f".{target.name}{PART}-{secrets.token_hex(4)}")
    try:
        with disk_errors_told(target):
            part.mkdir(parents=True)
            yield part
            os.replace(part, target)
            _flush(target.parent)
    finally:
        remove_folder(part)


@contextlib.contextmanager
def disk_errors_told(folder: Path) -> Iterator[None]:
    """Turns errors of the block, which writes into `folder`, into a `StoreError`."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StoreError(
            f"{folder}: could not be written ({reason}). Make room on the disk, or make the folder writable; what was "
            "stored before is whole."
        ) from error


@contextlib.contextmanager
def writing_into(folder: Path) -> Iterator[None]:
    """Creates `folder` where it is missing, and turns errors of the block, which writes into it, into a `StoreError`.

    Raises:
        StoreError: the disk is full, the folder cannot be written, or has gone.
    """
    with disk_errors_told(folder):
        if not folder.is_dir():
            folder.mkdir()
            _flush(folder.parent)
        yield


def remove_folder(folder: Path) -> None:
    """Delete a folder and all in it; one that is not there is fine."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)


def _flush(path: Path) -> None:
    """Force a file's contents, or a folder's entries, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
