"""Users as points: what others give across, what they give up."""

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.ranks.raters import rater_cloud
from cf_core.charts.style import CLOUD_POINTS

FRAME = pd.DataFrame(
    {
        "user_id": [5, 6, 7],
        "bias": [0.5, -0.25, 0.0],
        "n_ratings": [20, 30, 1],
        "mean_rating": [4.5, 3.0, 5.0],
        "others_mean": [3.5, 3.75, np.nan],
        "above_others": [1.0, -0.75, np.nan],
    }
)


def test_points_lie_where_user_and_others_say() -> None:
    _, points = rater_cloud(FRAME).data
    assert (list(points.x), list(points.y)) == ([3.5, 3.75], [4.5, 3.0])  # the third has nobody to compare with
    assert list(points.marker.color) == [0.5, -0.25]
    assert [facts[0] for facts in points.customdata] == [5, 6]


def test_the_line_is_where_both_are_equal() -> None:
    line, _ = rater_cloud(FRAME, "stars").data
    assert list(line.x) == list(line.y) == [3.0, 4.5]


def test_the_unit_is_said() -> None:
    points = rater_cloud(FRAME, "stars").data[1]
    assert "stars" in points.marker.colorbar.title.text
    assert points.hovertemplate.endswith("stars<extra></extra>")


@pytest.mark.parametrize("n", [0, 1])
def test_one_user_or_none(n: int) -> None:
    assert len(rater_cloud(FRAME.head(n)).data[1].x) == n


def test_of_very_many_some_are_drawn_the_kindest_and_the_harshest_among_them() -> None:
    bias = np.linspace(2, -2, 3 * CLOUD_POINTS)
    frame = pd.DataFrame({"user_id": range(len(bias)), "bias": bias, "n_ratings": 2, "mean_rating": 3.0})
    figure = rater_cloud(frame.assign(others_mean=3.5, above_others=-0.5))
    points = figure.data[1]
    assert len(points.x) == CLOUD_POINTS
    assert [points.customdata[at][0] for at in (0, -1)] == [0, len(bias) - 1]
    assert "5,000 of 15,000 users are drawn" in figure.layout.title.subtitle.text
