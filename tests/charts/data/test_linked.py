import json

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.data.linked import CURVE_POINTS, activity_bars, genre_bars, share_curve, user_cloud, year_bars
from cf_core.charts.style import BLUE, CLOUD_POINTS, FADED, ORANGE, highlighted


def test_nothing_selected_nothing_faded() -> None:
    assert highlighted([False, False], BLUE) == {"color": BLUE, "opacity": 1}


def test_what_is_selected_stands_out() -> None:
    look = highlighted([False, True], BLUE)
    assert look == {"color": [BLUE, ORANGE], "opacity": [FADED, 1]}


GENRES = pd.DataFrame({"genre": ["Drama", "War"], "n_ratings": [30, 10], "mean_rating": [3.5, 4.0], "n_items": [3, 1]})


def test_genres() -> None:
    figure = genre_bars(GENRES, "War")
    (bars,) = figure.data
    assert (list(bars.y), list(bars.x), bars.orientation) == (["Drama", "War"], [30, 10], "h")
    assert [row[0] for row in bars.customdata] == ["Drama", "War"]
    assert list(bars.marker.opacity) == [FADED, 1]
    assert figure.layout.yaxis.autorange == "reversed"
    assert figure.layout.xaxis.title.text == "ratings (a movie counts in each of its genres)"


YEARS = pd.DataFrame({"year": [1990, 1995], "n_ratings": [30, 10], "mean_rating": [3.5, 4.0], "n_items": [3, 1]})


def test_years() -> None:
    figure = year_bars(YEARS, (1994, 1999))
    (bars,) = figure.data
    assert (list(bars.x), list(bars.y)) == ([1990, 1995], [30, 10])
    assert list(bars.marker.color)[1] == ORANGE
    assert year_bars(YEARS).data[0].marker.opacity == 1
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("year of release", "number of ratings")
    assert json.loads(figure.to_json())["data"][0]["customdata"] == [[3, 3.5], [1, 4.0]]


def test_activity() -> None:
    months = pd.DataFrame({"month": pd.to_datetime(["2001-01-01", "2001-02-01"]), "n_ratings": [5, 0]})
    figure = activity_bars(months)
    assert (list(figure.data[0].x), list(figure.data[0].y)) == (["2001-01-01", "2001-02-01"], [5, 0])
    assert figure.layout.xaxis.type == "date"
    assert figure.layout.yaxis.title.text == "ratings per month"


USERS = pd.DataFrame(
    {"user_id": [7, 5, 9], "n_ratings": [100, 25, 4], "mean_rating": [2.0, 3.0, 4.0], "std_rating": [1.0, 0.5, 0.0]}
)


def test_users() -> None:
    figure = user_cloud(USERS)
    (points,) = figure.data
    assert (list(points.x), list(points.y)) == ([2.0, 3.0, 4.0], [1.0, 0.5, 0.0])
    assert [list(row) for row in points.customdata] == [[7, 100, "7"], [5, 25, "5"], [9, 4, "9"]]
    assert list(points.marker.size) == [18.0, 11.0, pytest.approx(6.8)]
    assert "user %{customdata[2]}" in points.hovertemplate
    assert figure.layout.xaxis.title.text == "mean of the user's ratings (stars)"


def test_the_selected_user_is_drawn_last_and_stands_out() -> None:
    (points,) = user_cloud(USERS, 7).data
    assert [row[0] for row in points.customdata] == [5, 9, 7]
    assert list(points.marker.color)[-1] == ORANGE


def tail(n: int) -> pd.DataFrame:
    return pd.DataFrame({"rank": np.arange(1, n + 1), "share_cumulative": np.arange(1, n + 1) / n})


def test_shares() -> None:
    figure = share_curve(tail(4), tail(2), 25, 0.25)
    even, users, movies, mark = figure.data
    assert [trace.name for trace in figure.data] == [
        "if every movie had equally many",
        "users",
        "movies",
        "top 25% of movies",
    ]
    assert (list(movies.x), list(movies.y)) == ([25, 50, 75, 100], [25, 50, 75, 100])
    assert (list(users.x), list(mark.x), list(mark.y)) == ([50, 100], [25], [25])
    assert list(even.y) == [0, 100]
    assert figure.layout.title.subtitle.text == "the top 25% of movies hold 25.0%"
    assert figure.layout.yaxis.title.text == "share of all ratings (%)"


def test_long_curves_are_thinned() -> None:
    movies = share_curve(tail(9_066), tail(671), 10, 0.1).data[2]
    assert len(movies.x) == CURVE_POINTS
    assert movies.x[-1] == movies.y[-1] == 100


def test_of_very_many_users_some_are_drawn_and_the_selected_one() -> None:
    n = 3 * CLOUD_POINTS
    users = pd.DataFrame({"user_id": range(n), "n_ratings": 2, "mean_rating": 3.0, "std_rating": 1.0})
    (points,) = user_cloud(users).data
    assert len(points.x) == CLOUD_POINTS
    selected = user_cloud(users, 1)
    assert selected.data[0].customdata[-1][0] == 1
    assert "5,001 of 15,000 users are drawn" in selected.layout.title.subtitle.text
