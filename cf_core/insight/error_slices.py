"""The error of a model by slices of the validation ratings, with its uncertainty, beside that of a rival."""

import itertools
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.filters import genres_of, has_genre, has_genres
from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.data.split_summary import item_counts, user_counts
from cf_core.insight.calibration import nearest_level, rating_levels
from cf_core.insight.movie_choice import decades
from cf_core.insight.standard_error import standard_error

SliceBy = Literal["movie", "user", "genre", "decade", "rating"]
Measure = Literal["rmse", "mae"]

NEVER = "never"
NO_YEAR = "no year"
MOST_GENRES = 24
"""So many genres, those with the most validation ratings."""

FEW = 10
"""From so many ratings on, an interval is told and the model compared; the mean of fewer losses is far from normal."""

Standing = Literal["better", "worse", "no clear difference", "too few to tell"]

Z = 1.96
"""A normal variable lies within so many standard deviations of its mean 95 times in 100."""


def slices(split: Split, by: SliceBy) -> dict[str, NDArray[np.int64]]:
    """The validation ratings in slices: name to positions in `split.valid_rows`, in the order to show them, none of
    them empty.

        movie, user   by the number of training ratings of the movie or user, in bins from 1, 2, 5, 10, 20, 50 … on;
                      "never" for those without one
        genre         of the movie; a rating counts in each genre of its movie, so that these slices overlap
        decade        of the movie's release; "no year" for a movie without one
        rating        by the rating itself, in stars; where the data have more than 20 values by the nearest of a few
                      even levels, called "≈10"

    All but `genre` are partitions: every validation rating is in exactly one slice.
    """
    ratings, valid = split.ratings, split.valid_rows
    if by == "movie":
        return _by_count(item_counts(split).n_train[ratings.item_idx[valid]])
    if by == "user":
        return _by_count(user_counts(split).n_train[ratings.user_idx[valid]])
    if by == "genre":
        return _by_genre(split)
    if by == "rating":
        levels = rating_levels(ratings.rating)
        about = "" if np.isin(ratings.rating, levels.astype(np.float32)).all() else "≈"
        return _by_code(nearest_level(ratings.rating[valid], levels), [f"{about}{level:g}" for level in levels])
    first_years = decades(ratings.item_table).to_numpy(dtype=np.float64, na_value=np.inf)[ratings.item_idx[valid]]
    years, code = np.unique(first_years, return_inverse=True)
    return _by_code(code, [NO_YEAR if np.isinf(year) else f"{year:.0f}s" for year in years])


def ways_to_slice(ratings: Ratings) -> list[SliceBy]:
    """By what the validation ratings can be sliced: by genre only where an item has one, by decade only where a
    title has a year."""
    table = ratings.item_table
    missing = {"genre": not has_genres(table), "decade": bool(table["year"].isna().all())}
    return [by for by in get_args(SliceBy) if not missing.get(by)]


def slice_errors(
    parts: dict[str, NDArray[np.int64]],
    residual: NDArray[np.floating],
    rival: NDArray[np.floating],
    measure: Measure = "rmse",
) -> pd.DataFrame:
    """The errors of each slice. With e_j the residuals of its n ratings and l_j = e_j² for the RMSE, |e_j| for the MAE,

        L = mean of l_j,   standard error s = std of l_j / √n,   95% interval of L: L - 1.96 s to L + 1.96 s

    and for the RMSE the roots of both ends, 0 in place of a negative one. The model and its rival are compared rating
    by rating: with d_j = l_j of the rival minus l_j of the model, the model is better (worse) where the mean of d lies
    more than 1.96 of its standard errors above (below) 0.

    Approximations: the errors of one user, or of one movie, are taken as independent of each other, so that the truth
    is a little less certain; and of twenty slices one is off by chance.

    Args:
        parts: name to positions in `residual`.
        residual: rating minus prediction of each validation rating, in stars.
        rival: the residuals of the rival.
        measure: whose interval and comparison are wanted.

    Returns:
        One row per slice: `slice`, `n_ratings`, `rmse`, `mae`, `mean_residual`, `low`, `high` (of the measure; NaN
        below `FEW` ratings), `rival_rmse`, `rival_mae` (all in stars) and `standing`, one of `Standing`: the model's
        beside the rival.
    """
    rows = [
        {"slice": name, **_errors(np.asarray(residual[at], np.float64), np.asarray(rival[at], np.float64), measure)}
        for name, at in parts.items()
    ]
    return pd.DataFrame(rows)


def _errors(residual: NDArray[np.float64], rival: NDArray[np.float64], measure: Measure) -> dict[str, float | str]:
    losses, others = (np.square(e) if measure == "rmse" else np.abs(e) for e in (residual, rival))
    low, high = _interval(losses, measure)
    return {
        "n_ratings": len(residual),
        "rmse": float(np.sqrt(np.square(residual).mean())),
        "mae": float(np.abs(residual).mean()),
        "mean_residual": float(residual.mean()),
        "low": low,
        "high": high,
        "rival_rmse": float(np.sqrt(np.square(rival).mean())),
        "rival_mae": float(np.abs(rival).mean()),
        "standing": _standing(others - losses),
    }


def _interval(losses: NDArray[np.float64], measure: Measure) -> tuple[float, float]:
    if len(losses) < FEW:
        return float("nan"), float("nan")
    ends = np.maximum(losses.mean() + np.array([-Z, Z]) * standard_error(losses), 0)
    low, high = np.sqrt(ends) if measure == "rmse" else ends
    return float(low), float(high)


def _standing(gain: NDArray[np.float64]) -> Standing:
    """By the losses of the rival minus those of the model."""
    if len(gain) < FEW:
        return "too few to tell"
    mean, reach = float(gain.mean()), Z * standard_error(gain)
    return "better" if mean > reach else "worse" if mean < -reach else "no clear difference"


def _by_count(n_train: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """By the number of training ratings of the user or movie of each validation rating."""
    edges = count_edges(int(n_train.max()))
    names = [NEVER, *(_range_name(low, high - 1) for low, high in itertools.pairwise(edges)), f"{edges[-1]:,}+"]
    return _by_code(np.searchsorted(edges, n_train, side="right"), names)


def count_edges(most: int) -> list[int]:
    """1, 2, 5, 10, 20, 50 … up to the last that is not larger than `most`, but 1 at least: bin i has the counts from
    edge i on and below edge i + 1, the last one all from its edge on."""
    edges = [1]
    while (following := edges[-1] * 5 // 2 if str(edges[-1]).startswith("2") else edges[-1] * 2) <= most:
        edges.append(following)
    return edges


def _range_name(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def _by_genre(split: Split) -> dict[str, NDArray[np.int64]]:
    ratings = split.ratings
    code, combinations = pd.factorize(ratings.item_table["genres"])  # far fewer of them than movies
    of_row, listed = code[ratings.item_idx[split.valid_rows]], pd.Series(combinations)
    found = {genre: np.flatnonzero(has_genre(listed, genre)[of_row]) for genre in genres_of(ratings)}
    largest = sorted((genre for genre in found if len(found[genre])), key=lambda genre: -len(found[genre]))
    return {genre: found[genre] for genre in sorted(largest[:MOST_GENRES])}


def _by_code(code: NDArray[np.int64], names: list[str]) -> dict[str, NDArray[np.int64]]:
    """The positions of each code from 0 that occurs, by its name."""
    found = {name: np.flatnonzero(code == number) for number, name in enumerate(names)}
    return {name: at for name, at in found.items() if len(at)}
