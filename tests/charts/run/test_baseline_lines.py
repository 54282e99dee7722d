"""Baselines beside the curves: their lines, and that no labels overlap."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.charts.run.baseline_lines import Level, baseline_levels, level_labels, level_lines
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
    """Heights of the lines of the baselines."""
    return [shape.y0 for shape in figure.layout.shapes if shape.line.dash == "solid"]


def texts(figure) -> list[str]:
    """What stands in the margin, without its formatting."""
    return [re.sub("<(?!br)[^>]*>", "", note.text) for note in figure.layout.annotations if note.showarrow]


def test_all_are_drawn_and_named_from_the_start() -> None:
    for run in (History(), history()):
        figure = loss_curves(run, (1.3, 1.2), baselines=BASELINES)
        assert across(figure) == [9.0, 1.44, 0.81]
        named = ["the lesson: 1.200", "global mean: 9.000", "user and movie<br>means: 1.440", "best: 0.810"]
        assert texts(figure) == named
        low, high = figure.layout.yaxis.range
        assert low < 0.81 and high > 9


def test_the_hover_says_formula_figures_and_source() -> None:
    note = loss_curves(history(), baselines=BASELINES[1:]).layout.annotations[0]
    assert note.hovertext == "ŷ = μ &lt; 5<br>μ = mean<br>RMSE 1.200, MAE 0.500 stars<br>computed here"


def test_in_rmse_they_are_roots() -> None:
    figure = loss_curves(history(), metric="rmse", baselines=BASELINES)
    assert across(figure) == [3.0, 1.2, 0.9]
    assert texts(figure) == ["global mean: 3.000", "user and movie<br>means: 1.200", "best: 0.900"]


def test_each_has_a_colour_of_its_own_which_its_label_shares() -> None:
    levels = baseline_levels(BASELINES, "mse")
    assert len({level.color for level in levels}) == 3
    for level, label, line in zip(levels, level_labels(levels, (0, 10)), level_lines(levels), strict=True):
        assert label["arrowcolor"] == line["line"]["color"] == level.color
        assert f'style="color:{level.color}"' in label["text"]


def test_labels_stand_in_the_right_margin_at_the_height_of_their_lines() -> None:
    figure = loss_curves(history(), (1.3, 1.2), baselines=BASELINES)
    notes = [note for note in figure.layout.annotations if note.showarrow]
    for note in notes:
        assert (note.xref, note.x, note.xanchor, note.yref, note.yanchor) == ("paper", 1, "left", "y", "middle")
    assert [note.y for note in notes] == [1.2, 9.0, 1.44, 0.81]
    assert figure.layout.margin.r > 100
    assert loss_curves(history()).layout.margin.r == 12


def test_the_margin_is_there_before_the_first_loss() -> None:
    """So that the panel keeps its width once labels come."""
    before, after = (loss_curves(run, baselines=BASELINES) for run in (History.of([]), history()))
    assert before.layout.margin.r == after.layout.margin.r


def shifts(*losses: float) -> list[float]:
    """By how many pixels labels move upward on an axis where 1 pixel is 0.01 of loss."""
    return [-label["ay"] for label in level_labels([Level("one", loss) for loss in losses], (0.0, 2.15))]


def test_labels_with_room_stay_at_their_lines() -> None:
    assert shifts(1.0) == [0]
    assert shifts(1.0, 1.4, 0.6) == [0, 0, 0]


def test_labels_that_would_overlap_are_moved_apart_evenly() -> None:
    assert shifts(1.0, 1.1) == [-13.5, 13.5]  # 10 pixels apart, 37 needed
    assert shifts(1.1, 1.0) == [13.5, -13.5]
    assert shifts(1.0, 1.0, 1.0) == [-37, 0, 37]
    assert shifts(0.2, 1.0, 1.2) == [0, -8.5, 8.5]


@settings(max_examples=300)
@given(losses=st.lists(st.floats(0.6, 1.4), min_size=1, max_size=4))
def test_no_label_overlaps_another(losses: list[float]) -> None:
    """In pixels of the panel, 215 high: a label is 37 high, its middle at its line where nothing is in the way."""
    labels = level_labels([Level("one", loss) for loss in losses], (0.6, 1.4))
    middles = sorted(label["y"] * 215 / 0.8 - label["ay"] for label in labels)
    assert all(upper - lower >= 37 - 0.02 for lower, upper in itertools.pairwise(middles))
    assert sum(label["ay"] for label in labels) == pytest.approx(0, abs=0.05)
