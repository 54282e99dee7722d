"""The figures of made-up ratings, read as data."""

import math

import numpy as np
import pytest

from cf_core.charts.planted.error_curve import RunPoint, error_over_factors
from cf_core.charts.planted.found import items_on_factor, planted_strengths, recovered_shares, strengths
from cf_core.charts.style import ORANGE
from cf_core.insight.planted import FoundFactors
from cf_core.words import ITEMS, MOVIES

RUNS = [RunPoint("c", "eight", 8, 0.4, 0.7), RunPoint("a", "<b>one", 1, 0.75, 0.8), RunPoint("b", "two", 2, 0.5, 0.6)]
FOUND = FoundFactors(
    weight=np.array([0.75, 0.25]),
    recovered=np.array([0.8, -0.5]),
    noise=0.3,
    planted_strength=np.array([0.6, 0.3]),
    found_strength=np.array([0.5, 0.2, 0.1]),
    planted_items=np.array([[1.0, 0.2], [-1.0, 0.1]]),
    found_items=np.array([[0.9, 0.0], [-1.2, 0.0]]),
    item_ids=np.array([1, 2]),
    user_bias_correlation=0.9,
    item_bias_correlation=None,
)


def test_the_curve_goes_through_the_runs_by_their_number_of_factors() -> None:
    figure = error_over_factors(RUNS, [], [1, 2, 4, 8], 2, 0.5, MOVIES, selected="b")
    validation, training, others, ring = figure.data
    assert validation.x == training.x == (1, 2, 8)
    assert (validation.y, training.y) == ((0.8, 0.6, 0.7), (0.75, 0.5, 0.4))
    assert [data[-1] for data in validation.customdata] == ["a", "b", "c"]
    assert validation.customdata[0][0] == "&lt;b>one" and validation.customdata[0][1] == "1 factor"
    assert (ring.x, ring.y) == ((2,), (0.6,))
    assert len(others.x) == 0 and others.showlegend is False
    assert figure.layout.yaxis.title.text == "RMSE (stars, lower is better)"


def test_floor_and_planted_number_are_marked() -> None:
    figure = error_over_factors(RUNS, [], [1, 2, 4, 8], 2, 0.5, ITEMS)
    floor, number = figure.layout.shapes
    assert (floor.y0, floor.y1, floor.line.color) == (0.5, 0.5, ORANGE)
    assert (number.x0, number.x1) == (2, 2)
    assert [note.text for note in figure.layout.annotations] == ["noise floor 0.500", "planted: 2"]
    assert figure.layout.annotations[1].x == pytest.approx(math.log10(2))  # an axis of logarithms takes them so
    assert "points" in figure.data[0].hovertemplate and len(figure.data[-1].x) == 0


def test_the_axis_has_room_for_what_is_planned_before_a_run_ends() -> None:
    figure = error_over_factors([], [], [1, 2, 4], 3, 0.5, MOVIES)
    assert figure.layout.xaxis.tickvals == (1, 2, 3, 4)
    low, high = figure.layout.xaxis.range
    assert low < 0 and high > math.log10(4)
    assert figure.layout.yaxis.range == (0, 1)
    assert error_over_factors([], [], [1], 1, 0.0, MOVIES).layout.yaxis.range == (0, 1)


def test_other_runs_stand_beside_the_line() -> None:
    figure = error_over_factors(RUNS[:1], RUNS[1:], [8], 8, 0.5, MOVIES, selected="a")
    assert figure.data[0].x == (8,)
    assert (figure.data[2].x, figure.data[2].y) == ((1, 2), (0.8, 0.6))
    assert figure.data[3].x == (1,)


def test_recovered_shares_are_parts_of_the_planted_bars() -> None:
    planted, recovered, noise = recovered_shares(FOUND).data
    assert planted.y == (75, 25)
    assert recovered.y == (60, 0)  # 0.8 · 75; less than nothing has no bar
    assert planted.text == ("80%", "-50%")
    assert (noise.x, noise.y) == (("noise",), (30,))
    assert recovered_shares(FOUND).layout.yaxis.range[1] > 75


def test_items_on_the_diagonal_are_where_they_were_planted() -> None:
    diagonal, items = items_on_factor(FOUND, 0, ["Item <1>", "Item 2"], ITEMS).data
    assert (items.x, items.y) == ((1.0, -1.0), (0.9, -1.2))
    assert items.customdata == ("Item &lt;1>", "Item 2")
    assert diagonal.x == diagonal.y and diagonal.x[1] > 1.2
    assert items_on_factor(FOUND, 1, ["a", "b"], MOVIES).layout.title.text == "Movies on planted factor 2"


def test_strengths_stand_side_by_side() -> None:
    planted, found = strengths(FOUND, ITEMS).data
    assert (planted.x, planted.y) == ((1, 2), (0.6, 0.3))
    assert (found.x, found.y) == ((1, 2, 3), (0.5, 0.2, 0.1))
    (bars,) = planted_strengths(np.array([0.6, 0.3]), ITEMS).data
    assert bars.y == (0.6, 0.3)
