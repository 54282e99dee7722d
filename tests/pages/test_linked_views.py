"""The data page's views follow one another: boxes, clicks, what is in force, and what is left when nothing is."""

from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st

from pages.parts.data.filters import toggle
from pages.parts.data.keys import Key
from pages.shared.plot import Click

VIEWS = {"histogram", "by_year", "by_genre", "activity", "cloud", "shares", "crosstab"}


@pytest.fixture
def session(visitor):
    session = visitor()
    session.open("data")
    return session


def choose(session, **values: Any) -> None:
    for key, value in values.items():
        box = session.at.slider if key == "years" else session.at.selectbox
        box(key=key).set_value(value)
    assert not session.at.run().exception


def counts(session) -> dict[str, str]:
    return {metric.label: metric.value for metric in session.at.metric}


def total(session, key: str, axis: str = "y") -> int:
    return sum(session.figure(key)["data"][0][axis])


def test_at_first_all_is_shown(session) -> None:
    assert session.plots() == VIEWS
    assert "All 100,004 ratings." in session.says("caption")
    assert "clear_all" not in {button.key for button in session.at.button}
    assert total(session, "activity") == total(session, "histogram") == 100_004


def test_a_rating_filters_every_other_view(session) -> None:
    choose(session, stars=0.5)
    assert counts(session)["Ratings"] == "1,101"
    assert counts(session)["Mean, stars"] == "0.50"
    assert total(session, "activity") == 1_101
    assert total(session, "histogram") == 100_004  # its own view shows what the others leave
    assert {cell for row in session.figure("crosstab")["data"][0]["z"] for cell in row} <= {None, 0.5}
    assert "**Filtered:** 1,101 of 100,004 ratings" in [text.value for text in session.at.markdown]
    assert session.button("clear_rating").label == "0.5 stars"


def test_a_genre(session) -> None:
    choose(session, genre="Film-Noir")
    assert counts(session)["Ratings"] == "1,140"
    assert total(session, "histogram") == total(session, "activity") == 1_140
    assert len(session.figure("by_genre")["data"][0]["y"]) == 20
    opacity = session.figure("by_genre")["data"][0]["marker"]["opacity"]
    assert opacity.count(1) == 1


def test_a_user(session) -> None:
    choose(session, rater=15)
    assert counts(session) | {"Ratings": "1,700", "Users": "1"} == counts(session)
    assert total(session, "histogram") == 1_700
    assert len(session.figure("cloud")["data"][0]["x"]) == 671
    assert session.figure("crosstab")["data"][0]["y"] == ["15"]


def test_a_range_of_years(session) -> None:
    choose(session, years=(1990, 1999))
    assert session.button("clear_years").label == "movies of 1990 to 1999"
    years = session.figure("by_year")["data"][0]
    chosen = sum(n for year, n in zip(years["x"], years["y"], strict=True) if 1990 <= year <= 1999)
    assert counts(session)["Ratings"] == f"{chosen:,}"
    assert total(session, "histogram") == chosen


def test_filters_add_up_and_are_cleared_one_by_one_or_all(session) -> None:
    choose(session, stars=0.5, genre="Comedy", rater=15)
    assert {button.key for button in session.at.button} >= {"clear_rating", "clear_genre", "clear_user_id", "clear_all"}
    session.button("clear_genre").click().run()
    assert session.at.selectbox(key="genre").value is None
    assert session.at.selectbox(key="stars").value == 0.5
    session.button("clear_all").click().run()
    assert counts(session)["Ratings"] == "100,004"
    assert "All 100,004 ratings." in session.says("caption")


def test_years_are_cleared_to_all_of_them(session) -> None:
    choose(session, years=(1990, 1990))
    assert session.button("clear_years").label == "movies of 1990"
    session.button("clear_years").click().run()
    assert session.at.slider(key="years").value == (1902, 2016)
    assert counts(session)["Ratings"] == "100,004"


def test_nothing_left_says_so(session) -> None:
    choose(session, stars=0.5, genre="Film-Noir", rater=1)
    assert "No rating passes all of these filters together." in session.says("info")
    assert session.plots() == set()
    session.button("clear_all").click().run()
    assert session.plots() == VIEWS


def test_the_long_tail_three_ways(session) -> None:
    assert "The top 10% of movies, 907 of 9,066, hold 59.9% of the ratings." in session.says("caption")
    session.at.select_slider(key="top_share").set_value(1).run()
    assert session.alt("shares") == "The top 1% of movies, 91 of 9,066, hold 16.0% of the ratings."
    session.at.button_group(key="tail").set_value("movies").run()
    assert session.alt("tail_movie") == "Ratings per movie, by rank: from 341 down to 1."
    session.at.button_group(key="tail").set_value("users").run()
    assert session.alt("tail_user") == "Ratings per user, by rank: from 2,391 down to 20."


def test_users_differ_in_mean_and_spread(session) -> None:
    assert session.alt("cloud").startswith("Mean and spread of 671 users; four in five have a mean from 3.07 to 4.22")


@pytest.mark.parametrize(
    ("order", "first_user", "first_movie"),
    [("count", "547", "Forrest Gump"), ("mean", "30", "Shawshank Redemption"), ("similarity", "547", "Forrest Gump")],
)
def test_the_crosstab_sorted(session, order: str, first_user: str, first_movie: str) -> None:
    session.at.selectbox(key="order").set_value(order).run()
    (cells,) = session.figure("crosstab")["data"]
    assert (cells["y"][0], cells["x"][0]) == (first_user, first_movie)


def test_the_crosstab_says_when(session) -> None:
    (cells,) = session.figure("crosstab")["data"]
    assert cells["customdata"][0][0] == ["Toy Story (1995)", "1", "16 August 2001"]


def test_a_click_chooses_and_the_same_click_clears(monkeypatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    take = toggle(Key.STARS, lambda click: float(click.x))
    take(Click(4, 100, None))
    assert state == {"stars": 4.0}
    take(Click(5, 100, None))
    assert state == {"stars": 5.0}
    take(Click(5, 100, None))
    assert state == {"stars": None}
    years = toggle(Key.YEARS, lambda click: (click.x, click.x), (1902, 2016))
    years(Click(1994, 1, None))
    years(Click(1994, 1, None))
    assert state["years"] == (1902, 2016)


def test_without_timestamps_and_years(visitor, small_folder, tmp_path, monkeypatch) -> None:
    rows = [(1, 10, 3), (1, 20, 4), (2, 10, 1), (2, 30, 2)]
    folder = small_folder(rows, [(item, "No year", "Drama") for item in (10, 20, 30)])
    (tmp_path / "data").mkdir()
    folder.rename(tmp_path / "data" / "small")
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "data"))
    session = visitor()
    session.open("data")
    assert session.plots() == VIEWS - {"by_year", "activity"}
    assert "no timestamps" in session.says("caption")
    assert "None of these movies has a year" in session.says("caption")


def test_charts_that_can_be_clicked_say_so_to_the_browser(session) -> None:
    clickable = {key for key in session.plots() if session._sent(key)["head"]["clickable"]}
    assert clickable == {"histogram", "by_year", "by_genre", "cloud", "crosstab"}
    assert SimpleNamespace(**session._sent("activity")["head"]).clickable is False
