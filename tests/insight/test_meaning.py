import numpy as np
import pandas as pd
import pytest

from cf_core.insight.axes import AxisSummary
from cf_core.insight.meaning import popularity_correlations, says_little
from cf_core.insight.projection import Projection


def summary(kind: str, r: float, r2: float | None) -> AxisSummary:
    return AxisSummary(pd.DataFrame([(kind, "x", r, 9)], columns=["kind", "name", "correlation", "n_movies"]), r2)


def test_a_component_that_follows_the_number_of_ratings_is_told_from_one_that_does_not() -> None:
    logs = np.arange(4.0)
    components = np.array([-logs, [1, -1, -1, 1], [0, 0, 0, 0]])
    movies = pd.DataFrame({"n_ratings": 10**logs})
    found = popularity_correlations(Projection(components, np.array([0.5, 0.3, 0.2]), movies))
    assert found == pytest.approx([-1, 0, 0])


@pytest.mark.parametrize(
    ("axis", "little"),
    [
        (summary("genre", 0.2, 0.02), True),
        (summary("decade", -0.3, 0.0), False),
        (summary("genre", 0.1, 0.06), False),
    ],
)
def test_an_axis_says_something_about_genres_or_decades_or_little(axis: AxisSummary, little: bool) -> None:
    assert says_little([axis]) is little
    assert not says_little([axis, summary("genre", 0.5, 0.3)])


def test_where_neither_genres_nor_years_are_known_nothing_is_missed() -> None:
    assert not says_little([summary("bias", 0.9, None), summary("popularity", 0.1, None)])
