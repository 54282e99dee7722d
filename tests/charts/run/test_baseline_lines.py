"""Baselines beside the curves: which lines are drawn, that they squash nothing, and that no labels overlap."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.charts.run.baseline_lines import Level, axis_span, level_labels, visible_baselines
from cf_core.charts.run.curves import loss_curves
from cf_core.insight.baselines import Baseline
from cf_core.training.events import BatchEnded, EpochEnded, Event, FitStarted
from cf_core.training.history import History


def baseline(name: str, valid_loss: float) -> Baseline:
    return Baseline(name, valid_loss, 0.5, "ŷ = μ < 5; μ = mean", "computed here")


BASELINES = [baseline("global mean", 9.0), baseline("user and movie means", 1.44), baseline("best", 0.81)]


def history(first_loss: float = 2.0) -> History:
    events: list[Event] = [FitStarted(80, 20, 100, 2, 1_000, "cpu", "Model()")]
    for epoch in (1, 2):
        losses = [first_loss if (epoch, i) == (1, 1) else 2 / epoch for i in range(1, 101)]
        events += [BatchEnded(epoch, i, 100, 1, loss, 0.1) for i, loss in enumerate(losses, start=1)]
        events.append(EpochEnded(epoch, 1, 1.0, 1.6 / epoch, 1.0, 0.8, 0.1, 1.0, 80.0))
    return History.of(events)


def across(figure) -> list[float]:
    """Heights of the thin lines."""
    return [shape.y0 for shape in figure.layout.shapes if shape.line.dash is None]


def test_lines_in_reach_are_drawn_and_named() -> None:
    figure = loss_curves(history(), (1.3, 1.2), baselines=BASELINES)
    assert across(figure) == [1.44, 0.81]
    texts = [note.text for note in figure.layout.annotations]
    assert texts == ["the lesson: 1.200", "user and movie<br>means: 1.440", "best: 0.810"]


def test_the_hover_says_formula_figures_and_source() -> None:
    note = loss_curves(history(), baselines=BASELINES).layout.annotations[0]
    assert note.hovertext == "ŷ = μ &lt; 5<br>μ = mean<br>RMSE 1.200, MAE 0.500 stars<br>computed here"


def test_in_rmse_they_are_roots() -> None:
    figure = loss_curves(history(), metric="rmse", baselines=BASELINES)
    assert across(figure) == [1.2, 0.9]
    assert [note.text for note in figure.layout.annotations] == ["user and movie<br>means: 1.200", "best: 0.900"]


def test_without_losses_there_is_no_line() -> None:
    assert across(loss_curves(History.of([]), baselines=BASELINES)) == []


def test_without_baselines_the_axis_is_as_it_was() -> None:
    bounds = loss_curves(history(50.0)).layout.yaxis.autorangeoptions
    assert (bounds.clipmin, bounds.clipmax) == pytest.approx((0.93 * 0.8, 1.12 * 2))


def test_a_clipped_axis_makes_room_for_the_lines() -> None:
    near = baseline("a little above", 2.5)
    bounds = loss_curves(history(50.0), baselines=[near]).layout.yaxis.autorangeoptions
    assert bounds.clipmax > 2.5
    assert bounds.clipmax in bounds.include


def test_labels_stand_in_the_right_margin_at_the_height_of_their_lines() -> None:
    figure = loss_curves(history(), (1.3, 1.2), baselines=BASELINES)
    for note in figure.layout.annotations:
        assert (note.xref, note.x, note.xanchor, note.yref, note.yanchor) == ("paper", 1, "left", "y", "middle")
    assert [note.y for note in figure.layout.annotations] == [1.2, 1.44, 0.81]
    assert figure.layout.margin.r > 100
    assert loss_curves(history()).layout.margin.r == 12


def test_the_margin_is_there_before_the_first_loss() -> None:
    """So that the panel keeps its width once labels come."""
    before, after = (loss_curves(run, baselines=BASELINES) for run in (History.of([]), history()))
    assert before.layout.margin.r == after.layout.margin.r


losses = st.floats(0.1, 10)


@settings(max_examples=150, deadline=None)
@given(low=losses, height=st.floats(0.01, 10), baselines=st.lists(losses, max_size=3))
def test_the_curves_keep_about_two_thirds_of_the_height(low: float, height: float, baselines: list[float]) -> None:
    levels = visible_baselines([baseline("one", loss) for loss in baselines], (low, low + height), "mse")
    inside = [loss for loss in baselines if low <= loss <= low + height]
    assert [level.loss for level in levels if low <= level.loss <= low + height] == inside
    bottom, top = axis_span(levels, (low, low + height))
    assert top - bottom <= 1.5 * 1.04 * height * (1 + 1e-9)
    assert all(bottom <= level.loss <= top for level in levels)


def test_the_axis_ends_a_little_beyond_a_line() -> None:
    """2 % of the axis."""
    assert axis_span([Level("one", 0.5)], (0.0, 1.0)) == (0, 1)
    assert axis_span([Level("one", 1.2), Level("two", -0.3)], (0.0, 1.0)) == pytest.approx((-0.33, 1.23))
    assert axis_span([], (0.0, 1.0)) == (0, 1)


def shifts(*losses: float) -> list[float]:
    """By how many pixels labels move upward on an axis where 1 pixel is 0.01 of loss."""
    return [label["yshift"] for label in level_labels([Level("one", loss) for loss in losses], (0.0, 2.1))]


def test_labels_with_room_stay_at_their_lines() -> None:
    assert shifts(1.0) == [0]
    assert shifts(1.0, 1.3, 0.7) == [0, 0, 0]


def test_labels_that_would_overlap_are_moved_apart_evenly() -> None:
    assert shifts(1.0, 1.1) == [-10, 10]  # 10 pixels apart, 30 needed
    assert shifts(1.1, 1.0) == [10, -10]
    assert shifts(1.0, 1.0, 1.0) == [-30, 0, 30]
    assert shifts(0.2, 1.0, 1.2) == [0, -5, 5]


@settings(max_examples=300, deadline=None)
@given(losses=st.lists(st.floats(0.6, 1.4), min_size=1, max_size=4))
def test_no_label_overlaps_another(losses: list[float]) -> None:
    """In pixels of the panel, 210 high: a label is 30 high, its middle at its line where nothing is in the way."""
    labels = level_labels([Level("one", loss) for loss in losses], (0.6, 1.4))
    middles = sorted(label["y"] * 210 / 0.8 + label["yshift"] for label in labels)
    assert all(upper - lower >= 30 - 0.02 for lower, upper in itertools.pairwise(middles))
    assert sum(label["yshift"] for label in labels) == pytest.approx(0, abs=0.05)
