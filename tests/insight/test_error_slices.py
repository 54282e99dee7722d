"""Slices of the validation error: by hand, against a loop, and whole again when put together."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.data.split import Split
from cf_core.insight.error_slices import FEW, NEVER, NO_YEAR, count_edges, slice_errors, slices
from tests.insight.small_model import model
from tests.small import make_split


def of_genres_and_years(genres: list[str], years: list[int | None]) -> Split:
    """A small split whose movies take these in turn."""
    split = make_split()
    n = split.ratings.n_items
    table = split.ratings.item_table.assign(
        genres=[genres[i % len(genres)] for i in range(n)],
        year=pd.array([years[i % len(years)] for i in range(n)], dtype="Int64"),
    )
    return replace(split, ratings=replace(split.ratings, item_table=table))


def test_the_one_validation_rating_of_the_small_model() -> None:
    """User 30 has one training rating, movie A two; it is of 1994, and of Crime and Drama."""
    _, split = model()
    found = {by: slices(split, by) for by in ("movie", "user", "genre", "decade", "rating")}
    assert {by: list(parts) for by, parts in found.items()} == {
        "movie": ["2+"],
        "user": ["1+"],
        "genre": ["Crime", "Drama"],
        "decade": ["1990s"],
        "rating": ["4"],
    }
    assert all(at.tolist() == [0] for parts in found.values() for at in parts.values())


@pytest.mark.parametrize(
    ("most", "edges"), [(0, [1]), (1, [1]), (2, [1, 2]), (9, [1, 2, 5]), (247, [1, 2, 5, 10, 20, 50, 100, 200])]
)
def test_edges_grow_with_the_data(most: int, edges: list[int]) -> None:
    assert count_edges(most) == edges


def test_movies_never_trained_are_a_slice_of_their_own(split: Split) -> None:
    parts = slices(split, "movie")
    assert len(parts[NEVER]) == split.n_unseen_items == 742
    assert list(parts) == [NEVER, "1", "2–4", "5–9", "10–19", "20–49", "50–99", "100–199", "200+"]


def test_counts_are_those_of_training_ratings() -> None:
    split = make_split()
    users = split.ratings.user_idx
    for name, at in slices(split, "user").items():
        low, _, high = name.removesuffix("+").partition("–")
        for position in at:
            n = int((users[split.train_rows] == users[split.valid_rows[position]]).sum())
            assert int(low) <= n <= (int(high) if high else n if name.endswith("+") else int(low))


def test_a_movie_counts_in_each_of_its_genres() -> None:
    split = of_genres_and_years(["Crime|Drama", "Drama", "Film-Noir"], [None])
    parts = slices(split, "genre")
    movies = split.ratings.item_table["genres"].iloc[split.ratings.item_idx[split.valid_rows]].tolist()
    assert {name: at.tolist() for name, at in parts.items()} == {
        genre: [row for row, of in enumerate(movies) if genre in of.split("|")]
        for genre in ("Crime", "Drama", "Film-Noir")
    }


def test_decades_in_order_and_movies_without_a_year_last() -> None:
    assert list(slices(of_genres_and_years(["Drama"], [2011, 1989, None, 1980]), "decade")) == [
        "1980s", "2010s", NO_YEAR,
    ]  # fmt: skip
    assert list(slices(of_genres_and_years(["Drama"], [None]), "decade")) == [NO_YEAR]


@pytest.mark.parametrize("by", ["movie", "user", "decade", "rating"])
@given(seed=st.integers(0, 50))
def test_the_slices_of_a_partition_add_up_to_the_whole(by, seed: int) -> None:
    split = of_genres_and_years(["Drama"], [1999, None, 2005])
    n = len(split.valid_rows)
    residual, rival = np.random.default_rng(seed).normal(size=(2, n))
    table = slice_errors(slices(split, by), residual, rival)
    assert table["n_ratings"].sum() == n
    for errors, names in ((residual, ("rmse", "mae")), (rival, ("rival_rmse", "rival_mae"))):
        assert (table["n_ratings"] * table[names[0]] ** 2).sum() / n == pytest.approx((errors**2).mean())
        assert (table["n_ratings"] * table[names[1]]).sum() / n == pytest.approx(np.abs(errors).mean())
    assert (table["n_ratings"] * table["mean_residual"]).sum() / n == pytest.approx(residual.mean())


def test_an_error_and_its_interval_by_hand() -> None:
    """Ten residuals, nine of ±1 and one of 3: squares sum to 18; their deviations from 1.8 are nine of -0.8 and one of
    7.2, so that s = √(57.6 / 9) / √10 = 0.8."""
    residual = np.array([1, -1, 1, -1, 1, -1, 1, -1, 1, 3.0])
    (row,) = slice_errors({"all": np.arange(10)}, residual, np.zeros(10)).to_dict("records")
    assert row["rmse"] == pytest.approx(np.sqrt(1.8))
    assert (row["low"], row["high"]) == pytest.approx((np.sqrt(1.8 - 1.96 * 0.8), np.sqrt(1.8 + 1.96 * 0.8)))
    assert (row["mae"], row["mean_residual"]) == pytest.approx((1.2, 0.4))
    (row,) = slice_errors({"all": np.arange(10)}, residual, np.zeros(10), "mae").to_dict("records")
    assert (row["low"], row["high"]) == pytest.approx((1.2 - 1.96 * 0.2, 1.2 + 1.96 * 0.2))  # s = √(3.6 / 9) / √10


@pytest.mark.parametrize(
    ("size", "rival", "n", "standing"),
    [
        (0.5, 1.0, FEW, "better"),
        (1.0, 0.5, FEW, "worse"),
        (1.0, 1.0, FEW, "no clear difference"),
        (0.5, 1.0, FEW - 1, "too few to tell"),
    ],
)
def test_how_the_model_stands(size: float, rival: float, n: int, standing: str) -> None:
    parts, ones = {"all": np.arange(n)}, np.ones(n)
    table = slice_errors(parts, size * ones, rival * ones)
    assert table["standing"].tolist() == [standing]
    assert table[["low", "high"]].isna().to_numpy().all() == (n < FEW)


def test_the_comparison_is_of_pairs() -> None:
    """The two predictors err alike from rating to rating, so that a small lead is sure though intervals overlap."""
    residual = np.random.default_rng(0).normal(size=400)
    (row,) = slice_errors({"all": np.arange(400)}, residual, 1.02 * residual).to_dict("records")
    assert row["standing"] == "better"
    assert row["low"] < row["rival_rmse"] < row["high"]
