import math
from dataclasses import replace

from cf_core.charts.run.compare import compare_curves
from cf_core.training.events import BatchEnded, EpochEnded, FitEnded, FitStarted
from cf_core.training.history import History


def run(losses: list[float], rate: float = 0.1) -> History:
    """Two reports and a validation an epoch."""
    history = History.of([FitStarted(80, 20, 2, len(losses), 1_000, "cpu", "Model()")])
    for epoch, loss in enumerate(losses, start=1):
        history.add(BatchEnded(epoch, 1, 2, 1, loss + 0.2, rate))
        history.add(BatchEnded(epoch, 2, 2, 1, loss + 0.1, rate))
        history.add(EpochEnded(epoch, 1, loss, loss, loss**0.5, 0.8, rate, 1.0, 80.0))
    return history


def lines(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def test_each_run_has_three_lines_of_one_colour_and_its_own() -> None:
    figure = compare_curves({"one": run([1.0, 0.9]), "two": run([0.8], rate=0.01)})
    drawn = lines(figure)
    assert list(drawn["one, validation"].y) == [1.0, 0.9]
    assert list(drawn["two, training"].x) == [0.5, 1.0]
    assert list(drawn["two, rate"].y) == [0.01, 0.01]
    colors = {name: trace.line.color for name, trace in drawn.items()}
    assert colors["one, training"] == colors["one, validation"] == colors["one, rate"] != colors["two, rate"]


def test_the_axis_holds_the_longer_run() -> None:
    assert compare_curves({"one": run([1.0] * 3), "two": run([1.0] * 5)}).layout.xaxis.range[1] >= 5


def test_the_axis_holds_what_a_run_under_way_means_to_train() -> None:
    stopped = run([1.0] * 3)
    stopped.started = replace(stopped.started, n_epochs=8)
    assert compare_curves({"one": stopped}).layout.xaxis.range[1] >= 8
    stopped.add(FitEnded("stopped", 3, 1.0))
    assert compare_curves({"one": stopped}).layout.xaxis.range[1] < 4


def test_rmse_is_the_root() -> None:
    figure = compare_curves({"one": run([0.81])}, "rmse")
    assert list(lines(figure)["one, validation"].y) == [0.9]
    assert figure.layout.yaxis.title.text == "loss (RMSE, stars)"


def test_names_are_shown_as_they_stand() -> None:
    assert all("&lt;b>" in trace.name for trace in compare_curves({"<b>": run([1.0])}).data)


def test_runs_that_have_not_begun_or_diverged() -> None:
    assert len(compare_curves({"one": History(), "two": run([math.inf])}).data) == 6
    assert compare_curves({}).layout.title.text


def test_where_a_run_diverged_the_losses_are_on_a_logarithmic_axis() -> None:
    diverged = run([4.0])
    diverged.add(BatchEnded(2, 1, 2, 1, 20_000.0, 0.5))
    assert compare_curves({"one": run([0.9]), "two": diverged}).layout.yaxis.type is None
    diverged.add(FitEnded("diverged", 1, 1.0))
    axis = compare_curves({"one": run([0.9]), "two": diverged}).layout.yaxis
    assert axis.type == "log"
    assert (min(axis.tickvals), max(axis.tickvals)) == (1, 100)


def test_what_shoots_up_without_end_is_cut_off_and_said() -> None:
    diverged = run([4.0])
    diverged.add(BatchEnded(2, 1, 2, 1, 20_000.0, 0.5))
    diverged.add(FitEnded("diverged", 1, 1.0))
    layout = compare_curves({"one": run([0.9]), "two": diverged}).layout
    assert layout.yaxis.autorangeoptions.clipmax < 200
    assert [note.text for note in layout.annotations] == ["↑ up to 2e+04"]
    little = run([4.0])
    little.add(FitEnded("diverged", 1, 1.0))
    assert not compare_curves({"two": little}).layout.annotations
