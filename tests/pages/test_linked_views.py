"""The data page's views follow one another: boxes, clicks, what is in force, and what is left when nothing is."""

from typing import Any

import pytest
import streamlit as st

from pages.parts.data.filters import toggle
from pages.parts.data.keys import Key
from pages.shared.plot import Click

VIEWS = {
    "overview": {"histogram", "by_year", "by_genre"},
    "corner": {"crosstab"},
    "tail": {"tail_movie"},
    "users": {"cloud"},
    "time": {"activity"},
}
"""The plots of each view."""


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


def look_at(session, view: str) -> None:
    session.at.button_group(key="data_view").set_value(view).run()
    assert not session.at.exception


def says(session, words: str) -> bool:
    return words in session.says("markdown").replace("*", "")


def total(session, key: str, axis: str = "y") -> int:
    return sum(session.figure(key)["data"][0][axis])


def test_at_first_all_is_shown(session) -> None:
    assert session.plots() == VIEWS["overview"]
    assert says(session, "100,004 ratings · ")
    assert "clear_all" not in {button.key for button in session.at.button}
    assert total(session, "histogram") == 100_004


@pytest.mark.parametrize("view", VIEWS)
def test_one_view_at_a_time(session, view: str) -> None:
    look_at(session, view)
    assert session.plots() == VIEWS[view]
    assert all(session.alt(key) for key in session.plots())


def test_a_rating_filters_every_other_view(session) -> None:
    choose(session, stars=0.5)
    assert says(session, "1,101 of 100,004 ratings · ")
    assert says(session, "mean 0.50 stars")
    assert total(session, "histogram") == 100_004  # its own chart shows what the others leave
    assert session.button("clear_rating").label == r"0\.5 stars"
    look_at(session, "time")
    assert total(session, "activity") == 1_101
    look_at(session, "corner")
    assert {cell for row in session.figure("crosstab")["data"][0]["z"] for cell in row} <= {None, 0.5}


def test_a_genre(session) -> None:
    choose(session, genre="Film-Noir")
    assert says(session, "1,140 of 100,004 ratings · ")
    assert total(session, "histogram") == 1_140
    assert len(session.figure("by_genre")["data"][0]["y"]) == 20
    opacity = session.figure("by_genre")["data"][0]["marker"]["opacity"]
    assert opacity.count(1) == 1


def test_a_user(session) -> None:
    choose(session, rater=15)
    assert says(session, "1,700 of 100,004 ratings · 1 user · ")
    assert total(session, "histogram") == 1_700
    look_at(session, "users")
    assert len(session.figure("cloud")["data"][0]["x"]) == 671
    look_at(session, "corner")
    assert session.figure("crosstab")["data"][0]["y"] == ["15"]


def test_a_movie_stands_out_in_its_long_tail(session) -> None:
    choose(session, rated=356)
    assert says(session, "341 of 100,004 ratings · 341 users · 1 movie · ")
    assert session.button("clear_item_id").label == "Forrest Gump"
    look_at(session, "tail")
    line = session.figure("tail_movie")["data"][0]
    assert line["marker"]["opacity"].count(1) == 1
    assert line["customdata"][line["marker"]["opacity"].index(1)][0] == "Forrest Gump (1994)"
    session.button("clear_item_id").click().run()
    assert says(session, "100,004 ratings · 671 users")
    assert session.plots() == {"tail_movie"}


def test_a_range_of_years(session) -> None:
    choose(session, years=(1990, 1999))
    assert session.button("clear_years").label == "1990 to 1999"
    years = session.figure("by_year")["data"][0]
    chosen = sum(n for year, n in zip(years["x"], years["y"], strict=True) if 1990 <= year <= 1999)
    assert says(session, f"{chosen:,} of 100,004 ratings · ")
    assert total(session, "histogram") == chosen


def test_filters_add_up_and_are_cleared_one_by_one_or_all(session) -> None:
    choose(session, stars=0.5, genre="Comedy", rater=15)
    assert {button.key for button in session.at.button} >= {"clear_rating", "clear_genre", "clear_user_id", "clear_all"}
    session.button("clear_genre").click().run()
    assert session.at.selectbox(key="genre").value is None
    assert session.at.selectbox(key="stars").value == 0.5
    session.button("clear_all").click().run()
    assert says(session, "100,004 ratings · 671 users")


def test_years_are_cleared_to_all_of_them(session) -> None:
    choose(session, years=(1990, 1990))
    assert session.button("clear_years").label == "1990"
    session.button("clear_years").click().run()
    assert session.at.slider(key="years").value == (1902, 2016)
    assert says(session, "100,004 ratings · 671 users")


def test_nothing_left_says_so(session) -> None:
    choose(session, stars=0.5, genre="Film-Noir", rater=1)
    assert "No rating passes all of these filters together." in session.says("info")
    assert session.plots() == set()
    session.button("clear_all").click().run()
    assert session.plots() == VIEWS["overview"]


def test_the_long_tail_three_ways(session) -> None:
    look_at(session, "tail")
    assert session.alt("tail_movie") == "Ratings per movie, by rank: from 341 down to 1."
    session.at.button_group(key="tail").set_value("users").run()
    assert session.alt("tail_user") == "Ratings per user, by rank: from 2,391 down to 20."
    session.at.button_group(key="tail").set_value("shares").run()
    assert "The top 10% of movies, 907 of 9,066, hold 59.9% of the ratings." in session.says("caption")
    session.at.select_slider(key="top_share").set_value(1).run()
    assert session.alt("shares") == "The top 1% of movies, 91 of 9,066, hold 16.0% of the ratings."


def test_users_differ_in_mean_and_spread(session) -> None:
    look_at(session, "users")
    assert session.alt("cloud").startswith("Mean and spread of 671 users; four in five have a mean from 3.07 to 4.22")


@pytest.mark.parametrize(
    ("order", "first_user", "first_movie"),
    [("count", "547", "Forrest Gump"), ("mean", "30", "Shawshank Redemption"), ("similarity", "547", "Forrest Gump")],
)
def test_the_crosstab_sorted(session, order: str, first_user: str, first_movie: str) -> None:
    look_at(session, "corner")
    session.at.selectbox(key="order").set_value(order).run()
    (cells,) = session.figure("crosstab")["data"]
    assert (cells["y"][0], cells["x"][0]) == (first_user, first_movie)


def test_the_crosstab_says_when(session) -> None:
    look_at(session, "corner")
    (cells,) = session.figure("crosstab")["data"]
    assert cells["customdata"][0][0] == ["Forrest Gump (1994)", "356", "8 April 2001"]


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
    assert session.plots() == {"histogram", "by_genre"}
    assert "None of these movies has a year" in session.says("caption")
    look_at(session, "time")
    assert session.plots() == set()
    assert "no timestamps" in session.says("caption")


@pytest.mark.parametrize("view", VIEWS)
def test_charts_that_can_be_clicked_say_so_to_the_browser(session, view: str) -> None:
    look_at(session, view)
    assert {session._sent(key)["head"]["clickable"] for key in session.plots()} == {view != "time"}
    assert {session.figure(key)["layout"]["dragmode"] for key in session.plots()} == {False}
