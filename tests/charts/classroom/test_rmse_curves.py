from cf_core.charts.classroom.rmse_curves import rmse_curves
from cf_core.words import Words


def test_two_runs_and_the_goal() -> None:
    figure = rmse_curves({"last <b>": [(1, 0.95), (2, 0.9)], "best": [(1, 0.89)]}, 0.88, 4)
    last, best, goal = figure.data
    assert (list(last.x), list(last.y), last.name) == ([1, 2], [0.95, 0.9], "last &lt;b>")
    assert list(best.y) == [0.89]
    assert (list(goal.x), list(goal.y), goal.name) == ([0, 4], [0.88, 0.88], "goal 0.8800")
    assert figure.layout.xaxis.range[1] >= 4 and figure.layout.yaxis.title.text == "RMSE, stars"


def test_the_axis_has_the_goal_in_it_and_no_numbers_where_there_is_nothing_to_see() -> None:
    assert min(rmse_curves({}, 0.88, 4).layout.yaxis.autorangeoptions.include) < 0.88
    assert rmse_curves({}, 0.88, 4).layout.yaxis.showticklabels
    empty = rmse_curves({"last": []}, None, 4, Words("book", "books", "points"))
    assert not empty.layout.yaxis.showticklabels and empty.layout.yaxis.title.text == "RMSE, points"
    assert len(empty.data) == 1


def test_a_run_longer_than_the_task_has_room() -> None:
    assert rmse_curves({"run": [(30, 0.9)]}, None, 4).layout.xaxis.range[1] >= 30
