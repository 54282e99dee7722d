import json
from dataclasses import replace

import numpy as np
import pytest

from cf_core.by_hand.factors import Factors
from cf_core.by_hand.model import SmallModel
from cf_core.charts.data.hand_sheet import GAP, LARGEST_ERROR, compact, hand_sheet, movie_names
from cf_core.charts.style import ORANGE
from tests.by_hand.tables import NAN, table

GRID = table([[4.0, 2.0, NAN], [1.0, 5.0, 3.0]], held_out=[(1, 0)])
MODEL = SmallModel((1, 5))
FACTORS = Factors(
    np.array([[1.0, 0.5], [0.25, 2.0]]),
    np.array([[3.0, 1.0], [2.0, 0.5], [4.0, -0.001]]),
    np.array([0.5, 0.0]),
    np.array([0.0, 0.0, -0.25]),
)
PREDICTED = [[3.5, 2.25, 3.9995], [2.75, 1.5, 0.998]]


def rows(values) -> list[list]:
    return [list(row) for row in values]


def behind(figure, trace: int) -> list[list[list]]:
    return json.loads(figure.to_json())["data"][trace]["customdata"]


def test_three_parts_on_one_pair_of_axes() -> None:
    cells, users, movies = hand_sheet(GRID, MODEL, FACTORS, "predicted").data
    assert np.allclose(rows(cells.z), PREDICTED, atol=5e-4)
    assert rows(cells.text) == [["3.5", "2.2", "4.0"], ["2.8", "1.5", "1.0"]]
    assert (cells.zmin, cells.zmax, cells.x0, cells.y0) == (1, 5, 0, 0)
    assert rows(users.text) == [["1.00", ".50"], [".25", "2.00"]]
    assert rows(movies.text) == [["3.00", "2.00", "4.00"], ["1.00", ".50", ".00"]]
    assert (users.x0, users.y0, movies.x0, movies.y0) == (-2 - GAP, 0, 0, -2 - GAP)
    assert all(part.dx == part.dy == 1 for part in (cells, users, movies))


def test_the_axes_name_users_and_movies_and_begin_with_their_numbers() -> None:
    layout = hand_sheet(GRID, MODEL, FACTORS, "predicted").layout
    assert layout.xaxis.ticktext == ("Movie 10", "Movie 20", "Movie 30")
    assert layout.yaxis.ticktext == ("1", "2")
    assert layout.xaxis.range == (-3 - GAP + 0.5, 2.5)
    assert layout.yaxis.range == (1.5, -3 - GAP + 0.5)


def test_biases_stand_last() -> None:
    figure = hand_sheet(GRID, SmallModel((1, 5), biases=True), FACTORS, "predicted")
    assert rows(figure.data[1].text)[0] == ["1.00", ".50", ".50"]
    assert rows(figure.data[2].text)[-1] == [".00", ".00", "-.25"]
    assert figure.data[1].x0 == -3 - GAP
    assert [mark.text for mark in figure.layout.annotations].count("b") == 2


def test_errors_are_prediction_minus_rating_and_leave_blanks_blank() -> None:
    cells = hand_sheet(GRID, MODEL, FACTORS, "errors").data[0]
    assert rows(cells.text) == [["-0.5", "+0.2", ""], ["+1.8", "-3.5", "-2.0"]]
    assert rows(cells.z)[0] == [-0.5, 0.25, None]
    assert (cells.zmin, cells.zmax) == (-LARGEST_ERROR, LARGEST_ERROR)


def test_ratings_as_they_are() -> None:
    cells = hand_sheet(GRID, MODEL, FACTORS, "ratings").data[0]
    assert rows(cells.z) == [[4.0, 2.0, None], [1.0, 5.0, 3.0]]


def test_each_cell_knows_its_place_and_what_to_say() -> None:
    figure = hand_sheet(GRID, MODEL, FACTORS, "predicted")
    head = "<b>Movie 20 (2000)</b><br>user 1<br>"
    assert behind(figure, 0)[0][1] == ["cell", 0, 1, f"{head}rating 2<br>predicted 2.25, error +0.25"]
    assert behind(figure, 0)[1][0][3].endswith("rating 1, held out<br>predicted 2.75, error +1.75")
    assert behind(figure, 0)[0][2][3].endswith("never rated; the numbers guess 4.00")
    assert behind(figure, 1)[1][0] == ["user", 1, 0, "<b>user 2, factor 1</b><br>0.250"]
    assert behind(figure, 2)[1][0] == ["item", 0, 1, "<b>Movie 10 (2000), factor 2</b><br>1.000"]
    assert all("customdata[3]" in part.hovertemplate for part in figure.data)


def test_what_the_latest_action_changed_is_marked_and_the_old_value_is_in_the_hover() -> None:
    before = replace(FACTORS, user_factors=np.array([[1.0, 0.5], [0.25, 1.0]]))
    figure = hand_sheet(GRID, MODEL, FACTORS, "predicted", before=before)
    assert rows(figure.data[1].z) == [[0, 0], [0, 1]]
    assert rows(figure.data[1].text) == [["1.00", ".50"], [".25", "<b>2.00</b>"]]
    assert rows(figure.data[2].z) == [[0, 0, 0], [0, 0, 0]]
    assert rows(figure.data[0].text) == [["3.5", "2.2", "4.0"], ["<b>2.8</b>", "<b>1.5</b>", "1.0"]]
    assert behind(figure, 1)[1][1][3] == "<b>user 2, factor 2</b><br>2.000, was 1.000"
    assert behind(figure, 0)[1][0][3].endswith("<br>predicted 1.75 before")


def test_nothing_changed_nothing_is_marked() -> None:
    figure = hand_sheet(GRID, MODEL, FACTORS, "predicted", before=FACTORS)
    assert not np.any(figure.data[1].z)
    assert "<b>" not in str(figure.data[0].text)


def shapes(figure) -> dict[str, str]:
    return {shape.name: shape.path for shape in figure.layout.shapes if not shape.name.startswith("legend")}


@pytest.mark.parametrize(("show", "marks"), [("predicted", ["held out", "never rated"]), ("errors", ["held out"])])
def test_marks(show, marks) -> None:
    figure = hand_sheet(GRID, MODEL, FACTORS, show)
    assert list(shapes(figure)) == marks
    assert shapes(figure)["held out"] == "M-0.42,0.58H0.42V1.42H-0.42Z"
    assert figure.layout.shapes[0].line.color == ORANGE


def test_the_selected_cell_its_numbers_and_the_selected_number_are_framed() -> None:
    figure = hand_sheet(GRID, MODEL, FACTORS, "errors", cell=(1, 2), number=("item", 1))
    framed = shapes(figure)
    assert framed["selected"] == "M1.5,0.5H2.5V1.5H1.5Z"
    assert framed["number"] == "M1.5,-2H2.5V-1H1.5Z"
    assert framed["operands"] == "M-3.0,0.5H-1.0V1.5H-3.0ZM1.5,-3.0V-1.0H2.5V-3.0Z"
    of_user = shapes(hand_sheet(GRID, MODEL, FACTORS, "errors", cell=(1, 2), number=("user", 1)))
    assert of_user["number"] == "M-2,0.5H-1V1.5H-2Z"


def test_the_legend_names_every_kind_of_cell() -> None:
    texts = [mark.text for mark in hand_sheet(GRID, MODEL, FACTORS, "predicted").layout.annotations]
    assert texts[:4] == ["training", "held out", "never rated", "changed"]


def test_nothing_held_out_nothing_framed() -> None:
    whole = table([[4.0, 2.0]])
    assert not shapes(hand_sheet(whole, MODEL, Factors(*map(np.ones, [(1, 1), (2, 1), 1, 2])), "predicted"))


def test_movie_names_are_short_and_distinct() -> None:
    assert movie_names(GRID) == ["Movie 10", "Movie 20", "Movie 30"]
    titles = ["Star Wars: Episode IV - A New Hope (1977)", "Star Wars: Episode V - The Empire (1980)", "Fargo (1996)"]
    assert movie_names(replace(GRID, titles=titles)) == ["Star…IV - A New", "Star…V - The Em", "Fargo"]
    assert movie_names(replace(GRID, titles=["Alike (1)", "Alike (1)", "Fargo"])) == [
        "Alike (1) 10",
        "Alike (1) 20",
        "Fargo",
    ]


@pytest.mark.parametrize(
    ("value", "decimals", "sign", "text"),
    [
        (2.25, 1, "", "2.2"),
        (-0.04, 1, "+", "0.0"),
        (0.04, 1, "+", "0.0"),
        (0.06, 1, "+", "+0.1"),
        (-0.001, 2, "", ".00"),
        (0.641, 2, "", ".64"),
        (-0.641, 2, "", "-.64"),
        (0.999, 2, "", "1.00"),
        (10.04, 2, "", "10.0"),
        (-120.4, 2, "", "-120"),
        (83_521.0, 1, "+", "+8e4"),
        (-2e11, 1, "", "-2e11"),
        (NAN, 1, "", ""),
    ],
)
def test_numbers_for_narrow_cells(value: float, decimals: int, sign: str, text: str) -> None:
    assert compact(value, decimals, sign) == text
