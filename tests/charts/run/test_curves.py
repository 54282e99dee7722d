import itertools
import json
import math
import re

import pandas as pd
import pytest

from cf_core.charts.run.curve_marks import Mark, mark_labels
from cf_core.charts.run.curves import loss_curves
from cf_core.training.events import BatchEnded, CommandTaken, EpochEnded, Event, FitEnded, FitStarted
from cf_core.training.history import History


def started(n_epochs: int = 6) -> FitStarted:
    return FitStarted(80, 20, 100, n_epochs, 1_000, "cpu", "DotProduct()")


def batch(epoch: int, number: int, loss: float, phase: int = 1, rate: float = 0.1) -> BatchEnded:
    return BatchEnded(epoch, number, 100, phase, loss, rate)


def ended(epoch: int, loss: float, phase: int = 1) -> EpochEnded:
    return EpochEnded(epoch, phase, loss, loss, loss**0.5, 0.8, 0.1, 1.0, 80.0)


def texts(figure) -> list[str]:
    """What stands in the margins, without its formatting."""
    return [re.sub("<(?!br)[^>]*>", "", note.text) for note in figure.layout.annotations]


def by_name(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def two_epochs() -> History:
    events: list[Event] = [started()]
    events += [batch(1, 50, 2.0), batch(1, 100, 1.0), ended(1, 1.44)]
    events += [batch(2, 50, 0.9, 2, 0.01), batch(2, 100, 0.81, 2, 0.01), ended(2, 1.21, 2)]
    return History.of(events)


def test_losses_and_rate_lie_over_the_same_epochs() -> None:
    figure = loss_curves(two_epochs())
    lines = by_name(figure)
    assert set(lines) == {"training loss", "validation loss", "learning rate"}
    assert list(lines["training loss"].x) == list(lines["learning rate"].x) == [0.5, 1.0, 1.5, 2.0]
    assert list(lines["training loss"].y) == [2.0, 1.0, 0.9, 0.81]
    assert (list(lines["validation loss"].x), list(lines["validation loss"].y)) == ([1, 2], [1.44, 1.21])
    assert list(lines["learning rate"].y) == [0.1, 0.1, 0.01, 0.01]
    assert lines["learning rate"].yaxis == "y2"
    assert figure.layout.yaxis2.type == "log"
    assert figure.layout.hovermode == "x unified"


def test_titles_carry_units() -> None:
    look = loss_curves(two_epochs()).layout
    assert look.xaxis.title.text == "epochs"
    assert look.yaxis.title.text == "loss (MSE, stars²)"
    assert look.yaxis2.title.text == "rate"
    assert loss_curves(two_epochs(), metric="rmse").layout.yaxis.title.text == "loss (RMSE, stars)"


def test_rmse_is_the_root_of_every_loss() -> None:
    lines = by_name(loss_curves(two_epochs(), (1.0, 0.64), metric="rmse"))
    assert list(lines["validation loss"].y) == [1.2, 1.1]
    assert lines["training loss"].y[3] == 0.9
    assert list(lines["the lesson, each epoch"].y) == [1.0, 0.8]


def test_the_lesson_has_diamonds_a_dashed_line_and_its_figure() -> None:
    figure = loss_curves(two_epochs(), (1.3, 1.129))
    diamonds = by_name(figure)["the lesson, each epoch"]
    assert (list(diamonds.x), diamonds.marker.symbol) == ([1, 2], "diamond-open")
    line = next(shape for shape in figure.layout.shapes if shape.line.dash == "dash")
    assert line.y0 == line.y1 == 1.129
    assert "the lesson: 1.129" in texts(figure)


def test_a_later_phase_is_marked_where_it_begins() -> None:
    layout = loss_curves(two_epochs()).layout
    (line,) = layout.shapes
    assert (line.x0, line.x1) == (1, 1)
    (label,) = layout.annotations
    assert (label.text, label.x, label.y, label.yanchor) == ("phase 2", 1, 1, "bottom")


def test_the_axis_spans_all_epochs_from_the_start() -> None:
    early = loss_curves(History.of([started(), batch(1, 2, 3.0)])).layout.xaxis.range
    assert tuple(early) == tuple(loss_curves(two_epochs()).layout.xaxis.range)
    assert early[0] == 0
    assert 6 <= early[1] < 6.2


def test_high_first_losses_are_cut_off_and_told() -> None:
    events: list[Event] = [started(1)] + [batch(1, i, 13.0 if i == 1 else 1.0) for i in range(1, 101)] + [ended(1, 1.2)]
    figure = loss_curves(History.of(events))
    assert figure.layout.yaxis.range[1] < 13 * 1.6
    figure = loss_curves(History.of(events), (1.3, 1.2))
    assert figure.layout.yaxis.range == pytest.approx((0.72 * 1.2, 1.05 * 1.3))
    assert "↑ starts at 13" in texts(figure)
    assert "↑ starts at 2" not in texts(loss_curves(two_epochs(), (3.0, 1.2)))


def test_the_loss_axis_stays_while_a_run_grows() -> None:
    """From before its first loss to its end, but for the first reports of a loss that begins high."""
    events: list[Event] = [started(2)]
    events += [batch(epoch, i, 1 + 12 / (100 * epoch + i - 100)) for epoch in (1, 2) for i in range(1, 101)]
    ranges = [tuple(loss_curves(History.of(events[:n]), (1.3, 1.2)).layout.yaxis.range) for n in range(len(events) + 1)]
    changes = [n for n, (one, other) in enumerate(itertools.pairwise(ranges)) if one != other]
    assert len(changes) <= 6
    assert max(changes) < 60
    assert ranges[0] == ranges[-1]


def test_a_run_that_leaves_the_axis_widens_it_by_whole_steps() -> None:
    at = [History.of([started(1), *(batch(1, i, loss) for i in range(1, 101))]) for loss in (5.0, 5.1, 0.01)]
    high, higher, low = (loss_curves(history, (1.0,)).layout.yaxis.range for history in at)
    assert high == higher and high[1] > 5.1
    assert low[0] == 0 and low[1] == pytest.approx(1.05)


def reports_of(n_epochs: int) -> list[BatchEnded]:
    return [batch(epoch, i, 1 / (epoch * 100 + i)) for epoch in range(1, n_epochs + 1) for i in range(1, 101)]


def test_reports_are_thinned_and_keep_their_ends() -> None:
    line = by_name(loss_curves(History.of([started(20), *reports_of(20)])))["training loss"]
    assert 300 <= len(line.x) <= 600
    assert (line.x[0], line.x[-1]) == (0.01, 20.0)


def test_points_that_are_drawn_stay_while_the_run_grows() -> None:
    reports = reports_of(10)
    before = by_name(loss_curves(History.of([started(20), *reports[:700]])))["training loss"].x
    after = by_name(loss_curves(History.of([started(20), *reports[:720]])))["training loss"].x
    assert after[: len(before) - 1] == before[:-1]


def test_the_average_is_that_of_all_reports() -> None:
    history = History.of([started(), batch(1, 1, 4.0), batch(1, 2, 6.0), batch(1, 3, 0.0)])
    lines = by_name(loss_curves(history, smoothing=0.5))
    assert list(lines["training loss, smoothed"].y) == pytest.approx([4, 16 / 3, 16 / 7], rel=1e-5)
    assert list(lines["training loss"].y) == [4, 6, 0]
    assert "training loss, smoothed" not in by_name(loss_curves(history))
    stronger = by_name(loss_curves(history, smoothing=0.9))["training loss, smoothed"].y
    assert abs(stronger[2] - 10 / 3) < abs(lines["training loss, smoothed"].y[2] - 10 / 3)


def test_rmse_of_the_average_is_its_root() -> None:
    history = History.of([started(), batch(1, 1, 4.0), batch(1, 2, 4.0)])
    assert list(by_name(loss_curves(history, metric="rmse", smoothing=0.9))["training loss, smoothed"].y) == [2, 2]


PLAN = pd.DataFrame({"position": [1.0, 2.0], "learning_rate": [0.1, 0.01]})


def test_the_plan_of_the_rate_and_where_the_run_is_on_it() -> None:
    lines = by_name(loss_curves(two_epochs(), plan=PLAN))
    assert (list(lines["rate as planned"].x), list(lines["rate as planned"].y)) == ([1, 2], [0.1, 0.01])
    assert (list(lines["now"].x), list(lines["now"].y)) == ([2.0], [0.01])


def test_a_run_that_has_ended_is_nowhere_on_the_plan() -> None:
    over = two_epochs()
    over.add(FitEnded("finished", 2, 1.0))
    assert "now" not in by_name(loss_curves(over, plan=PLAN))


def commanded() -> History:
    history = two_epochs()
    history.add(CommandTaken(1, 50, 100, "pause"))
    history.add(CommandTaken(1, 50, 100, "step_batch"))
    history.add(CommandTaken(1, 51, 100, "set_learning_rate", 0.05))
    return history


def test_commands_are_marked_where_they_took_effect() -> None:
    figure = loss_curves(commanded())
    points = by_name(figure)["commands"]
    assert list(points.x) == [0.5, 0.51]
    assert list(points.y) == [0.1, 0.05]  # the rate from then on
    assert list(points.customdata) == ["paused, before batch 51", "rate 0.05, before batch 52"]
    assert {shape.x0 for shape in figure.layout.shapes} == {1, 0.5, 0.51}
    labels = {note.text: (note.x, note.yshift) for note in figure.layout.annotations}
    assert labels == {"phase 2": (1, 0), "rate 0.05": (0.51, 15)}, "the text of the pause would run into the next"


def test_no_text_of_a_mark_runs_into_another() -> None:
    marks = [Mark(at, "rate 0.05", "red") for at in (0, 0.9, 1.5, 5, 5.1)]
    assert [label["x"] for label in mark_labels(marks, 6)] == [0, 1.5, 5.1]
    assert [label["x"] for label in mark_labels(marks[:2], 3)] == [0, 0.9]


def test_of_many_commands_the_latest_have_lines_and_all_have_points() -> None:
    history = two_epochs()
    for i in range(1, 41):
        history.add(CommandTaken(1, i, 100, "set_learning_rate", i / 100))
    figure = loss_curves(history)
    assert len(by_name(figure)["commands"].x) == 40
    assert min(shape.x0 for shape in figure.layout.shapes) == 0.21


def test_a_command_before_the_first_report() -> None:
    history = History.of([started(), CommandTaken(1, 0, 100, "pause")])
    assert list(by_name(loss_curves(history))["commands"].y) == [None]


def test_the_epoch_that_the_map_shows_is_marked() -> None:
    layout = loss_curves(two_epochs(), epoch=2).layout
    assert {note.text: note.x for note in layout.annotations}["the map"] == 2
    assert 2 in [shape.x0 for shape in layout.shapes]


def test_a_diverged_run_is_drawn_without_its_infinite_losses() -> None:
    figure = loss_curves(History.of([started(), batch(1, 50, 2.0), batch(1, 100, math.inf), batch(2, 1, math.nan)]))
    assert list(by_name(figure)["training loss"].y) == [2.0, None, None]
    json.loads(figure.to_json())


def test_an_empty_history_says_so() -> None:
    figure = loss_curves(History.of([]))
    assert texts(figure) == ["no losses yet"]
    assert all(trace.name for trace in figure.data)


def test_what_there_is_to_beat_is_there_before_the_first_loss() -> None:
    figure = loss_curves(History(), (1.3, 1.129))
    assert texts(figure) == ["the lesson: 1.129"]
    assert figure.layout.yaxis.range == pytest.approx((0.72 * 1.129, 1.05 * 1.3))


def test_the_rate_has_a_sixth_of_the_height() -> None:
    look = loss_curves(two_epochs()).layout
    assert look.yaxis2.domain == pytest.approx((0, 1 / 6))


def test_the_rate_axis_has_few_ticks() -> None:
    fading = [batch(1, i, 1.0, rate=10.0**-i) for i in range(1, 9)]
    ticks = loss_curves(History.of([started(), *fading])).layout.yaxis2.tickvals
    assert 0.1 in ticks
    assert len(ticks) <= 2
    assert min(ticks) >= 1e-7
