"""A data set on disk that is as unlike the lesson's as the lab allows: books, by ids that are texts, from 0 to 100
points, without timestamps and without genres."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from cf_core.data.about import About, write_about
from cf_core.words import Words

N_USERS, N_ITEMS = 60, 40
BOOKS = Words("book", "books", "points")


def write_books(folder: Path, low: int = 0, high: int = 100) -> Path:
    """Write the data set into `folder`: 60 users, 40 books, about half of all possible ratings, whole numbers from
    `low` to `high` with a pattern to learn (a bias of each user and book, two factors) and some noise."""
    folder.mkdir(exist_ok=True)
    draw = np.random.default_rng(0)
    users = [f'reader "{chr(65 + u % 26)}" {u}' for u in range(N_USERS)]
    items = [f"shelf {i // 10}, no. {i}" for i in range(N_ITEMS)]
    size = (N_USERS, N_ITEMS)
    taste = draw.normal(size=(N_USERS, 2)) @ draw.normal(size=(N_ITEMS, 2)).T
    share = 0.55 + 0.1 * (draw.normal(size=(N_USERS, 1)) + draw.normal(size=N_ITEMS) + taste + draw.normal(size=size))
    value = np.rint(low + (high - low) * share.clip(0, 1)).astype(int)
    is_rated = draw.random(size) < np.linspace(0.9, 0.1, N_ITEMS)  # the first books have most ratings
    is_rated[:, 0] = is_rated[0] = True
    pairs = np.argwhere(is_rated)
    _write(
        folder / "ratings.csv", ("userId", "movieId", "rating"), ((users[u], items[i], value[u, i]) for u, i in pairs)
    )
    titles = ((item, f"The {item} of <b>*{i}*</b>", "(no genres listed)") for i, item in enumerate(items))
    _write(folder / "movies.csv", ("movieId", "title", "genres"), titles)
    write_about(folder, About(BOOKS))
    return folder


def _write(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
