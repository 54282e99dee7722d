"""Where the files of a store are: in a folder, or in an object store. Everything that a store keeps outside of its
database goes through here, by names such as `<run_id>/snapshots/003.safetensors`."""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from cf_core.environment import cache_folder
from cf_core.errors import ConfigError
from cf_core.files import PART, atomic_write, new_folder, remove_folder, writing_into
from cf_core.remote.remote_files import remote_files
from cf_core.remote.url import is_url
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.database import disk_errors_in_words
from cf_core.runs.store.folder_size import folder_size


class FileStore(Protocol):
    """Files by name. A file is there whole or not at all: who reads while somebody writes gets the old file or the new
    one, and where a write fails, the old one stays.

    Raises (every method): StoreError, with what to do, where the files cannot be reached or the disk is full.
    """

    def place(self, name: str) -> str:
        """Where every process of the lab finds the file or folder, or all of them (""): an absolute path or a URL."""

    def replacing(self, name: str) -> contextlib.AbstractContextManager[Path]:
        """Yields the path at which to write a new file. It replaces the old one when the block ends; until then, and if
        the block raises, the old one stays."""

    def reading(self, name: str) -> contextlib.AbstractContextManager[Path]:
        """Yields a path at which the file can be read while the block lasts; where there is none, either this raises
        `StoreError`, or there is nothing at the path."""

    def scratch(self, name: str) -> contextlib.AbstractContextManager[Path]:
        """Yields a local path of that name for the block to write; the file is gone afterwards."""

    def incoming(self, prefix: str) -> Path:
        """A folder on a local disk, perhaps not there yet, to make ready what `take_folder` takes."""

    def take_folder(self, folder: Path, name: str, last: str) -> None:
        """Store the files of a folder in `incoming` under `name`: all at once, or `last` the last of them. The folder
        may be gone then."""

    def names(self, prefix: str) -> list[str]:
        """The names of all files below the folder `prefix`, sorted; none where there is no folder."""

    def exists(self, name: str, *, stays: bool = False, state: str = "") -> bool:
        """Whether there is such a file. An earlier answer may be given again: yes, where it `stays` once it is there;
        no, where its owner has a `state` in which it does not come, and had it then."""

    def sizes(self, folders: Sequence[Sequence[str]]) -> list[int]:
        """For each sequence of a folder and subfolders of it, the bytes that the files in them take; where other
        machines write too, as of some minutes ago."""

    def remove(self, name: str) -> None:
        """Delete a file; one that is not there is fine."""

    def remove_folder(self, prefix: str) -> None:
        """Delete a folder and all in it; one that is not there is fine."""

    def stale_folders(self, prefix: str, seconds: float) -> list[str]:
        """The names of the folders in `prefix`, apart from `incoming`, in which nothing was written for so long."""

    def free_bytes(self) -> int:
        """Room on the local disk that new files take."""

    def check(self) -> None:
        """Raise `StoreError` where the files cannot be reached now."""

    def tidy(self) -> None:
        """Give up what can be had again and is not needed any more."""


class LocalFiles:
    """The files in a folder of a file system.

    Args:
        shared: whether other machines write there too, so that each writer needs a temporary file of its own.
    """

    def __init__(self, folder: Path, *, shared: bool = False) -> None:
        self.folder, self.is_shared = folder, shared

    def place(self, name: str) -> str:
        return str(self.folder / name)

    @contextlib.contextmanager
    def replacing(self, name: str) -> Iterator[Path]:
        path = self.folder / name
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}") if self.is_shared else None
        with self._writing_into(path.parent), atomic_write(path, part) as new:
            yield new

    @contextlib.contextmanager
    def reading(self, name: str) -> Iterator[Path]:
        yield self.folder / name

    @contextlib.contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        path = self.folder / name
        with self._writing_into(path.parent):
            try:
                yield path
            finally:
                path.unlink(missing_ok=True)

    def incoming(self, prefix: str) -> Path:
        return cache_folder() / "incoming" if self.is_shared else self.folder / prefix

    def take_folder(self, folder: Path, name: str, last: str) -> None:
        if not self.is_shared:
            os.rename(folder, self.folder / name)
            return
        with new_folder(self.folder / name) as new:  # the other folder is on another disk
            for file in folder.iterdir():
                shutil.copyfile(file, new / file.name)

    def names(self, prefix: str) -> list[str]:
        with disk_errors_in_words(self.folder):
            return sorted(f"{prefix}/{file}" for file in _files_below(self.folder / prefix))

    def exists(self, name: str, *, stays: bool = False, state: str = "") -> bool:
        return (self.folder / name).exists()

    def sizes(self, folders: Sequence[Sequence[str]]) -> list[int]:
        return [sum(folder_size(self.folder / each) for each in together) for together in folders]

    def remove(self, name: str) -> None:
        with disk_errors_in_words(self.folder):
            (self.folder / name).unlink(missing_ok=True)

    def remove_folder(self, prefix: str) -> None:
        remove_folder(self.folder / prefix)

    def stale_folders(self, prefix: str, seconds: float) -> list[str]:
        if not self.is_shared or not (self.folder / prefix).is_dir():
            return []
        with disk_errors_in_words(self.folder):
            entries = [(entry.name, entry.stat().st_mtime) for entry in os.scandir(self.folder / prefix)]
        return [name for name, changed in entries if time.time() - changed > seconds]

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.folder).free

    def check(self) -> None:
        """The database, which is beside them, has told already."""

    def tidy(self) -> None:
        """There is nothing that could be had again."""

    @contextlib.contextmanager
    def _writing_into(self, folder: Path) -> Iterator[None]:
        """Creates what is missing of a folder below that of the store; see `writing_into`."""
        with contextlib.ExitStack() as stack:
            for each in reversed([folder, *folder.parents]):
                if self.folder in each.parents:
                    stack.enter_context(writing_into(each))
            yield


def file_store(place: StoreAddress | str) -> FileStore:
    """The files of the store at an address, or at a place: a folder, `file:///folder`, which other machines may share,
    or `s3://bucket/folder`.

    Raises:
        ConfigError: it is none of these, holds credentials, or needs a package that is not installed.
    """
    files = place.files if isinstance(place, StoreAddress) else place
    if not is_url(files):
        return LocalFiles(Path(files))
    if not files.startswith("file://"):
        return remote_files(files.rstrip("/"))
    parts = urlsplit(files)
    if parts.netloc not in ("", "localhost") or len(parts.path) < 2:
        raise ConfigError(f"{files}: a folder is written as file:///folder, with three slashes.")
    return LocalFiles(Path(unquote(parts.path)), shared=True)


def _files_below(folder: Path) -> Iterator[str]:
    try:
        entries = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with entries:
        for entry in entries:
            if entry.is_dir():
                yield from (f"{entry.name}/{file}" for file in _files_below(folder / entry.name))
            elif not entry.name.endswith(PART):
                yield entry.name
