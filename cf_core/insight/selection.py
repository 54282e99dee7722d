"""What sets some movies of the map apart from all of them, and a file of them to keep.

Nothing in here knows how they were chosen.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.insight.axes import decades, genre_table

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Apart:
    """The chosen movies beside all.

    Attributes:
        genres: columns `genre`, `n_chosen`, `n_all`, `share_chosen`, `share_all` (of the movies, 0 to 1) and `lift`,
            the greatest difference of the two shares first. A movie counts for each of its genres.
        decades: the same with `decade` (Int64) for `genre`, in order of time; shares are of the movies with a year.
        means: columns `of` ("bias", "year", "number of ratings", "mean rating"), `chosen`, `all` and `difference`.
    """

    genres: pd.DataFrame
    decades: pd.DataFrame
    means: pd.DataFrame


def apart(movies: pd.DataFrame, chosen: NDArray[np.int64]) -> Apart:
    """What the movies in the rows `chosen` have more and less of than all of `movies` have:

        lift = share among the chosen / share among all

    1 is as often as among all, 2 twice as often, 0 not at all.

    Args:
        movies: one row a movie: genres ("A|B"), year (<NA> if unknown), n_ratings, mean_rating and, for models that
            have one, bias.
        chosen: rows, each once, at least one.
    """
    decade = decades(movies)
    of_chosen, of_all = decade.iloc[chosen].value_counts(), decade.value_counts().sort_index()
    by_decade = _compared(
        "decade",
        of_chosen.reindex(of_all.index, fill_value=0),
        of_all,
        n_chosen=int(of_chosen.sum()),
        n_all=int(of_all.sum()),
    )
    return Apart(genres_apart(genre_table(movies), chosen), by_decade, _means(movies, chosen))


def genres_apart(genres: pd.DataFrame, chosen: NDArray[np.int64]) -> pd.DataFrame:
    """`Apart.genres` of the movies in the rows `chosen`, from the `genre_table` of all."""
    table = _compared("genre", genres.iloc[chosen].sum(), genres.sum(), n_chosen=len(chosen), n_all=len(genres))
    far = (table["share_chosen"] - table["share_all"]).sort_values(ascending=False, kind="stable").index
    return table.loc[far].reset_index(drop=True)


def csv_of(movies: pd.DataFrame) -> str:
    """The movies as CSV, one line each, with a header. Text that a spreadsheet would take for a formula, because it
    begins with = + - @ or a control character, gets an apostrophe in front."""
    safe = movies.copy()
    for name in safe.select_dtypes(include=["object", "string"]):
        safe[name] = safe[name].map(_as_text, na_action="ignore")
    return safe.to_csv(index=False, lineterminator="\n")


def _as_text(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value


def _compared(name: str, chosen: pd.Series, everything: pd.Series, n_chosen: int, n_all: int) -> pd.DataFrame:
    """Counts of the same things among the chosen and among all, with shares and lift."""
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
