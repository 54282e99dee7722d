"""The data page: the lesson's counts, the corner and its sliders, and data sets of any size."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def session(visitor):
    session = visitor()
    session.open("data")
    return session


def test_counts(session) -> None:
    numbers = {metric.label: metric.value for metric in session.at.metric}
    assert numbers | {"Ratings": "100,004", "Users": "671", "Movies": "9,066", "Empty cells": "98.4%"} == numbers


def test_the_corner_is_the_lessons(session) -> None:
    (cells,) = session.figure("crosstab")["data"]
    assert len(cells["y"]) == len(cells["x"]) == 15
    assert (cells["y"][0], cells["y"][-1]) == ("15", "624")
    assert session.alt("crosstab") == "Ratings of 15 users for 15 movies; 19 of 225 cells are blank."
    assert "19 of these 225 cells are blank" in session.says("caption")


def test_sliders_widen_the_corner(session) -> None:
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
    assert session.alt("crosstab") == f"Ratings of {n} users for {n} movies; 0 of {n * n} cells are blank."
