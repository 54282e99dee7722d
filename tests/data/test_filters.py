from collections.abc import Callable
from pathlib import Path

import pandas as pd

from cf_core.data.filters import Filters, genres_of, has_genre, years_of
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from tests.data.conftest import RATINGS


def test_a_genre_is_matched_whole() -> None:
    genres = pd.Series(["Drama", "Crime|Drama", "Docudrama|Dramatic", "Sci-Fi (a.b)|Crime"], dtype="str")
    assert has_genre(genres, "Drama").tolist() == [True, True, False, False]
    assert has_genre(genres, "Sci-Fi (a.b)").tolist() == [False, False, False, True]


def test_what_is_active_and_what_the_others_are() -> None:
    filters = Filters(rating=4.0, years=(1990, 1999))
    assert filters.active() == {"rating": 4.0, "years": (1990, 1999)}
    assert filters.without("rating") == Filters(years=(1990, 1999))
    assert filters.without("genre") == filters


def test_genres_and_years(small: Ratings, small_folder: Callable[..., Path]) -> None:
    assert genres_of(small) == ["(no genres listed)", "Children", "Comedy", "Drama"]
    assert years_of(small) == (1980, 1995)
    nameless = [(item, "No year", "Drama") for item in (30, 10, 20, 40)]
    assert years_of(read_ratings(small_folder(RATINGS, nameless))) is None
