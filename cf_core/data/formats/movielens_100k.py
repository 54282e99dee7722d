"""MovieLens 100K: u.data with tabs, and u.item with `|` between the fields.

    u.data   user id, item id, rating, timestamp                                  196 → 242 → 3 → 881250949
    u.item   id|title|release date|video release date|IMDb URL|19 flags of genres, 0 or 1, in Latin-1

A movie without a genre has the flag "unknown". One movie is not known at all: it is called "unknown", and its dates and
address are empty. u1.base, u.user and all other files are left alone.

Source: its README, https://files.grouplens.org/datasets/movielens/.
"""

import numpy as np
import pandas as pd

from cf_core.data.contents import Contents, fingerprint
from cf_core.data.csv_rows import refuse_first
from cf_core.data.plain_table import PlainTable, read_plain_table
from cf_core.data.raw import Format, RawData, Report, TextColumn, Wrong
from cf_core.data.source import Source
from cf_core.errors import BadValueError, DataFormatError

RATINGS, MOVIES = "u.data", "u.item"
GENRES = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama"),
    *("Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"),
)
_UNKNOWN, _NO_GENRES = "unknown", "(no genres listed)"
"""The second is what later editions say of a movie without a genre."""
_ABOUT_MOVIE = ("movie id", "movie title", "release date", "video release date", "IMDb URL")


def _read(source: Source, wrong: Wrong = None, report: Report = lambda _: None) -> RawData:
    files = Contents.of(source, RATINGS), Contents.of(source, MOVIES)
    ratings = read_plain_table(files[0], "\t", ("user id", "item id", "rating", "timestamp"), wrong)
    movies = read_plain_table(files[1], "|", (*_ABOUT_MOVIE, *GENRES), wrong)
    title = movies.column("movie title").text
    return RawData(
        user_id=ratings.column("user id"),
        item_id=ratings.column("item id"),
        rating=ratings.column("rating"),
        timestamp=ratings.column("timestamp"),
        listed_id=movies.column("movie id"),
        title=movies.made_column("movie title", title.where(title.str.strip() != "", _UNKNOWN)),
        genres=_genres(movies, wrong),
        fingerprint=fingerprint(*files),
    )


def _genres(movies: PlainTable, wrong: Wrong) -> TextColumn:
    """The flags of each movie as "A|B".

    Raises:
        BadValueError: a flag is neither 0 nor 1, and nobody takes the error.
    """
    flags = movies.frame.iloc[:, len(_ABOUT_MOVIE) :].to_numpy(dtype=object)
    at = np.argwhere((flags != "0") & (flags != "1"))
    found = [_wrong_flag(movies, row, genre, flags[row, genre]) for row, genre in at.tolist()]
    if wrong is None:
        refuse_first(found)
    else:
        wrong += found
    named = ["|".join(name for name, flag in zip(GENRES[1:], row[1:], strict=True) if flag == "1") for row in flags]
    return movies.made_column("genres", pd.Series([genres or _NO_GENRES for genres in named], dtype="str"))


def _wrong_flag(movies: PlainTable, row: int, genre: int, flag: str) -> DataFormatError:
    problem = f"the flag of genre {GENRES[genre]} is {flag!r}, neither 0 nor 1"
    cure = "Write 19 flags, 0 or 1, behind the address of the movie."
    return BadValueError(problem, file=movies.file, line=movies.line_of(row), cure=cure)


MOVIELENS_100K = Format((RATINGS, MOVIES), f"{RATINGS} and {MOVIES} of MovieLens 100K", _read)
