"""Rating against ranking, and popularity by place, as data."""

import numpy as np
import pytest

from cf_core.charts.ranks.popularity import popularity_lines
from cf_core.charts.ranks.ranking import FAR, rating_against_ranking
from cf_core.evaluation.summary import RankerSummary


def summary(name: str, rmse: float | None, ndcg: float) -> RankerSummary:
    return RankerSummary(name, rmse, rmse, ndcg, 0.01, ndcg / 2, 0.005, 0.05, 123.4, 648)


BASELINES = [summary("popular", None, 0.15), summary("damped_means", 0.89, 0.07), summary("ease", None, 0.3)]
RUNS = [summary("run-1", 0.84, 0.13), summary("run-2", 3.0, 0.05)]
TITLES = {"popular": "most popular", "damped_means": "damped means", "ease": "EASE", "run-1": "<b>mine", "run-2": "far"}


def draw(measure="ndcg", runs=RUNS, selected="run-1"):
    figure = rating_against_ranking(runs, BASELINES, TITLES, measure, 10, selected)
    (trace,) = figure.data
    return figure, {row[-1]: number for number, row in enumerate(trace.customdata)}, trace


def test_each_ranker_stands_at_its_rmse_and_its_ndcg() -> None:
    figure, number, trace = draw()
    assert set(number) == set(TITLES)
    assert (trace.x[number["run-1"]], trace.y[number["run-1"]]) == (0.84, 0.13)
    assert (trace.x[number["damped_means"]], trace.y[number["damped_means"]]) == (0.89, 0.07)
    assert set(trace.error_y.array) == {0.01}
    assert figure.layout.xaxis.title.text == "RMSE (stars, lower is better)"
    assert figure.layout.yaxis.title.text == "NDCG@10 (higher is better)"


def test_those_without_stars_stand_on_the_strip() -> None:
    figure, number, trace = draw()
    border = figure.layout.shapes[0].x0
    assert trace.x[number["ease"]] == trace.x[number["popular"]] < border < 0.84
    assert figure.layout.xaxis.range[0] < trace.x[number["ease"]]
    assert figure.layout.xaxis.ticktext[0] == "no stars"
    assert trace.customdata[number["ease"]][1] == "none: it predicts no stars"


def test_an_rmse_far_off_is_an_arrow_at_the_edge() -> None:
    _, number, trace = draw()
    assert trace.x[number["run-2"]] == pytest.approx(FAR * 0.84)
    assert trace.marker.symbol[number["run-2"]] == "triangle-right"
    assert trace.customdata[number["run-2"]][1] == "3.000 stars"


def test_the_selected_one_stands_out_and_comes_first() -> None:
    _, number, trace = draw(selected="ease")
    assert number["ease"] == 0
    assert list(trace.marker.size) == [14, 10, 10, 10, 10]
    assert len(set(trace.marker.color)) == 3


def test_a_line_goes_through_most_popular() -> None:
    for measure, at in (("ndcg", 0.15), ("recall", 0.075), ("popularity", 123.4)):
        line = draw(measure)[0].layout.shapes[1]
        assert (line.y0, line.y1, line.line.dash) == (at, at, "dot")


def test_measures_without_an_error_have_no_whiskers() -> None:
    assert draw("coverage")[2].error_y.array is None
    assert draw("coverage")[0].layout.yaxis.tickformat == ".0%"


def test_without_runs_the_baselines_stand_alone() -> None:
    figure, number, _ = draw(runs=[], selected="popular")
    assert set(number) == {"popular", "damped_means", "ease"}
    low, high = figure.layout.xaxis.range
    assert low < 0.89 < high


def test_a_title_is_no_markup() -> None:
    _, number, trace = draw()
    assert trace.text[number["run-1"]] == "&lt;b>mine"
    assert trace.customdata[number["run-1"]][0] == "&lt;b>mine"


def test_popularity_lines_by_place() -> None:
    lines = {"<i>a": np.array([200.0, 100.0, np.nan]), "b": np.array([50.0, 40.0, 30.0])}
    first, second = popularity_lines(lines, "b").data
    assert (first.name, first.x, first.y) == ("&lt;i>a", (1, 2, 3), (200.0, 100.0, None))
    assert (second.line.width, first.line.width) == (3, 1.5)


def test_no_label_lies_on_the_whisker_of_its_own_point() -> None:
    runs = [summary("run-1", 0.862, 0.31), summary("run-2", 0.843, 0.128), summary("run-3", 0.873, 0.136)]
    figure = rating_against_ranking(runs, BASELINES, {**TITLES, "run-3": "learner · 0.873"}, "ndcg", 10, "run-2")
    assert all(place.split()[1] != "center" for place in figure.data[0].textposition)
