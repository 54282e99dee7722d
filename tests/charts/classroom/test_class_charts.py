"""Charts of a class: what stands where, and that a nickname is text."""

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.classroom.axes import rmse_limits, setting_axis, setting_title
from cf_core.charts.classroom.board import MOST_LABELS, board_parallel, board_scatter, parallel_table
from cf_core.charts.classroom.guesses import guess_spread, right_by_member
from cf_core.charts.classroom.ranking import MOST, ranking
from cf_core.charts.many.parallel import within
from cf_core.charts.style import GREY
from cf_core.words import MOVIES, Words

FREE = ("n_factors", "learning_rate")
POINTS = Words("book", "books", "points")
EVIL = "<b>Ada</b>"


def row(run_id, member, rmse, state="finished", n_factors=10, learning_rate=0.01):
    nickname = {"a": EVIL, "b": "Ben"}.get(member, member)
    return {
        "run_id": run_id,
        "member_id": member,
        "nickname": nickname,
        "n_factors": n_factors,
        "learning_rate": learning_rate,
        "rmse": rmse,
        "seconds": 1.0,
        "state": state,
        "epochs": 1,
        "guess": "",
    }


ROWS = pd.DataFrame(
    [
        row("1", "a", 0.9, n_factors=1, learning_rate=0.1),
        row("2", "a", 0.85, n_factors=100),
        row("3", "b", 0.8),
        row("4", "b", 0.95, "in training"),
        row("5", "b", 0.97, "stopped"),
        row("6", "b", np.nan, "waiting"),
    ]
)


def trace(figure, name):
    return next(one for one in figure.data if one.uid == name)


def ids(one):
    return [about[-1] for about in one.customdata]


def scatter(x="learning_rate", own="a", words=MOVIES, goal=None, rows=ROWS, free=FREE):
    return board_scatter(rows, free, x, ["3", "2"], own, words, goal)


def test_every_run_with_an_rmse_is_a_point_by_its_state_and_the_best_stand_out():
    figure = scatter(words=POINTS)
    names = ("finished", "in training", "stopped early", "best of each")
    assert [ids(trace(figure, name)) for name in names] == [["1"], ["4"], ["5"], ["2", "3"]]
    best, others = trace(figure, "best of each"), trace(figure, "finished")
    assert best.marker.size > others.marker.size and list(best.y) == [0.85, 0.8]
    assert list(trace(figure, "yours").y) == [0.9, 0.85]
    assert figure.layout.xaxis.type == "log" and figure.layout.xaxis.title.text == "learning rate"
    assert "points" in figure.layout.yaxis.title.text


def test_colours_are_the_factors_or_else_what_is_free():
    by_factors, by_rate = scatter(), scatter("n_factors")
    assert list(trace(by_factors, "best of each").marker.color) == [2, 1]  # in decades
    assert by_factors.layout.coloraxis.colorbar.title.text == "factors"
    assert by_factors.layout.coloraxis.colorbar.ticktext[0] == "1" and by_factors.layout.coloraxis.cmax == 2
    assert by_rate.layout.coloraxis.colorbar.title.text == "learning rate"
    alone = scatter(free=("learning_rate",))
    assert alone.layout.coloraxis.showscale is False and alone.data[0].marker.coloraxis is None


def test_nicknames_and_settings_are_text_in_labels_and_hovers():
    figure = scatter()
    safe = EVIL.replace("<", "&lt;")
    assert list(trace(figure, "names").text) == ["Ben", safe]
    hover = trace(figure, "best of each")
    assert list(hover.customdata[0]) == [safe, "finished, 1 epoch", "100", "0.01", "2"]
    assert "factors" in hover.hovertemplate and "learning rate" in hover.hovertemplate
    assert EVIL not in figure.to_json()
    best = pd.DataFrame([{**row("2", "a", 0.85), "rank": 1, "n_runs": 2}])[["rank", *_BEST, *FREE, "n_runs"]]
    assert EVIL not in ranking(best, None, MOVIES).to_json()
    counts = pd.DataFrame({"member_id": ["a"], "nickname": [EVIL], "right": [1], "judged": [2]})
    assert EVIL not in right_by_member(counts, None).to_json()


_BEST = ["member_id", "nickname", "run_id", "rmse"]


def test_a_few_hopeless_runs_do_not_squeeze_the_others():
    many = pd.concat([ROWS, pd.DataFrame([row("7", "c", 5.0)])], ignore_index=True)
    figure = scatter(rows=many)
    assert figure.layout.yaxis.range[1] < 1.2 and figure.layout.annotations[0].text == "↑ 1 more"
    assert "7" in ids(trace(figure, "finished"))
    assert rmse_limits([], None) is None
    low, high = rmse_limits([0.9, 0.9], None)
    assert low < 0.9 < high


def test_the_goal_is_in_view_as_a_line():
    figure = scatter(goal=0.7)
    assert figure.layout.yaxis.range[0] < 0.7 and figure.layout.shapes[0].y0 == 0.7
    assert figure.layout.annotations[0].text == "goal 0.7"


def test_a_board_without_runs_says_so():
    figure = scatter(rows=ROWS[:0])
    assert figure.layout.annotations[0].text == "no run has ended an epoch yet" and not any(
        len(one.x) for one in figure.data
    )


def test_no_more_names_than_there_is_room_for():
    members = [f"student {n}" for n in range(40)]
    rows = pd.DataFrame([row(str(n), name, 0.9 + n / 1e4) for n, name in enumerate(members)])
    figure = board_scatter(rows, FREE, "learning_rate", [str(n) for n in range(40)], None, MOVIES)
    shown = list(trace(figure, "names").text)
    assert shown[:3] == members[:3] and len(shown) <= MOST_LABELS


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("n_factors", [1, 5], None),
        ("n_factors", [1, 50], "log"),
        ("learning_rate", [0.1, 0.2], "log"),
        ("weight_decay", [0, 1], None),
    ],
)
def test_an_axis_is_in_decades_where_the_slider_is(name, values, kind):
    assert setting_axis(pd.Series(values), name).get("type") == kind
    assert setting_title("n_factors") == "factors"


def test_marks_in_decades_are_numbers_that_people_read():
    marks = setting_axis(pd.Series([0.001, 0.1]), "learning_rate")
    assert dict(zip(marks["ticktext"], marks["tickvals"], strict=True))["0.02"] == pytest.approx(0.02)


def test_names_make_an_axis_of_names():
    rows = ROWS.assign(optimizer=["sgd", "adam", "sgd", "adam", "adam", "sgd"])
    figure = board_scatter(rows, (*FREE, "optimizer"), "optimizer", ["3"], None, MOVIES)
    assert figure.layout.xaxis.type == "category" and list(trace(figure, "best of each").x) == ["sgd"]


def test_parallel_axes_of_finished_runs_and_their_brushes():
    figure = board_parallel(ROWS, FREE)
    assert [one.label for one in figure.data[0].dimensions] == ["factors", "learning rate", "RMSE"]
    assert within(parallel_table(ROWS, FREE), ["factors", "learning rate"], "RMSE", [None, None, [[0.7, 0.86]]]) == [
        "2",
        "3",
    ]


def best_of(n):
    def of(i):
        run = row(f"r{i}", f"{i}", 0.9 + i / 100, n_factors=5)
        return {**run, "rank": i + 1, "nickname": f"s{i}", "n_runs": 1}

    return pd.DataFrame([of(i) for i in range(n)], columns=["rank", *_BEST, *FREE, "n_runs"])


def test_the_ranking_is_cut_but_for_ones_own():
    figure = ranking(best_of(MOST + 5), str(MOST + 3), MOVIES)
    (bars,) = figure.data
    assert bars.y[0] == "1. s0" and bars.y[-1] == f"{MOST + 4}. s{MOST + 3}" and len(bars.y) == MOST + 1
    assert bars.base + bars.x[0] == pytest.approx(0.9) and bars.base < 0.9
    assert len(set(bars.marker.color)) == 2 and bars.marker.color[-1] != bars.marker.color[0]
    assert figure.layout.title.text == "Best of each, so far · and 4 more"
    assert bars.customdata[0][0] == "factors 5 · learning rate 0.01<br>1 run" and bars.customdata[0][-1] == "r0"


def test_a_ranking_of_nobody_is_a_figure():
    assert len(ranking(best_of(0), None, MOVIES, goal=0.9).data[0].y) == 0


def test_how_guesses_were_spread():
    columns = ["run_id", "member_id", "nickname", "question", "guess", "truth", "right"]
    asked = [("Overfitting", "overfits", True), ("Overfitting", "overfits", False), ("Beats", "movie means", None)]
    guesses = pd.DataFrame([("r", "a", EVIL, q, g, "", right) for q, g, right in asked], columns=columns, dtype=object)
    figure = guess_spread(guesses, POINTS)
    assert {one.name: list(one.x) for one in figure.data} == {
        "came true": [0, 1],
        "did not": [0, 1],
        "still open": [1, 0],
    }
    assert list(figure.data[0].y[1]) == ["book means", "overfits"]
    assert guess_spread(guesses[:0], MOVIES).layout.annotations[0].text == "no guesses yet"


def test_who_was_right():
    counts = pd.DataFrame({"member_id": list("ab"), "nickname": ["Ada", "Ben"], "right": [2, 1], "judged": [3, 3]})
    (bars,) = right_by_member(counts, "b").data
    assert list(bars.y) == ["Ada", "Ben"] and list(bars.text) == ["2 of 3", "1 of 3"] and list(bars.x) == [2, 1]
    assert right_by_member(counts[:0], None).layout.annotations[0].text == "no guess can be judged yet"


def test_the_legend_names_what_is_there_in_a_colour_that_both_themes_show():
    shown = [one for one in scatter().data if one.showlegend and one.name != "yours"]
    assert {one.name for one in shown} == {
        one.name for one in scatter().data if one.customdata is not None and len(one.x)
    }
    assert all(one.marker.color == GREY and one.marker.coloraxis is None for one in shown)
