"""Describes the axes of the map, and makes custom axes from one group of movies to another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, cross_val_predict

from cf_core.errors import ConfigError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.movie_choice import decades

N_FOLDS = 5


@dataclass(frozen=True)
class AxisSummary:
    """What the values of an axis correlate with.

    Attributes:
        correlations: columns `kind` ("genre", "decade", "popularity" or "bias"), `name`, `correlation` (Pearson, from
            -1 to 1) and `n_movies` (those of the genre; those with a known value), the strongest first.
        r2_genres: how well genres alone predict the values of left-out movies (cross-validated R²): 1 at best, 0 for no
            better than the mean; None with fewer than two movies per fold.
    """

    correlations: pd.DataFrame
    r2_genres: float | None


def describe_axis(values: NDArray[np.floating], movies: pd.DataFrame) -> AxisSummary:
    """Correlate an axis with what is known about the movies.

        r = Σ (x - x̄)(y - ȳ) / √(Σ (x - x̄)² Σ (y - ȳ)²)

    with y 1 or 0 for a genre (the point-biserial correlation), the first year of the decade, log₁₀ of the number of
    ratings, or the bias. What is the same for all movies is left out.

    `r2_genres` is 1 - Σ (x - x̂)² / Σ (x - x̄)², where x̂ comes from a ridge regression on all genres (penalty 1), each
    fifth of the movies predicted from the other four (five random folds, fixed seed).

    Args:
        values: shape (n_movies,), the position of each movie on the axis.
        movies: rows as in `values`; columns genres ("A|B"), year (<NA> if unknown), n_ratings and, for models that have
            one, bias.
    """
    x = np.asarray(values, dtype=np.float64)
    genres = genre_table(movies)
    rows = [
        (kind, name, r, int(y.sum()) if kind == "genre" else int((~np.isnan(y)).sum()))
        for kind, name, y in _known_variables(movies, genres)
        if (r := correlation(x, y)) is not None
    ]
    table = pd.DataFrame(rows, columns=["kind", "name", "correlation", "n_movies"])
    strongest = table["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return AxisSummary(table.loc[strongest].reset_index(drop=True), _r2(x, genres.to_numpy(np.float64)))


def _known_variables(movies: pd.DataFrame, genres: pd.DataFrame) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """Kind, name and values of what `describe_axis` correlates with; NaN where a value is unknown."""
    for name in genres:
        yield "genre", str(name), genres[name].to_numpy(dtype=np.float64)
    yield "decade", "decade", decades(movies).to_numpy(dtype=np.float64, na_value=np.nan)
    yield "popularity", "popularity", np.log10(np.maximum(movies["n_ratings"].to_numpy(np.float64), 1))
    if "bias" in movies:
        yield "bias", "bias", movies["bias"].to_numpy(np.float64)


def custom_axis(factors: FittedFactors, from_items: Sequence[int], to_items: Sequence[int]) -> NDArray[np.float64]:
    """The direction from the mean of one group of movies to the mean of another, at length 1:

        u = (m_to - m_from) / |m_to - m_from|,   m the mean of the factors of a group

    The position of a movie with the factors q on this axis is q·u; see `positions`.

    Args:
        from_items, to_items: indices of the movies of each group.

    Returns:
        Shape (n_factors,).

    Raises:
        ConfigError: a group is empty, or both have the same mean.
        UnknownIdError: no movie has that index.
    """
    if not (len(from_items) and len(to_items)):
        raise ConfigError("An axis needs something at either end. Choose at least one for both.")
    start, end = (_mean(factors, items) for items in (from_items, to_items))
    length = float(np.linalg.norm(end - start))
    if not length > 0:
        raise ConfigError("Both ends of this axis have the same factors, so it has no direction. Choose others.")
    direction: NDArray[np.float64] = (end - start) / length
    return direction


def positions(factors: FittedFactors, items: NDArray[np.int64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """q·u for each of the movies, shape (n_items,)."""
    products: NDArray[np.float64] = factors.item_factors[items].astype(np.float64) @ direction
    return products


def correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    """Pearson's r over the pairs in which both are known; None if one of the two does not vary."""
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def genre_table(movies: pd.DataFrame) -> pd.DataFrame:
    """One column of 0 and 1 per genre; "(no genres listed)" is not a genre."""
    table = movies["genres"].str.get_dummies("|")
    return table[[name for name in table if not str(name).startswith("(")]]


def _mean(factors: FittedFactors, items: Sequence[int]) -> NDArray[np.float64]:
    factors.items.raw_of(list(items))  # raises where an index is out of bounds
    mean: NDArray[np.float64] = factors.item_factors[list(items)].mean(axis=0, dtype=np.float64)
    return mean


def _r2(values: NDArray[np.float64], genres: NDArray[np.float64]) -> float | None:
    if len(values) < 2 * N_FOLDS or genres.shape[1] == 0 or np.ptp(values) == 0:
        return None
    scale = values.std()  # the penalty must not depend on the unit of the axis
    folds = KFold(N_FOLDS, shuffle=True, random_state=0)
    predicted = cross_val_predict(Ridge(alpha=1.0), genres, values / scale, cv=folds)
    return float(r2_score(values / scale, predicted))
