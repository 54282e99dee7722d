"""Contrasts selected movies of the map with all of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.insight.axes import genre_table
from cf_core.insight.movie_choice import decades


@dataclass(frozen=True)
class Contrast:
    """The selected movies compared with all.

    Attributes:
        genres: columns `genre`, `n_chosen`, `n_all`, `share_chosen`, `share_all` (of the movies, 0 to 1) and `lift`, by
            share_chosen - share_all, descending. A movie counts for each of its genres.
        decades: the same with `decade` (Int64) in place of `genre`, in order of time; shares are of the movies with a
            year.
        means: columns `of` ("bias", "year", "number of ratings", "mean rating"), `chosen`, `all` and `difference`.
    """

    genres: pd.DataFrame
    decades: pd.DataFrame
    means: pd.DataFrame


def contrast(movies: pd.DataFrame, chosen: NDArray[np.int64]) -> Contrast:
    """What is more and less frequent in the rows `chosen` than in all of `movies`:

        lift = share among the chosen / share among all

    1 is as frequent as among all, 2 twice as frequent, 0 absent.

    Args:
        movies: one row per movie: genres ("A|B"), year (<NA> if unknown), n_ratings, mean_rating and, for models that
            have one, bias.
        chosen: rows, each once, at least one.
    """
    decade = decades(movies)
    of_chosen, of_all = decade.iloc[chosen].value_counts(), decade.value_counts().sort_index()
    by_decade = _compare_counts(
        "decade",
        of_chosen.reindex(of_all.index, fill_value=0),
        of_all,
        n_chosen=int(of_chosen.sum()),
        n_all=int(of_all.sum()),
    )
    return Contrast(contrast_genres(genre_table(movies), chosen), by_decade, _means(movies, chosen))


def contrast_genres(genres: pd.DataFrame, chosen: NDArray[np.int64]) -> pd.DataFrame:
    """`Contrast.genres` of the movies in the rows `chosen`, from the `genre_table` of all."""
    table = _compare_counts("genre", genres.iloc[chosen].sum(), genres.sum(), n_chosen=len(chosen), n_all=len(genres))
    order = (table["share_chosen"] - table["share_all"]).sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _compare_counts(name: str, chosen: pd.Series, everything: pd.Series, n_chosen: int, n_all: int) -> pd.DataFrame:
    """Counts among the chosen and among all, with shares and lift."""
    table = pd.DataFrame(
        {
            name: everything.index,
            "n_chosen": chosen.to_numpy(dtype=np.int64),
            "n_all": everything.to_numpy(dtype=np.int64),
        }
    )
    table = table[table["n_all"] > 0].reset_index(drop=True)
    table["share_chosen"] = table["n_chosen"] / max(n_chosen, 1)
    table["share_all"] = table["n_all"] / max(n_all, 1)
    table["lift"] = table["share_chosen"] / table["share_all"]
    return table


def _means(movies: pd.DataFrame, chosen: NDArray[np.int64]) -> pd.DataFrame:
    columns = {"bias": "bias", "year": "year", "number of ratings": "n_ratings", "mean rating": "mean_rating"}
    rows = []
    for name, column in columns.items():
        if column in movies:
            values = movies[column].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
            part = values[chosen]
            if not np.isnan(part).all():
                rows.append((name, float(np.nanmean(part)), float(np.nanmean(values))))
    table = pd.DataFrame(rows, columns=["of", "chosen", "all"])
    return table.assign(difference=table["chosen"] - table["all"])
