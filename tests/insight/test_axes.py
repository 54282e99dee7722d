"""What an axis is about, on movies whose answers are known."""

import numpy as np
import pandas as pd
import pytest

from cf_core.errors import ConfigError, UnknownIdError
from cf_core.insight.axes import custom_axis, describe_axis, genre_table, positions
from cf_core.insight.movie_choice import decades
from cf_core.insight.projection import ends
from tests.insight.small_factors import fitted


def movies(**more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "title": list("ABCD"),
            "genres": ["Comedy", "Comedy|War", "War", "(no genres listed)"],
            "year": pd.array([1994, 2001, pd.NA, 1987], dtype="Int64"),
            "n_ratings": [1, 10, 100, 1000],
            **more,
        }
    )


def of(table: pd.DataFrame) -> dict[str, float]:
    return dict(zip(table["name"], table["correlation"], strict=True))


def test_correlations_by_hand() -> None:
    summary = describe_axis(np.array([0.0, 1, 2, 3]), movies(bias=[3.0, 2, 1, 0]))
    found = of(summary.correlations)
    assert found["popularity"] == pytest.approx(1)  # 0, 1, 2, 3 powers of ten
    assert found["bias"] == pytest.approx(-1)
    # deviations of x: -1.5, -0.5, 0.5, 1.5; of Comedy: ½, ½, -½, -½; of War: -½, ½, ½, -½
    assert found["Comedy"] == pytest.approx(-2 / np.sqrt(5))
    assert found["War"] == pytest.approx(0)
    # A, B and D with 1990, 2000, 1980 at 0, 1, 3: deviations 0, 10, -10 and -4/3, -1/3, 5/3
    assert found["decade"] == pytest.approx(-20 / np.sqrt(200 * 42 / 9))
    assert dict(zip(summary.correlations["name"], summary.correlations["n_movies"], strict=True)) == {
        "popularity": 4, "bias": 4, "Comedy": 2, "War": 2, "decade": 3
    }  # fmt: skip
    strengths = summary.correlations["correlation"].abs().tolist()
    assert strengths == sorted(strengths, reverse=True)


def test_what_does_not_vary_has_no_correlation() -> None:
    summary = describe_axis(np.array([0.0, 1, 2, 3]), movies(genres="Drama", n_ratings=5))
    assert of(summary.correlations).keys() == {"decade"}
    assert describe_axis(np.ones(4), movies()).correlations.empty


def test_a_movie_without_genres_has_none() -> None:
    assert genre_table(movies()).to_dict("list") == {"Comedy": [1, 1, 0, 0], "War": [0, 1, 1, 0]}


def test_decades() -> None:
    assert decades(movies()).astype(object).where(movies()["year"].notna(), None).tolist() == [1990, 2000, None, 1980]


def many(n: int = 200) -> pd.DataFrame:
    genres = np.random.default_rng(0).choice(["A", "B", "A|B", "C"], n)
    return pd.DataFrame({"genres": genres, "year": pd.array([2000] * n, dtype="Int64"), "n_ratings": range(1, n + 1)})


def test_genres_predict_what_is_made_of_genres_and_not_chance() -> None:
    table, draw = many(), np.random.default_rng(1)
    is_a = table["genres"].str.contains("A").to_numpy(float)
    assert describe_axis(is_a, table).r2_genres > 0.98
    assert describe_axis(draw.normal(size=200), table).r2_genres < 0.05
    half = describe_axis(is_a + draw.normal(size=200) * is_a.std(), table).r2_genres
    assert half == pytest.approx(0.5, abs=0.12)


def test_r2_is_the_same_in_any_unit() -> None:
    table = many()
    values = table["genres"].str.contains("A").to_numpy(float) + np.random.default_rng(1).normal(size=200)
    assert describe_axis(values, table).r2_genres == pytest.approx(describe_axis(values * 1e-3, table).r2_genres)


def test_r2_needs_movies_to_leave_out() -> None:
    assert describe_axis(np.arange(4.0), movies()).r2_genres is None


def test_ends_are_the_outermost() -> None:
    high, low = ends(np.array([2.0, -1, 5, 0]), movies(), n=2)
    assert (high["title"].tolist(), high["component"].tolist()) == (["C", "A"], [5, 2])
    assert (low["title"].tolist(), low["component"].tolist()) == (["B", "D"], [-1, 0])


FACTORS = fitted([[1, 0], [3, 0], [2, 3], [2, 5]])


def test_an_axis_from_one_group_to_another_by_hand() -> None:
    direction = custom_axis(FACTORS, [0, 1], [2, 3])  # from (2, 0) to (2, 4)
    assert direction == pytest.approx([0, 1])
    assert positions(FACTORS, np.array([3, 0, 2]), direction) == pytest.approx([5, 0, 3])
    assert custom_axis(FACTORS, [2, 3], [0, 1]) == pytest.approx(-direction)
    assert custom_axis(FACTORS, [0], [2]) == pytest.approx(np.array([1, 3]) / np.sqrt(10))


def test_an_axis_needs_two_ends() -> None:
    with pytest.raises(ConfigError, match="either end"):
        custom_axis(FACTORS, [], [1])
    with pytest.raises(ConfigError, match="no direction"):
        custom_axis(FACTORS, [1], [1])
    with pytest.raises(UnknownIdError):
        custom_axis(FACTORS, [1], [4])
