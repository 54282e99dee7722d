"""The uploads of all workspaces of a server: one each, kept until it is a data set, is discarded or is forgotten."""

import re
import threading
import time
from dataclasses import replace
from pathlib import Path

from cf_core.data.tables.options import ImportOptions
from cf_core.errors import UploadError
from cf_core.files import disk_errors_told, remove_folder
from cf_core.runs.incoming.upload import Upload
from cf_core.runs.store.data_set_rows import part_name

IDLE_SECONDS = 3_600.0
"""An upload that nobody has looked at for so long is given up."""
MOST_BYTES = 2_000_000_000
"""Of all uploads that wait."""
_NOT_IN_NAMES = re.compile(r"[^\w.\- ()]")


class Uploads:
    """Uploads by the token of their workspace. They live in the memory of the server, their files in `home`: a new
    server knows of none.

    Args:
        home: the folder `incoming` of the workspaces' data sets, which removes what a dead server left.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._uploads: dict[str, Upload] = {}
        self._looked: dict[str, float] = {}
        self._lock = threading.RLock()

    def of(self, workspace: str) -> Upload | None:
        """The upload of a workspace; None where there is none."""
        with self._lock:
            if workspace in self._uploads:
                self._looked[workspace] = time.monotonic()
            return self._uploads.get(workspace)

    def put(self, workspace: str, name: str, contents: memoryview, most_bytes: int) -> Upload:
        """Keep a file in place of the workspace's earlier one, and look at it.

        Args:
            name: the file's, as the browser tells it.
            most_bytes: that it may have when it is unpacked.

        Raises:
            UploadError: too much is waiting already.
            StoreError: the disk is full, or cannot be written.
        """
        with self._lock:
            self.remove(workspace)
            self._forget_idle()
            if len(contents) + sum(other.n_bytes for other in self._uploads.values()) > MOST_BYTES:
                raise UploadError("Too many files of others are waiting to be imported. Try again in some minutes.")
            folder = self._home / part_name(f"upload-{time.time_ns():x}")
            file = _written(folder, name, contents)
            upload = self._uploads[workspace] = Upload(folder, file, ImportOptions(most_bytes=most_bytes))
            self._looked[workspace] = time.monotonic()
        upload.look(upload.options)
        return upload

    def add_titles(self, workspace: str, name: str, contents: memoryview) -> None:
        """Keep a second table, with the titles, beside the workspace's upload, and look again."""
        upload = self.of(workspace)
        if upload is not None:
            titles = _written(upload.folder / "titles", name, contents)
            upload.look(replace(upload.options, titles=titles))

    def remove(self, workspace: str) -> None:
        """Discard the upload of a workspace; without one, nothing happens."""
        with self._lock:
            upload = self._uploads.pop(workspace, None)
            self._looked.pop(workspace, None)
        if upload is not None:
            upload.discard()

    def _forget_idle(self) -> None:
        now = time.monotonic()
        for workspace in [one for one, at in self._looked.items() if now - at > IDLE_SECONDS]:
            self.remove(workspace)


def _written(folder: Path, name: str, contents: memoryview) -> Path:
    """Write a file under its own name, as far as a folder can have that."""
    plain = _NOT_IN_NAMES.sub("_", Path(name).name)[-80:].lstrip(".") or "file"
    file = folder / plain
    remove_folder(folder)
    with disk_errors_told(folder):
        folder.mkdir(parents=True)
        file.write_bytes(contents)
    return file
