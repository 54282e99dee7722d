import math

import numpy as np
import pytest

from cf_core.by_hand.cell import trace_cell
from cf_core.by_hand.factors import Factors
from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.steps import step
from tests.by_hand.tables import NAN, random_factors, random_table, table

GRID = table([[4.0, 2.0, NAN]], held_out=[(0, 1)])
FACTORS = Factors(
    np.array([[1.0, 2.0]]),
    np.array([[0.5, 1.0], [3.0, 0.0], [1.0, 1.0]]),
    np.array([0.25]),
    np.array([-0.5, 0.0, 0.0]),
)


def test_a_cell_by_hand() -> None:
    story = trace_cell(GRID, SmallModel((1, 5), biases=True), FACTORS, (0, 0), learning_rate=0.1, weight_decay=0.01)
    assert story.terms.to_dict("list") == {
        "factor": [1, 2], "user": [1.0, 2.0], "item": [0.5, 1.0], "product": [0.5, 2.0],
    }  # fmt: skip
    assert (story.role, story.rating, story.dot, story.user_bias, story.item_bias) == ("training", 4.0, 2.5, 0.25, -0.5)
    assert (story.total, story.slope, story.predicted, story.error) == (2.25, 1.0, 2.25, -1.75)
    # The only training cell, so that g = 2 · (-1.75) = -3.5.
    assert story.moves["side"].tolist() == ["user"] * 3 + ["item"] * 3
    assert story.moves["weight"].tolist() == ["factor 1", "factor 2", "bias"] * 2
    assert story.moves["now"].tolist() == [1.0, 2.0, 0.25, 0.5, 1.0, -0.5]
    assert story.moves["gradient"].tolist() == [-1.75, -3.5, -3.5, -3.5, -7.0, -3.5]
    pulled = [1.0 + 0.1 * (1.75 - 0.01), 2.0 + 0.1 * (3.5 - 0.02), 0.25 + 0.1 * (3.5 - 0.0025)]
    assert story.moves["next"].tolist()[:3] == pytest.approx(pulled)


def test_a_cell_through_the_sigmoid_by_hand() -> None:
    story = trace_cell(GRID, SmallModel((1, 5), sigmoid=True), FACTORS, (0, 0), learning_rate=0.1)
    share = 1 / (1 + math.exp(-2.5))
    assert story.predicted == pytest.approx(1 + 4 * share)
    assert story.slope == pytest.approx(4 * share * (1 - share))
    assert story.moves["gradient"].iloc[0] == pytest.approx(2 * (1 + 4 * share - 4) * 4 * share * (1 - share) * 0.5)
    assert story.moves["weight"].tolist() == ["factor 1", "factor 2"] * 2
    assert (story.user_bias, story.item_bias) == (0, 0)


def test_a_held_out_cell_has_an_error_and_only_the_tables_gradient() -> None:
    story = trace_cell(GRID, SmallModel((1, 5)), FACTORS, (0, 1), learning_rate=0.1)
    assert (story.role, story.rating, story.predicted, story.error) == ("held out", 2.0, 3.0, 1.0)
    movie = story.moves[story.moves["side"] == "item"]
    assert movie["gradient"].tolist() == [0.0, 0.0]  # nothing to learn for a movie whose only rating is held out
    assert trace_cell(GRID, SmallModel((1, 5)), FACTORS, (0, 1), learning_rate=0.1, only_this=True).moves.empty


def test_a_blank_cell_has_a_guess_and_no_error() -> None:
    story = trace_cell(GRID, SmallModel((1, 5)), FACTORS, (0, 2), learning_rate=0.1, only_this=True)
    assert (story.role, story.rating, story.predicted, story.error) == ("blank", None, 3.0, None)
    assert story.moves.empty


@pytest.mark.parametrize("only_this", [False, True])
def test_next_is_where_the_step_goes(only_this: bool) -> None:
    grid, factors, model = random_table(), random_factors(), SmallModel((1, 5), True, True)
    story = trace_cell(grid, model, factors, (0, 0), learning_rate=0.3, weight_decay=0.1, only_this=only_this)
    moved = step(grid, model, factors, learning_rate=0.3, weight_decay=0.1, only=(0, 0) if only_this else None)
    expected = [*moved.side("user")[0], *moved.side("item")[0]]
    np.testing.assert_array_equal(story.moves["next"].to_numpy(), expected)
