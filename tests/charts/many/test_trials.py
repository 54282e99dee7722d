"""Charts of the trials of a sweep, from hand-made numbers."""

import pytest

from cf_core.charts.many.parallel import parallel_runs
from cf_core.charts.many.scales import clipped_axis, note_on_clipped, reach
from cf_core.charts.many.scatter import setting_against_result
from cf_core.charts.many.trials import sweep_progress, trial_curves
from cf_core.charts.style import GREY
from cf_core.runs.experiment import INNER_RMSE, experiment_of_trials
from cf_core.words import MOVIES, Words
from tests.sweeps.trials import trial

TRIALS = {
    "d": trial(3, 0.95, 0.86),
    "a": trial(0, 1.0, 0.9),
    "b": trial(1, 0.99, state="pruned"),
    "c": trial(2, 0.97, 0.92),
    "e": trial(4, 5.0, state="diverged"),
    "f": trial(5, state="failed"),
}
NAMES = {run_id: f"<{run_id}>" for run_id in "abcdefg"}


def points(figure, name):
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return list(zip(trace.x, trace.y, strict=True))


def test_the_best_so_far_goes_down_in_steps_and_on_to_the_last_trial_planned() -> None:
    figure = sweep_progress(TRIALS, 10, [], NAMES, MOVIES)
    assert points(figure, "finished") == [(1, 0.9), (3, 0.92), (4, 0.86)]
    assert points(figure, "given up") == [(2, 0.99)]
    assert points(figure, "best so far") == [(1, 0.9), (3, 0.9), (4, 0.86), (10, 0.86)]
    assert figure.data[3].line.shape == "hv" and figure.data[1].marker.symbol == "x"
    assert not figure.data[2].showlegend


def test_the_chosen_stand_out_whether_given_up_or_not_and_a_click_knows_the_run() -> None:
    figure = sweep_progress(TRIALS, 10, ["b", "c", "gone"], NAMES, Words("book", "books", "points"))
    assert points(figure, "chosen") == [(2, 0.99), (3, 0.92)]
    assert points(figure, "finished") == [(1, 0.9), (4, 0.86)] and not points(figure, "given up")
    assert figure.data[0].marker.opacity < figure.data[2].marker.opacity == 1
    assert list(figure.data[2].customdata[0]) == ["&lt;b>", "b"]
    assert "points" in figure.layout.yaxis.title.text


def test_before_the_first_trial_the_axes_say_what_will_be_there() -> None:
    figure = sweep_progress({}, 20, [], {}, MOVIES)
    assert not any(len(trace.x) for trace in figure.data)
    assert figure.layout.xaxis.range == (0, 21) and "a point for each trial" in figure.layout.annotations[0].text


def test_a_trial_that_is_far_off_does_not_press_the_others_together() -> None:
    rmses = [0.8, 0.9, 0.9, 0.9, 7.0]
    assert reach(rmses) == pytest.approx(0.8 + 4 * 0.1)
    assert clipped_axis(rmses)["autorangeoptions"]["clipmax"] == pytest.approx(1.2)
    assert "1 above 1.2" in note_on_clipped(rmses)[0]["text"]
    assert "clipmax" not in clipped_axis([0.8, 0.9, 1.0])["autorangeoptions"] and not note_on_clipped([0.8, 0.9, 1.0])
    assert reach([0.9, 0.9, 1.5]) == 1.5, "where the median is the lowest, nothing is cut off"


def test_curves_of_a_kind_are_one_line_with_gaps_and_those_under_way_are_set_off() -> None:
    figure = trial_curves(TRIALS, {"g": [0.93]}, "d", ["c"], NAMES, MOVIES, n_epochs=6)
    assert figure.layout.xaxis.range[1] >= 6
    assert points(figure, "finished") == [(1, 1.0), (2, 0.9), (None, None)]
    assert points(figure, "given up") == [(1, 0.99), (None, None)]
    assert points(figure, "under way") == [(1, 0.93), (None, None)]
    assert points(figure, "best so far") == [(1, 0.95), (2, 0.86), (None, None)]
    assert points(figure, "chosen") == [(1, 0.97), (2, 0.92), (None, None)]
    assert figure.data[1].line.dash == "dot"
    assert not any(len(trace.x) for trace in trial_curves({}, {}, None, [], {}, MOVIES).data)


def test_given_up_trials_are_crosses_in_the_scatter_and_grey_lines_on_parallel_axes() -> None:
    table = experiment_of_trials(TRIALS, ["learning_rate"]).table
    figure = setting_against_result(table, "learning rate", INNER_RMSE, ["a"], NAMES, MOVIES, ["b"])
    crosses = figure.data[2]
    assert (crosses.name, crosses.marker.symbol, list(crosses.y)) == ("given up", "x", [0.99])
    assert len(setting_against_result(table, "learning rate", INNER_RMSE, [], NAMES, MOVIES).data) == 2
    line = parallel_runs(table, ["learning rate"], INNER_RMSE, ["b"]).data[0].line
    colors = dict(zip(table.index, line.color, strict=True))
    assert colors["b"] == line.cmin < line.cmin + 0.1 * (line.cmax - line.cmin) == pytest.approx(colors["d"])
    assert line.colorscale[0] == (0.0, GREY) and line.colorscale[1] == (0.1, GREY)
    assert GREY not in dict(parallel_runs(table, ["learning rate"], INNER_RMSE).data[0].line.colorscale).values()
