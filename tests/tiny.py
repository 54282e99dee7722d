"""A data set on disk that is so small that an epoch takes milliseconds."""

from pathlib import Path

import numpy as np

N_USERS = 30


def write_tiny_data(folder: Path, n_items: int) -> Path:
    """Write a data set in MovieLens' format into `folder`: 30 users, `n_items` movies, about half of all possible
    ratings."""
    folder.mkdir(exist_ok=True)
    draw = np.random.default_rng(0)
    pairs = [(user, item) for user in range(1, N_USERS + 1) for item in range(1, n_items + 1) if draw.random() < 0.5]
    ratings = [f"{user},{item},{draw.integers(1, 11) / 2},{1000 + user}" for user, item in pairs]
    movies = [f"{item},Movie {item} ({1850 + item}),Drama" for item in range(1, n_items + 1)]
    (folder / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *ratings, ""]))
    (folder / "movies.csv").write_text("\n".join(["movieId,title,genres", *movies, ""]))
    return folder
