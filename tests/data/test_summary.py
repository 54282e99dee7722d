from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.summary import (
    Leaders,
    activity,
    by_genre,
    by_year,
    leaders,
    long_tail,
    rating_histogram,
    top_share,
    user_spread,
)
from cf_core.errors import ConfigError

ROWS = [(5, 30, 1.0, 0), (5, 20, 2.0, 86_400), (4, 30, 2.0, 60), (5, 10, 4.5, 1)]


def test_leaders_of_the_lesson(ratings: Ratings) -> None:
    assert leaders(ratings) == Leaders(356, "Forrest Gump (1994)", 341, 547, 2_391, 2.0)


def test_leaders_whose_cell_is_blank(small_folder: Callable[..., Path]) -> None:
    rows = [(1, 10, 3, 0), (1, 20, 4, 0), (1, 40, 2, 0), (2, 30, 1, 0), (3, 30, 2, 0)]
    first = leaders(read_ratings(small_folder(rows)))
    assert (first.user_id, first.item_id, first.n_user_ratings, first.n_item_ratings) == (1, 30, 3, 2)
    assert first.rating is None


def test_rating_histogram(small_folder: Callable[..., Path]) -> None:
    histogram = rating_histogram(read_ratings(small_folder(ROWS)))
    assert histogram.to_dict("list") == {"rating": [1.0, 2.0, 4.5], "n_ratings": [1, 2, 1]}


def test_rating_histogram_of_the_lesson(ratings: Ratings) -> None:
    histogram = rating_histogram(ratings)
    assert histogram["rating"].tolist() == [half / 2 for half in range(1, 11)]
    assert histogram["n_ratings"].sum() == 100_004


def test_long_tail_of_users(small_folder: Callable[..., Path]) -> None:
    tail = long_tail(read_ratings(small_folder(ROWS)), "user")
    assert tail.to_dict("list") == {"rank": [1, 2], "id": [5, 4], "n_ratings": [3, 1], "share_cumulative": [0.75, 1.0]}


def test_long_tail_of_movies(small_folder: Callable[..., Path]) -> None:
    tail = long_tail(read_ratings(small_folder(ROWS)), "item")
    assert tail.to_dict("list") == {
        "rank": [1, 2, 3],
        "id": [30, 10, 20],
        "title": ["Movie 30 (1994)", "Movie 10 (1994)", "Movie 20 (1994)"],
        "n_ratings": [2, 1, 1],
        "share_cumulative": [0.5, 0.75, 1.0],
    }


def test_long_tail_of_the_lesson(ratings: Ratings) -> None:
    users, items = long_tail(ratings, "user"), long_tail(ratings, "item")
    assert (len(users), len(items)) == (671, 9_066)
    assert (users["id"][0], users["n_ratings"][0]) == (547, 2391)
    assert (items["title"][0], items["n_ratings"][0]) == ("Forrest Gump (1994)", 341)
    assert users["share_cumulative"].iloc[-1] == items["share_cumulative"].iloc[-1] == 1.0


def test_activity_fills_the_months_between(small_folder: Callable[..., Path]) -> None:
    march = 60 * 86_400
    months = activity(read_ratings(small_folder([*ROWS, (6, 10, 3.0, march)])))
    days = [pd.Timestamp(f"1970-0{month}-01") for month in (1, 2, 3)]
    assert months.to_dict("list") == {"month": days, "n_ratings": [4, 0, 1]}


def test_no_activity_without_timestamps(small_folder: Callable[..., Path]) -> None:
    assert activity(read_ratings(small_folder([row[:3] for row in ROWS]))).empty


def test_activity_of_the_lesson(ratings: Ratings) -> None:
    months = activity(ratings)
    assert len(months) == 262
    assert months["n_ratings"].sum() == 100_004
    assert months["month"].iloc[[0, -1]].tolist() == [pd.Timestamp("1995-01-01"), pd.Timestamp("2016-10-01")]


def test_mean_and_spread_by_hand(small_folder: Callable[..., Path]) -> None:
    # User 5 gave 1, 2 and 4.5: mean 2.5, squares 2.25 + 0.25 + 4 = 6.5.
    users = user_spread(read_ratings(small_folder(ROWS)))
    assert users["user_id"].tolist() == [5, 4]
    assert users["mean_rating"].tolist() == [2.5, 2.0]
    assert users["std_rating"].tolist() == [pytest.approx((6.5 / 3) ** 0.5), 0.0]


GENRES = [(30, "Thirty (1994)", "Drama|Comedy"), (20, "Twenty (1994)", "Drama"), (10, "Ten", "Western")]


def test_by_genre_by_hand(small_folder: Callable[..., Path]) -> None:
    assert by_genre(read_ratings(small_folder(ROWS, GENRES))).to_dict("list") == {
        "genre": ["Drama", "Comedy", "Western"],
        "n_ratings": [3, 2, 1],
        "mean_rating": [pytest.approx(5 / 3), 1.5, 4.5],
        "n_items": [2, 1, 1],
    }


def test_by_year_by_hand(small_folder: Callable[..., Path]) -> None:
    movies = [(30, "Thirty (1990)", "Drama"), (20, "Twenty (1980)", "Drama"), (10, "Ten", "Western")]
    assert by_year(read_ratings(small_folder(ROWS, movies))).to_dict("list") == {
        "year": [1980, 1990],
        "n_ratings": [1, 2],
        "mean_rating": [2.0, 1.5],
        "n_items": [1, 1],
    }


def test_genres_and_years_of_the_lesson(ratings: Ratings) -> None:
    genres, years = by_genre(ratings), by_year(ratings)
    assert (genres["genre"][0], genres["n_ratings"][0], len(genres)) == ("Drama", 44_752, 20)
    assert (years["year"].min(), years["year"].max()) == (1902, 2016)
    has_year = ratings.item_table["year"].notna().to_numpy()[ratings.item_idx]
    assert years["n_ratings"].sum() == has_year.sum()


@pytest.mark.parametrize(("percent", "n", "share"), [(1, 1, 0.5), (34, 2, 0.75), (66, 2, 0.75), (100, 3, 1.0)])
def test_share_of_the_top_by_hand(small_folder: Callable[..., Path], percent: float, n: int, share: float) -> None:
    assert top_share(long_tail(read_ratings(small_folder(ROWS)), "item"), percent) == (n, share)


def test_the_top_tenth_of_the_lesson(ratings: Ratings) -> None:
    n, share = top_share(long_tail(ratings, "item"), 10)
    assert (n, round(share, 3)) == (907, 0.599)


@pytest.mark.parametrize("percent", [0, -1, 101, float("nan")])
def test_a_share_out_of_range(ratings: Ratings, percent: float) -> None:
    with pytest.raises(ConfigError, match=r"^percent="):
        top_share(long_tail(ratings, "item"), percent)
