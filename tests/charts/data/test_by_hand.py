import json

import numpy as np
import pytest

from cf_core.by_hand.descent import Cost
from cf_core.charts.data.by_hand import LARGEST_ERROR, cost_curve, hand_heatmap, movie_names
from tests.by_hand.tables import NAN, table

GRID = table([[4.0, 2.0, NAN], [1.0, 5.0, 3.0]], held_out=[(1, 0)])
PREDICTED = np.array([[3.5, 2.25, 4.0], [2.0, 4.0, 3.0]])


def test_predictions_fill_every_cell() -> None:
    figure = hand_heatmap(GRID, PREDICTED, "predictions")
    (cells,) = figure.data
    assert [list(row) for row in cells.z] == PREDICTED.tolist()
    assert [list(row) for row in cells.text] == [["3.5", "2.2", "4.0"], ["2.0", "4.0", "3.0"]]
    assert (cells.zmin, cells.zmax) == (1, 5)
    assert (list(cells.x), list(cells.y)) == (["Movie 10", "Movie 20", "Movie 30"], ["1", "2"])


def test_errors_are_prediction_minus_rating_and_leave_blanks_blank() -> None:
    (cells,) = hand_heatmap(GRID, PREDICTED, "errors").data
    assert [list(row) for row in cells.z] == [[-0.5, 0.25, None], [1.0, -1.0, 0.0]]
    assert [list(row) for row in cells.text] == [["-0.5", "+0.2", ""], ["+1.0", "-1.0", "+0.0"]]
    assert (cells.zmin, cells.zmax) == (-LARGEST_ERROR, LARGEST_ERROR)


def test_ratings_as_they_are() -> None:
    (cells,) = hand_heatmap(GRID, PREDICTED, "ratings").data
    assert [list(row) for row in cells.z] == [[4.0, 2.0, None], [1.0, 5.0, 3.0]]


def test_each_cell_knows_its_place_and_what_to_say() -> None:
    cells = hand_heatmap(GRID, PREDICTED, "predictions").data[0]
    behind = json.loads(hand_heatmap(GRID, PREDICTED, "predictions").to_json())["data"][0]["customdata"]
    assert behind[0][1] == [0, 1, "Movie 20 (2000)", "1", "rating 2<br>predicted 2.25, error +0.25"]
    assert behind[1][0][4] == "rating 1, held out<br>predicted 2.00, error +1.00"
    assert behind[0][2][4] == "no rating; the factors guess 4.00"
    assert all(f"customdata[{i}]" in cells.hovertemplate for i in (2, 3, 4))


@pytest.mark.parametrize(
    ("show", "marks"),
    [("predictions", ["held out", "no rating, a guess", "selected"]), ("errors", ["held out", "selected"])],
)
def test_marks(show, marks) -> None:
    shapes = hand_heatmap(GRID, PREDICTED, show, selected=(1, 2)).layout.shapes
    assert [shape.name for shape in shapes] == marks
    assert shapes[0].path == "M-0.42,0.58H0.42V1.42H-0.42Z"
    assert shapes[-1].path == "M1.5,0.5H2.5V1.5H1.5Z"


def test_nothing_held_out_nothing_framed() -> None:
    whole = table([[4.0, 2.0]])
    assert hand_heatmap(whole, np.ones((1, 2)), "predictions").layout.shapes == ()


def test_movie_names_are_short_and_distinct() -> None:
    assert movie_names(GRID) == ["Movie 10", "Movie 20", "Movie 30"]


def test_the_cost_is_drawn_as_rmse_both_parts_apart() -> None:
    figure = cost_curve([Cost(0, 4.0, 9.0), Cost(1, 1.0, 6.25)], solver_loss=0.25)
    train, valid, solver = figure.data
    assert (list(train.x), list(train.y), list(valid.y)) == ([0, 1], [2, 1], [3, 2.5])
    assert (list(solver.x), list(solver.y), solver.line.dash) == ([0, 10], [0.5, 0.5], "dash")
    assert [trace.name for trace in figure.data] == ["training", "held out", "solver, training"]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("steps", "RMSE (stars)")


def test_without_held_out_cells_there_is_one_line() -> None:
    assert [trace.name for trace in cost_curve([Cost(0, 4.0, None)]).data] == ["training"]


def test_long_descents_are_thinned() -> None:
    train = cost_curve([Cost(n, 1.0, 1.0) for n in range(5_000)]).data[0]
    assert (len(train.x), train.x[0], train.x[-1], train.mode) == (600, 0, 4_999, "lines")
