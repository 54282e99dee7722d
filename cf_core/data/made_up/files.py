"""Writes a made-up data set in the layout that every command and page reads, with its truth beside it, and reads the
truth again."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from cf_core.data.about import About, write_about
from cf_core.data.formats.movielens import MOVIES, RATINGS
from cf_core.data.made_up.generation import MadeUp
from cf_core.data.made_up.options import MadeUpOptions
from cf_core.data.made_up.planted import Planted
from cf_core.errors import BadValueError, ConfigError, MissingFileError, StoreError
from cf_core.words import Words

PLANTED = "planted.safetensors"
HIGH, LOW = "high", "low"
MOST_STARS = 5
_CURE = "Make the data set again."


def write_made_up(folder: Path, made: MadeUp) -> Words:
    """Write ratings.csv, movies.csv, about.json and planted.safetensors into `folder`, which exists; what is rated, and
    in what unit.

    Ids count from 1, item 17 is called "Item 17", and its genre is the factor that tells people apart on it most, with
    the end at which it lies, such as "factor 2 high".

    Raises:
        StoreError: the truth could not be written, as on a full disk; an `OSError` of the other files passes through.
    """
    words = words_of(made.planted.options)
    ratings = {"userId": made.user_idx + 1, "movieId": made.item_idx + 1, "rating": made.rating}
    ids = np.arange(1, made.planted.options.n_items + 1)
    titles = [f"Item {item_id}" for item_id in ids]
    _write_csv(folder / RATINGS, ratings)
    _write_csv(folder / MOVIES, {"movieId": ids, "title": titles, "genres": strongest_factors(made.planted)})
    write_about(folder, About(words))
    _save(made.planted, folder / PLANTED)
    return words


def words_of(options: MadeUpOptions) -> Words:
    """What is rated, and in what unit."""
    return Words("item", "items", "stars" if options.highest <= MOST_STARS else "points")


def strongest_factors(planted: Planted) -> list[str]:
    """For each item the factor by which opinions of it differ most, and the end of that factor at which it lies."""
    contribution = planted.item_factors * np.sqrt(np.square(planted.user_factors).mean(axis=0))
    strongest = np.abs(contribution).argmax(axis=1)
    ends = np.where(contribution[np.arange(len(strongest)), strongest] > 0, HIGH, LOW)
    return [f"factor {factor + 1} {end}" for factor, end in zip(strongest.tolist(), ends.tolist(), strict=True)]


def is_made_up(folder: Path) -> bool:
    """Whether the data set in `folder` has its truth beside it."""
    return (folder / PLANTED).is_file()


def read_planted(folder: Path) -> Planted:
    """The truth that `write_made_up` wrote; users and items in the order of their ids.

    Raises:
        MissingFileError: it is not there, so the ratings are not made up, or it cannot be opened.
        BadValueError: the file is damaged.
    """
    file = folder / PLANTED
    try:
        with safe_open(file, "numpy") as stored:
            options = MadeUpOptions(**json.loads(stored.metadata()["options"]))
            arrays = {name: stored.get_tensor(name) for name in _shapes(options)}
    except OSError as error:
        reason = error.strerror or "it is not there"
        raise MissingFileError(f"the planted truth cannot be opened ({reason})", file=file, cure=_CURE) from error
    except (SafetensorError, ConfigError, ValueError, KeyError, TypeError) as error:
        raise BadValueError(f"the planted truth is damaged ({error})", file=file, cure=_CURE) from error
    if not _fits(arrays, options):
        raise BadValueError("the planted truth has other sizes than it says", file=file, cure=_CURE)
    return Planted(options, **arrays)


def _save(planted: Planted, file: Path) -> None:
    try:
        save_file(_arrays(planted), file, {"options": json.dumps(asdict(planted.options))})
    except SafetensorError as error:  # what it makes of an error of the disk
        raise StoreError(f"{file}: could not be written ({error}). Make room on the disk.") from error


def _write_csv(file: Path, columns: Mapping[str, Any]) -> None:
    """The columns as CSV without quotes, which none of them needs."""
    with file.open("wb") as stream:
        stream.write(f"{','.join(columns)}\n".encode())
        arrow_csv.write_csv(pa.table(dict(columns)), stream, _PLAIN)


_PLAIN = arrow_csv.WriteOptions(include_header=False, quoting_style="none")


def _arrays(planted: Planted) -> dict[str, NDArray[np.float64]]:
    return {name: np.ascontiguousarray(getattr(planted, name)) for name in _shapes(planted.options)}


def _shapes(options: MadeUpOptions) -> dict[str, tuple[int, ...]]:
    return {
        "user_factors": (options.n_users, options.n_factors),
        "item_factors": (options.n_items, options.n_factors),
        "user_bias": (options.n_users,),
        "item_bias": (options.n_items,),
    }


def _fits(arrays: Mapping[str, NDArray[Any]], options: MadeUpOptions) -> bool:
    """Whether the arrays are finite numbers in the shapes that the options ask for."""
    return all(
        arrays[name].shape == shape and arrays[name].dtype == np.float64 and np.isfinite(arrays[name]).all()
        for name, shape in _shapes(options).items()
    )
