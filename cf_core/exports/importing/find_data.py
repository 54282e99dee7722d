"""Finds the data set that an exported run was trained on among those of this lab."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from cf_core.data.ratings import Ratings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.environment import PROJECT, folder_from_env
from cf_core.errors import CFError, DataMismatchError
from cf_core.exports.importing.record import DataName


def find_data(wanted: DataName, folder: Path | None = None) -> tuple[Path, Ratings]:
    """The data set with the fingerprint: in `folder`, or else the embedded one or one of `CF_LAB_DATA` (the project's
    `data`), those of the same name first.

    Raises:
        DataMismatchError: it is not there.
        CFError: `folder` holds no data set.
    """
    if folder is not None:
        ratings = read_ratings(folder)
        if ratings.fingerprint != wanted.fingerprint:
            raise DataMismatchError(
                f"The run was trained on other ratings ('{wanted.name}') than those in {folder}. Name their folder."
            )
        return folder, ratings
    for candidate in _candidates(wanted.name):
        with contextlib.suppress(CFError):  # a folder of something else, or a damaged one
            ratings = read_ratings(candidate)
            if ratings.fingerprint == wanted.fingerprint:
                return candidate, ratings
    raise DataMismatchError(
        f"The run was trained on '{wanted.name}', and no data set of this lab has those ratings. Add them to it, or "
        "name their folder with --data."
    )


def _candidates(name: str) -> Iterator[Path]:
    home = folder_from_env("CF_LAB_DATA", PROJECT / "data")
    found = sorted(home.iterdir()) if home.is_dir() else []
    yield from sorted({*found, EMBEDDED}, key=lambda path: (path.name != name, path != EMBEDDED, path.name))
