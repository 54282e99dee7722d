"""From a stored run back to the data that it was trained on. Nothing in here trains or imports torch."""

from collections.abc import Callable

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.errors import DataMismatchError
from cf_core.runs.spec import Run


def ratings_of(run: Run, read: Callable[[str], Ratings] = read_ratings) -> Ratings:
    """The ratings that `run` was trained on, as they are on disk now. `read` may be a reader with a cache.

    Raises:
        DataMismatchError: the files have changed since.
        DataFormatError: they cannot be read any more.
    """
    ratings = read(run.spec.data)
    if ratings.fingerprint != run.fingerprint:
        raise DataMismatchError(
            f"The data in {run.spec.data} have changed since run {run.run_id} was trained on them. "
            "Put the old files back, or train a new run."
        )
    return ratings
