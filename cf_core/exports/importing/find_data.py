"""Finds the data set that an exported run was trained on among those that there are."""

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

from cf_core.data.ratings import Ratings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.environment import PROJECT, folder_from_env
from cf_core.errors import CFError, DataMismatchError
from cf_core.exports.importing.record import DataName


def data_of_lab() -> list[str]:
    """Where data sets may be: the embedded one, and all there is in `CF_LAB_DATA` (the project's `data`)."""
    home = folder_from_env("CF_LAB_DATA", PROJECT / "data")
    return [str(EMBEDDED), *(map(str, sorted(home.iterdir())) if home.is_dir() else [])]


def find_data(
    wanted: DataName, places: Iterable[str], read: Callable[[str], Ratings] = read_ratings
) -> tuple[str, Ratings]:
    """The data set with the fingerprint, and where it is. Those of the same name are looked at first.

    Args:
        places: where to look; what is no data set is passed over.
        read: reads the data set in a place; may be one with a cache.

    Raises:
        DataMismatchError: it is in none of them.
    """
    for place in sorted(places, key=lambda place: Path(place).stem != wanted.name):
        with contextlib.suppress(CFError):
            ratings = read(place)
            if ratings.fingerprint == wanted.fingerprint:
                return place, ratings
    raise DataMismatchError(
        f"The run was trained on '{wanted.name}', and no data set here has those ratings. Add that data set first."
    )
