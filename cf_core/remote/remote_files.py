"""The files of a store in an object store: a new file is written to the local disk and uploaded whole, and what is read
comes from a local copy of exactly the version that the store has."""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from typing import Any

from cf_core.environment import cache_folder
from cf_core.errors import StoreError
from cf_core.files import PART, disk_errors_told
from cf_core.remote.copies import Copies
from cf_core.remote.object_store import ANSWER_SECONDS, FileSystem, ObjectStore, transfer_seconds

LISTED_SECONDS = 2.0
"""So long a file is believed to be the version that a listing named."""
THERE_SECONDS, MISSING_SECONDS, SIZE_SECONDS = 3_600.0, 60.0, 600.0
"""How long it is remembered that a file is there, that one is not, and what files take."""
AT_ONCE = 16
"""Folders that are listed at the same time where many are asked for."""
MOST_REMEMBERED = 50_000
PART_BYTES = 16 * 2**20
"""Of a part of a large upload. A file of two parts or more may come in parts, too, which may be of two versions."""
MOST_TRIES = 5
"""How often a large file that is replaced while it is fetched is fetched again."""

Info = dict[str, Any]


class _ReplacedError(Exception):
    """A file was replaced while its parts were being fetched."""


class RemoteFiles:
    """The files below `url`, such as `s3://bucket/folder`. Names have slashes, as in `run/snapshots/003.safetensors`.

    Any number of threads and processes, here and elsewhere, may use them at once: a reader gets a file as it was before
    or after a write, and of two writers the later one counts.

    Raises (every method): StoreError, in words, where the store does not answer, refuses the credentials or has no such
    bucket, or where the local disk is full.
    """

    def __init__(self, url: str, store: ObjectStore | None = None, copies: Copies | None = None) -> None:
        self.store, self.copies = store or ObjectStore(url), copies or Copies()
        self.url = self.store.url
        self._lock = threading.Lock()
        self._listed: dict[str, tuple[float, Info]] = {}
        self._there: dict[str, float] = {}
        self._missing: dict[tuple[str, str], float] = {}
        self._sizes: dict[tuple[str, ...], tuple[float, int]] = {}

    def place(self, name: str) -> str:
        """Where any machine finds the file or folder."""
        return f"{self.url}/{name}".rstrip("/")

    @contextlib.contextmanager
    def replacing(self, name: str) -> Iterator[Path]:
        """Yields the path of a new local file to write, which is uploaded in place of `name` when the block ends.
        Whatever the block raises passes through; then, and where the upload fails, the old file stays."""
        with self.scratch(name) as path:
            yield path
            self._upload(path, name)

    @contextlib.contextmanager
    def reading(self, name: str) -> Iterator[Path]:
        """Yields the path of a local copy of the file as it is now, for the length of the block.

        Raises:
            StoreError: there is no such file.
        """
        try:
            path = self._copy(name)
        except FileNotFoundError as error:
            raise StoreError(f"{self.place(name)}: there is no such file. It was deleted, or never stored.") from error
        yield path

    @contextlib.contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """Yields a local path of that name for the block to write; the file is gone afterwards."""
        with self.copies.scratch() as folder, disk_errors_told(folder):
            yield folder / PurePosixPath(name).name

    def local_folder(self, name: str, last: str) -> Path:
        """A local copy of a folder that never changes once it has the file `last`.

        Raises:
            FileNotFoundError: there is no such folder, or it is not whole.
        """

        def fetch(folder: Path) -> None:
            found = self._find(name)
            if f"{name}/{last}" not in found:
                raise FileNotFoundError(self.place(name))
            for file, info in found.items():
                self._download(file, info, folder / PurePosixPath(file).name)

        return self.copies.of(self.place(name), fetch)

    def incoming(self, prefix: str) -> Path:
        """A local folder, perhaps not there yet, to make ready what `take_folder` uploads."""
        return cache_folder() / "incoming"

    def take_folder(self, folder: Path, name: str, last: str) -> None:
        """Upload the files of a local folder, the file `last` after all others."""
        for file in sorted(folder.iterdir(), key=lambda file: (file.name == last, file.name)):
            self._upload(file, f"{name}/{file.name}")

    def names(self, prefix: str) -> list[str]:
        """The names of all files below the folder `prefix`, sorted; none where there is no folder."""
        return sorted(self._find(prefix))

    def exists(self, name: str, *, stays: bool = False, state: str = "") -> bool:
        """Whether there is such a file.

        Args:
            stays: whether it stays as long as anybody asks, once it is there; who has seen it then need not ask again.
            state: of its owner, in which it does not come; who has missed it need not ask again for a while.
        """
        now = time.monotonic()
        if stays and now - self._there.get(name, -THERE_SECONDS) < THERE_SECONDS:
            return True
        if state and now - self._missing.get((name, state), -MISSING_SECONDS) < MISSING_SECONDS:
            return False
        try:
            found = self._info(name) is not None
        except FileNotFoundError:
            found = False
        if found:
            self._remember(self._there, name, now)
        elif state:
            self._remember(self._missing, (name, state), now)
        return found

    def sizes(self, folders: Sequence[Sequence[str]]) -> list[int]:
        """For each sequence of a folder and subfolders of it, the bytes that the files in them take, as this process
        last saw them: what others add counts after `SIZE_SECONDS` at the latest."""
        asked = [tuple(together) for together in folders]
        if len(asked) < 2:
            return [self._size(together) for together in asked]
        with ThreadPoolExecutor(min(AT_ONCE, len(asked))) as threads:
            return [*threads.map(self._size, asked)]

    def _size(self, together: tuple[str, ...]) -> int:
        known, now = self._sizes.get(together), time.monotonic()
        if known is not None and now - known[0] < SIZE_SECONDS:
            return known[1]
        found = self._find(together[0])
        size = sum(int(info["size"]) for name, info in found.items() if str(PurePosixPath(name).parent) in together)
        self._remember(self._sizes, together, (now, size))
        return size

    def remove(self, name: str) -> None:
        """Delete a file; one that is not there is fine."""
        self.store.write(lambda system: system.rm_file(self._key(name), timeout=ANSWER_SECONDS))
        self._changed(name)

    def remove_folder(self, prefix: str) -> None:
        """Delete all files below a folder, here and in its local copy; one that is not there is fine."""
        while found := self.store.write(lambda system: self._ask_find(system, prefix)):
            self.store.write(partial(_delete, [self._key(name) for name in found]))
            if self._find(prefix).keys() >= found.keys():  # the answer to a deletion of many does not tell
                raise StoreError(f"{self.place(prefix)}: the files could not be deleted. May the lab delete there?")
        self.copies.forget(self.place(prefix))
        self._changed(prefix)

    def stale_folders(self, prefix: str, seconds: float) -> list[str]:
        """The names of the folders below `prefix` in which nothing has been written for so many seconds."""
        newest: dict[str, float] = {}
        for name, info in self._find(prefix).items():
            folder = name.removeprefix(f"{prefix}/").partition("/")[0]
            newest[folder] = max(newest.get(folder, 0.0), info["LastModified"].timestamp())
        return [folder for folder, at in newest.items() if time.time() - at > seconds]

    def free_bytes(self) -> int:
        """Room on the local disk, where new files are written first and copies are kept."""
        return self.copies.free_bytes()

    def check(self) -> None:
        """Raise `StoreError` where the store does not answer now, or has no such bucket."""
        self.store.check_bucket()

    def tidy(self) -> None:
        """Give up local copies that nobody uses any more."""
        self.copies.tidy()

    def _upload(self, path: Path, name: str) -> None:
        n_bytes, key = path.stat().st_size, self._key(name)
        tried: list[bool] = []

        def put(system: FileSystem) -> None:
            if n_bytes >= 2 * PART_BYTES and tried:
                _abort_parts(system, key)
            tried.append(True)
            system.put_file(str(path), key, chunksize=PART_BYTES, timeout=transfer_seconds(n_bytes))

        self.store.write(put)
        self._changed(name)
        self._remember(self._there, name, time.monotonic())

    def _copy(self, name: str) -> Path:
        """The local copy of the file, of the version that the store has now; raises `FileNotFoundError`."""
        listed, file = self._listed.get(name), PurePosixPath(name).name
        for _ in range(MOST_TRIES):
            is_fresh = listed is not None and time.monotonic() - listed[0] < LISTED_SECONDS
            info = listed[1] if listed is not None and is_fresh else self._info(name)
            listed = None
            with contextlib.suppress(_ReplacedError):
                what = f"{self.place(name)} {_version(info)}"
                return self.copies.of(what, partial(self._fetch, name, info)) / file
        raise StoreError(f"{self.place(name)}: it is being replaced all the time. Try again in a moment.")

    def _fetch(self, name: str, info: Info, folder: Path) -> None:
        self._download(name, info, folder / PurePosixPath(name).name)
        if int(info["size"]) >= PART_BYTES and _version(self._info(name)) != _version(info):
            raise _ReplacedError

    def _download(self, name: str, info: Info, path: Path) -> None:
        seconds = transfer_seconds(int(info["size"]))
        self.store.read(
            lambda system: system.get_file(self._key(name), str(path), chunksize=PART_BYTES, timeout=seconds)
        )

    def _info(self, name: str) -> Info:
        info: Info = self.store.read(lambda system: system.info(self._key(name), timeout=ANSWER_SECONDS))
        if info["type"] != "file":
            raise FileNotFoundError(self.place(name))
        return info

    def _find(self, prefix: str) -> dict[str, Info]:
        """All files below a folder, by name; what is said of them is remembered for `_copy`."""
        now = time.monotonic()
        found = self.store.read(lambda system: self._ask_find(system, prefix))
        for name, info in found.items():
            self._remember(self._listed, name, (now, info))
        return found

    def _ask_find(self, system: FileSystem, prefix: str) -> dict[str, Info]:
        try:
            found = system.find(self._key(prefix), detail=True, timeout=2 * ANSWER_SECONDS)
        except FileNotFoundError:
            return {}
        root = self._key("")
        return {key.removeprefix(root): info for key, info in found.items() if not key.endswith(PART)}

    def _key(self, name: str) -> str:
        return f"{self.url.partition('://')[2]}/{name}"

    def _changed(self, name: str) -> None:
        """Forget what was remembered of a file or folder that this process has changed."""
        with self._lock:
            self._listed.pop(name, None)
            for file in [file for file in self._there if file == name or file.startswith(f"{name}/")]:
                del self._there[file]
            for key in [key for key in self._missing if key[0] == name]:
                del self._missing[key]
            for which in [which for which in self._sizes if name.startswith(which[0])]:
                del self._sizes[which]

    def _remember(self, where: dict[Any, Any], key: Any, value: Any) -> None:
        with self._lock:
            if len(where) >= MOST_REMEMBERED:
                where.clear()
            where[key] = value


def _version(info: Info) -> str:
    """What tells the contents of a file from earlier and later ones of its name."""
    return f"{info['ETag']} {info['LastModified'].timestamp():.0f} {info['size']}"


def _delete(keys: list[str], system: FileSystem) -> None:
    system.rm(keys, timeout=ANSWER_SECONDS + len(keys) / 100)


def _abort_parts(system: FileSystem, key: str) -> None:
    """Throw away what earlier tries have left of an upload in parts."""
    bucket, _, name = key.partition("/")
    left = system.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=name, timeout=ANSWER_SECONDS)
    for upload in left.get("Uploads", []):
        if upload["Key"] == name:
            system.call_s3(
                "abort_multipart_upload",
                Bucket=bucket,
                Key=name,
                UploadId=upload["UploadId"],
                timeout=ANSWER_SECONDS,
            )


@lru_cache(maxsize=16)
def remote_files(url: str) -> RemoteFiles:
    """The files below a URL, one object for all who ask in this process."""
    return RemoteFiles(url)
