"""The honest rail: which lines are drawn, that they squash nothing, and that no label lies on another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.charts.run.baseline_lines import Curves, rail_in_sight, rail_labels
from cf_core.charts.run.curves import loss_curves
from cf_core.insight.baselines import Baseline
from cf_core.training.events import BatchEnded, EpochEnded, Event, FitStarted
from cf_core.training.history import History


def baseline(name: str, valid_loss: float) -> Baseline:
    return Baseline(name, valid_loss, 0.5, "ŷ = μ < 5; μ = mean", "computed here")


RAIL = [baseline("global mean", 9.0), baseline("user and item means", 1.44), baseline("best", 0.81)]


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
    figure = loss_curves(history(), (1.3, 1.2), rail=RAIL)
    assert across(figure) == [1.44, 0.81]
    texts = [note.text for note in figure.layout.annotations]
    assert texts == ["the lesson: 1.200", "user and item means: 1.440", "best: 0.810"]


def test_the_hover_says_formula_figures_and_source() -> None:
    note = loss_curves(history(), rail=RAIL).layout.annotations[0]
    assert note.hovertext == "ŷ = μ &lt; 5<br>μ = mean<br>RMSE 1.200, MAE 0.500 stars<br>computed here"


def test_in_rmse_they_are_roots() -> None:
    figure = loss_curves(history(), metric="rmse", rail=RAIL)
    assert across(figure) == [1.2, 0.9]
    assert [note.text for note in figure.layout.annotations] == ["user and item means: 1.200", "best: 0.900"]


def test_without_losses_there_is_no_line() -> None:
    assert across(loss_curves(History.of([]), rail=RAIL)) == []


def test_without_a_rail_the_axis_is_as_it_was() -> None:
    bounds = loss_curves(history(50.0)).layout.yaxis.autorangeoptions
    assert (bounds.clipmin, bounds.clipmax) == pytest.approx((0.93 * 0.8, 1.12 * 2))


def test_a_clipped_axis_makes_room_for_the_lines() -> None:
    near = baseline("a little above", 2.5)
    bounds = loss_curves(history(50.0), rail=[near]).layout.yaxis.autorangeoptions
    assert bounds.clipmax > 2.5
    assert bounds.clipmax in bounds.include


losses = st.floats(0.1, 10)


@settings(max_examples=150, deadline=None)
@given(low=losses, height=st.floats(0.01, 10), rail=st.lists(losses, max_size=3))
def test_the_curves_keep_two_thirds_of_the_height(low: float, height: float, rail: list[float]) -> None:
    marks = rail_in_sight([baseline("one", loss) for loss in rail], (low, low + height), "mse")
    inside = [loss for loss in rail if low <= loss <= low + height]
    assert [mark.loss for mark in marks if low <= mark.loss <= low + height] == inside
    for mark in marks:
        assert mark.shown[1] - mark.shown[0] <= 1.5 * height * (1 + 1e-9)


@settings(max_examples=300, deadline=None)
@given(
    rail=st.lists(st.floats(0.6, 1.4), max_size=3),
    lesson=st.none() | st.floats(0.7, 1.3),
    curve=st.lists(st.floats(0.6, 1.4), max_size=10),
)
def test_no_label_lies_on_another(rail: list[float], lesson: float | None, curve: list[float]) -> None:
    """In pixels of the panel, 210 high: a label is 15 high and 3 from its line; the lesson's hangs right, under its
    line."""
    marks = rail_in_sight([baseline("one", loss) for loss in rail], (0.6, 1.4), "mse")
    curves = Curves([float(i) for i in range(len(curve))], curve, max(len(curve), 1))
    boxes = [] if lesson is None else [("right", lesson * 210 / 0.8 - 18, lesson * 210 / 0.8 - 3)]
    for mark, label in zip(marks, rail_labels(marks, curves, lesson), strict=True):
        base = mark.loss * 210 / 0.8 + (3 if label["yanchor"] == "bottom" else -18)
        boxes.append((label["xanchor"], base, base + 15))
    for i, (side, low, high) in enumerate(boxes):
        for other_side, other_low, other_high in boxes[:i]:
            assert side != other_side or high <= other_low + 0.01 or other_high <= low + 0.01


def test_a_label_keeps_clear_of_the_curve() -> None:
    """The curve runs along the right half just above the line: the label goes below or to the left."""
    (mark,) = rail_in_sight([baseline("one", 1.0)], (0.5, 1.5), "mse")
    curves = Curves([i / 100 for i in range(50, 100)], [1.03] * 50, 1)
    (label,) = rail_labels([mark], curves, None)
    assert (label["xanchor"], label["yanchor"]) == ("right", "top")
