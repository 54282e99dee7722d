"""Opens what the user named as the place of a data set."""

import os
from pathlib import Path

from cf_core.data.about import ABOUT
from cf_core.data.source import Folder, OneFile, Source
from cf_core.data.zip_archive import ZipArchive
from cf_core.errors import MissingFileError
from cf_core.remote.remote_files import remote_files
from cf_core.remote.url import is_url


def open_source(path: str | Path) -> Source:
    """The folder, the zip (by its suffix) or the single file at `path`; of a folder in an object store, which a URL
    names, a local copy.

    Raises:
        StoreError: the object store does not answer, or the local disk is full.
        MissingFileError: there is nothing of that name.
        ArchiveError: the zip cannot be read, or its list of files is refused.
    """
    path = _copy_of(str(path)) if is_url(path) else Path(path)
    if os.path.isdir(path):
        return Folder(path)
    if os.path.isfile(path):
        return ZipArchive(path) if path.suffix.lower() == ".zip" else OneFile(path)
    cure = "Name the folder or the zip that the files of the data set are in."
    raise MissingFileError("the folder is not there", file=path, cure=cure)


def _copy_of(url: str) -> Path:
    home, _, name = url.rstrip("/").rpartition("/")
    try:
        return remote_files(home).local_folder(name, ABOUT)
    except FileNotFoundError as error:
        cure = "If you deleted the data set, restore it."
        raise MissingFileError("the data set is not there", file=url, cure=cure) from error
