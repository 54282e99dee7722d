import json
import math

import pandas as pd
import pytest

from cf_core.charts.curves import loss_curves, schedule_preview
from cf_core.training.events import BatchEnded, EpochEnded, Event, FitStarted
from cf_core.training.history import History


def started(n_epochs: int = 6) -> FitStarted:
    return FitStarted(80, 20, 100, n_epochs, 1_000, "cpu", "DotProduct()")


def batch(epoch: int, number: int, loss: float, phase: int = 1, rate: float = 0.1) -> BatchEnded:
    return BatchEnded(epoch, number, 100, phase, loss, rate)


def ended(epoch: int, loss: float, phase: int = 1) -> EpochEnded:
    return EpochEnded(epoch, phase, loss, loss, loss**0.5, 0.8, 0.1, 1.0, 80.0)


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
    assert look.yaxis2.title.text == "learning rate"
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
    assert "the lesson: 1.129" in [note.text for note in figure.layout.annotations]


def test_a_later_phase_is_marked_where_it_begins() -> None:
    (line,) = loss_curves(two_epochs()).layout.shapes
    assert (line.x0, line.x1, line.label.text) == (1, 1, "phase 2")


def test_the_axis_spans_all_epochs_from_the_start() -> None:
    early = loss_curves(History.of([started(), batch(1, 2, 3.0)])).layout.xaxis.range
    assert tuple(early) == tuple(loss_curves(two_epochs()).layout.xaxis.range)
    assert early[0] == 0
    assert 6 <= early[1] < 6.2


def test_high_first_losses_are_cut_off_and_told() -> None:
    events: list[Event] = [started(1)] + [batch(1, i, 13.0 if i == 1 else 1.0) for i in range(1, 101)] + [ended(1, 1.2)]
    figure = loss_curves(History.of(events))
    assert figure.layout.yaxis.autorangeoptions.clipmax == pytest.approx(1.12 * 1.2)
    assert figure.layout.yaxis.range is None
    assert [note.text for note in figure.layout.annotations] == ["↑ starts at 13"]
    assert loss_curves(two_epochs()).layout.yaxis.autorangeoptions.clipmax is None


def test_reports_are_thinned_to_600_and_keep_their_ends() -> None:
    reports = [batch(epoch, i, 1 / (epoch * 100 + i)) for epoch in range(1, 21) for i in range(1, 101)]
    line = by_name(loss_curves(History.of([started(20), *reports])))["training loss"]
    assert len(line.x) == 600
    assert (line.x[0], line.x[-1]) == (0.01, 20.0)


def test_a_diverged_run_is_drawn_without_its_infinite_losses() -> None:
    figure = loss_curves(History.of([started(), batch(1, 50, 2.0), batch(1, 100, math.inf), batch(2, 1, math.nan)]))
    assert list(by_name(figure)["training loss"].y) == [2.0, None, None]
    json.loads(figure.to_json())


def test_an_empty_history_says_so() -> None:
    figure = loss_curves(History.of([]))
    assert [note.text for note in figure.layout.annotations] == ["no losses yet"]
    assert all(trace.name for trace in figure.data)


def test_the_rate_axis_has_few_ticks() -> None:
    fading = [batch(1, i, 1.0, rate=10.0**-i) for i in range(1, 9)]
    ticks = loss_curves(History.of([started(), *fading])).layout.yaxis2.tickvals
    assert 0.1 in ticks
    assert len(ticks) <= 5
    assert min(ticks) >= 1e-7


def schedule(n: int) -> pd.DataFrame:
    phase = [1] * (n // 2) + [2] * (n - n // 2)
    return pd.DataFrame({"position": [(i + 1) * 2 / n for i in range(n)], "phase": phase, "learning_rate": 0.1})


def test_schedule_preview() -> None:
    figure = schedule_preview(schedule(2_000))
    line = figure.data[0]
    assert len(line.x) == 600
    assert (line.x[0], line.x[-1]) == (0.001, 2.0)
    assert [(shape.x0, shape.label.text) for shape in figure.layout.shapes] == [(1.0, "phase 2")]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("epochs", "learning rate")
    assert "phase %{customdata}" in line.hovertemplate


def test_schedule_preview_of_nothing() -> None:
    assert len(schedule_preview(schedule(0)).data[0].x) == 0
