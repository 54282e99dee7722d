"""Charts of many runs: points, parallel axes and their brushes, bars with their doubts, curves."""

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.many.curves import MOST, validation_curves
from cf_core.charts.many.parallel import FEW, parallel_runs, positions, within
from cf_core.charts.many.scales import is_log
from cf_core.charts.many.scatter import setting_against_result
from cf_core.charts.many.worth import worth_of_settings
from cf_core.insight.importance import Importance
from cf_core.training.history import History
from cf_core.words import MOVIES, Words

TABLE = pd.DataFrame(
    {
        "rate": [0.001, 0.1, 1.0, 0.01],
        "kind": ["bias", "dot", "bias", None],
        "hidden": [np.nan, 5.0, 10.0, 5.0],
        "RMSE": [0.9, 0.95, 1.1, 0.88],
    },
    index=pd.Index(list("abcd"), name="run_id"),
)
NAMES = {"a": "<b>a</b>", "b": "b", "c": "c", "d": "d"}
POINTS = Words("book", "books", "points")


def test_a_point_per_run_and_the_chosen_stand_out() -> None:
    figure = setting_against_result(TABLE, "rate", "RMSE", ["b", "gone"], NAMES, POINTS)
    others, chosen = figure.data
    assert [point[-1] for point in others.customdata] == ["a", "c", "d"]
    assert list(chosen.x) == [0.1] and list(chosen.y) == [0.95] and list(chosen.customdata[0]) == ["b", "b"]
    assert others.customdata[0][0] == "&lt;b>a&lt;/b>"
    assert others.marker.opacity < chosen.marker.opacity == 1
    assert figure.layout.xaxis.type == "log" and "points" in figure.layout.yaxis.title.text
    nothing_chosen = setting_against_result(TABLE, "rate", "RMSE", [], NAMES, MOVIES)
    assert nothing_chosen.data[0].marker.opacity > others.marker.opacity


def test_runs_without_the_setting_are_left_out_and_names_make_an_axis_of_names() -> None:
    figure = setting_against_result(TABLE, "kind", "RMSE", [], NAMES, MOVIES)
    assert list(figure.data[0].x) == ["bias", "dot", "bias"] and figure.layout.xaxis.type == "category"


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0.001, 0.1], True), ([1, 5], False), ([0, 100], False), ([np.nan, 3], False), ([], False)],
)
def test_a_logarithmic_axis_is_for_more_than_a_decade_above_0(values, expected) -> None:
    assert is_log(pd.Series(values, dtype=float)) is expected


def test_positions_are_logarithms_places_of_names_and_below_all_where_there_is_none() -> None:
    assert positions(TABLE["rate"]).tolist() == pytest.approx([-3, -1, 0, -2])
    assert positions(TABLE["kind"]).tolist()[:3] == [0, 1, 0] and positions(TABLE["kind"]).iloc[3] < 0
    assert positions(TABLE["hidden"]).tolist()[1:] == [5, 10, 5] and positions(TABLE["hidden"]).iloc[0] < 5
    assert positions(pd.Series([np.nan, 3.0])).tolist() == [2.0, 3.0]


def test_a_brush_keeps_the_runs_within_all_its_ranges() -> None:
    settings = ["rate", "kind", "hidden"]
    assert within(TABLE, settings, "RMSE", [None] * 4) == []
    assert within(TABLE, settings, "RMSE", [[[-3.5, -1.5]], None, None, None]) == ["a", "d"]
    assert within(TABLE, settings, "RMSE", [[[-3.5, -1.5]], None, None, [[0.895, 2]]]) == ["a"]
    assert within(TABLE, settings, "RMSE", [[[-3.1, -2.9], [-0.1, 0.1]], None, None, None]) == ["a", "c"]
    assert within(TABLE, settings, "RMSE", [None, [[0.5, 1.5]], None, None]) == ["b"]
    assert within(TABLE, settings, "RMSE", [None, None, None, [[5, 6]]]) == []


def test_axes_of_names_and_of_a_few_numbers_are_marked_by_them() -> None:
    figure = parallel_runs(TABLE, ["rate", "kind", "hidden"], "RMSE")
    rate, kind, hidden, rmse = figure.data[0].dimensions
    assert list(rate.tickvals) == pytest.approx([-3, -2, -1, 0])
    assert list(rate.ticktext) == ["0.001", "0.01", "0.1", "1"]
    assert list(kind.ticktext) == ["none", "bias", "dot"] and list(kind.tickvals)[1:] == [0, 1]
    assert kind.tickvals[0] == kind["values"][3]
    assert list(hidden.ticktext) == ["none", "5", "10"] and hidden.tickvals[0] == hidden["values"][0]
    assert list(rmse["values"]) == TABLE["RMSE"].tolist() == list(figure.data[0].line.color)


def test_axes_of_many_numbers_say_their_scale_and_let_a_brush_end_anywhere() -> None:
    rates = [*np.geomspace(0.001, 1, FEW + 1), np.nan]
    table = pd.DataFrame({"rate": rates, "RMSE": np.linspace(0.8, 0.9, FEW + 2)})
    rate, rmse = parallel_runs(table, ["rate"], "RMSE").data[0].dimensions
    assert rate.label == "log₁₀ rate (foot: none)" and min(rate["values"]) == rate["values"][-1]
    assert rate.tickvals is rmse.tickvals is None and rmse.label == "RMSE"


def test_bars_have_the_most_important_on_top_and_their_doubts() -> None:
    found = [Importance(f"s{number}", 1 / (number + 1), 0.0, 2.0) for number in range(12)]
    (bars,) = worth_of_settings(found, "RMSE").data
    assert len(bars.y) == 10 and bars.y[-1] == "s0" and bars.x[-1] == 1
    assert bars.error_x.array[-1] == 1 and bars.error_x.arrayminus[-1] == 1


def test_a_curve_per_run_in_its_own_colour(two_histories: dict[str, History]) -> None:
    figure = validation_curves(two_histories, "rmse", POINTS)
    assert len({line.line.color for line in figure.data}) == len(figure.data) == 2
    for line, history in zip(figure.data, two_histories.values(), strict=True):
        assert list(line.y) == pytest.approx([epoch.rmse for epoch in history.epochs], abs=1e-4)
    assert MOST >= 8 and "points" in figure.layout.yaxis.title.text
    assert not validation_curves({"a": History()}, "mse", MOVIES).data[0].x
