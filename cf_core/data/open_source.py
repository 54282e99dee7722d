"""Opens what the user named as the place of a data set."""

import os
from pathlib import Path

from cf_core.data.source import Folder, OneFile, Source
from cf_core.data.zip_archive import ZipArchive
from cf_core.errors import MissingFileError


def open_source(path: str | Path) -> Source:
    """The folder, the zip (by its suffix) or the single file at `path`.

    Raises:
        MissingFileError: there is nothing of that name.
        ArchiveError: the zip cannot be read, or its list of files is refused.
    """
    path = Path(path)
    if os.path.isdir(path):
        return Folder(path)
    if os.path.isfile(path):
        return ZipArchive(path) if path.suffix.lower() == ".zip" else OneFile(path)
    cure = "Name the folder or the zip that the files of the data set are in."
    raise MissingFileError("the folder is not there", file=path, cure=cure)
