"""The data page: the lesson's counts, the corner and its sliders, and data sets of any size."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def session(visitor):
    session = visitor()
    session.open("data")
    return session


@pytest.fixture
def corner(session):
    session.at.button_group(key="data_view").set_value("corner").run()
    return session


def test_counts_and_what_one_asks_first(session) -> None:
    words = session.says("markdown").replace("*", "")
    assert "100,004 ratings · 671 users · 9,066 movies · 98.4% of the cells empty · mean 3.54 stars" in words
    assert (
        "Most rated: Forrest Gump (1994) (341 ratings). Busiest: user 547 (2,391). Their cell holds 2 stars." in words
    )


def test_what_one_asks_first_is_of_the_filtered_ratings(session) -> None:
    session.at.selectbox(key="stars").set_value(0.5).run()
    words = session.says("markdown").replace("*", "")
    assert "1,101 of 100,004 ratings · 177 users · 868 movies" in words
    assert "Busiest: user 15 (83). Their cell is blank." in words


@pytest.mark.parametrize(
    ("rated", "said"),
    [("metropolis", ["Metropolis"]), ("Metropolis (2001)", ["Metropolis"]), ("no such", [])],
)
def test_any_movie_can_be_typed_though_few_are_listed(visitor, rated: str, said: list[str]) -> None:
    session = visitor()
    session.at.query_params["rated"] = rated  # as the box writes what is typed
    session.open("data")
    found = [button.label for button in session.at.button if button.key == "clear_item_id"]
    assert found == said
    assert ("No title has “no such” in it." in session.says("caption")) is (not said)


def test_the_list_of_movies_is_short(session) -> None:
    assert len(session.at.selectbox(key="rated").options) == 1_000


def test_one_is_singular(session) -> None:
    session.at.selectbox(key="rated").set_value(356)
    session.at.selectbox(key="rater").set_value(547).run()
    words = session.says("markdown").replace("*", "")
    assert "1 of 100,004 ratings · 1 user · 1 movie · " in words
    assert "(1 rating). Busiest: user 547 (1)." in words


def test_the_corner_is_sorted_by_number_of_ratings(corner) -> None:
    (cells,) = corner.figure("crosstab")["data"]
    assert len(cells["y"]) == len(cells["x"]) == 15
    assert (cells["y"][0], cells["x"][0]) == ("547", "Forrest Gump")
    assert corner.alt("crosstab") == "Ratings of 15 users for 15 movies; 19 of 225 cells are blank."
    assert "19 of these 225 cells are blank" in corner.says("caption")


def test_the_lessons_order_is_a_choice(corner) -> None:
    corner.at.selectbox(key="order").set_value("id").run()
    (cells,) = corner.figure("crosstab")["data"]
    assert (cells["y"][0], cells["y"][-1]) == ("15", "624")


def test_sliders_widen_the_corner(corner) -> None:
    session = corner
    session.at.slider(key="users").set_value(3)
    session.at.slider(key="movies").set_value(40).run()
    (cells,) = session.figure("crosstab")["data"]
    assert (len(cells["y"]), len(cells["x"])) == (3, 40)
    assert session.alt("crosstab").startswith("Ratings of 3 users for 40 movies; ")


def test_distributions(session) -> None:
    assert sum(session.figure("histogram")["data"][0]["y"]) == 100_004
    assert all(session.alt(key) for key in session.plots())


def test_heads_of_the_two_files(session) -> None:
    ratings, movies = (table.value for table in session.at.dataframe)
    assert ratings.iloc[0].tolist() == [1, 31, 2.5, 1260759144]
    assert movies["title"].iloc[0] == "Toy Story (1995)"


@pytest.mark.parametrize("n", [2, 3, 14])
def test_a_data_set_smaller_than_the_lessons_corner(
    visitor, small_folder: Callable[..., Path], tmp_path: Path, monkeypatch, n: int
) -> None:
    folder = small_folder([(user, item, 1 + (user + item) % 5, 0) for user in range(n) for item in range(n)])
    (tmp_path / "data").mkdir()
    folder.rename(tmp_path / "data" / "small")
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "data"))
    session = visitor()
    session.open("data")
    session.at.button_group(key="data_view").set_value("corner").run()
    assert session.alt("crosstab") == f"Ratings of {n} users for {n} movies; 0 of {n * n} cells are blank."
