import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.by_hand import solver
from cf_core.by_hand.factors import Factors, random_start
from cf_core.by_hand.model import SmallModel, gradient
from cf_core.by_hand.solver import solve
from cf_core.by_hand.steps import step
from cf_core.by_hand.table import SmallTable, small_table
from cf_core.data.ratings import Ratings
from tests.by_hand.tables import random_table, table


@pytest.fixture(scope="module")
def lesson(ratings: Ratings) -> SmallTable:
    return small_table(ratings)


def test_one_cell_by_hand() -> None:
    # (pq - 4)² + λ/2 · (p² + q²) with p = q is least at p² = 4 - λ/2.
    solution = solve(table([[4.0]]), False, random_start(1, 1, 1, 0), 0.5, tolerance=1e-14)
    assert solution.predicted.item() == pytest.approx(4 - 0.25, abs=1e-4)
    assert solution.train_loss == pytest.approx(0.0625, rel=1e-3)
    assert solution.valid_loss is None


def test_a_table_of_one_factor_is_found_without_weight_decay() -> None:
    users, items = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.5, 1.5])
    grid = table(np.outer(users, items).tolist(), held_out=[(2, 1)])
    solution = solve(grid, False, random_start(3, 3, 1, 0), 0.0)
    assert solution.converged
    np.testing.assert_allclose(solution.predicted, np.outer(users, items), atol=1e-4)
    assert solution.valid_loss == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("biases", [False, True])
def test_at_the_answer_the_gradient_is_gone(lesson: SmallTable, biases: bool) -> None:
    weight_decay = 0.02
    found = solve(lesson, biases, random_start(15, 15, 5, 0), weight_decay, max_sweeps=2_000, tolerance=1e-13).factors
    slopes = gradient(SmallModel(lesson.rating_range, biases), found, lesson.rating, lesson.training)
    for side in ("user", "item"):
        whole = slopes.side(side) + weight_decay * found.side(side)
        assert np.abs(whole if biases else whole[:, :-1]).max() < 1e-5


def test_gradient_descent_comes_to_the_same_cost(lesson: SmallTable) -> None:
    start = random_start(15, 15, 2, 0)
    solution = solve(lesson, False, start, 0.05)
    factors, model = start, SmallModel(lesson.rating_range)
    for _ in range(3_000):
        factors = step(lesson, model, factors, learning_rate=0.5, weight_decay=0.05)
    assert np.square(model.predict(factors) - lesson.rating)[lesson.training].mean() == pytest.approx(
        solution.train_loss, rel=1e-3
    )


@settings(max_examples=25)
@given(st.integers(0, 500), st.booleans(), st.sampled_from([0.0, 1e-3, 0.1]))
def test_no_sweep_raises_the_objective(seed: int, biases: bool, weight_decay: float) -> None:
    grid, start = random_table(seed), random_start(5, 4, 2, seed)
    model = SmallModel(grid.rating_range, biases)

    def objective(factors: Factors) -> float:
        return solver._objective(grid, model, factors, weight_decay)

    one = solve(grid, biases, start, weight_decay, max_sweeps=1)
    ten = solve(grid, biases, start, weight_decay, max_sweeps=10)
    assert objective(ten.factors) <= objective(one.factors) + 1e-7
    assert objective(one.factors) <= objective(start) + 1e-7


def test_without_biases_it_leaves_them_alone(lesson: SmallTable) -> None:
    found = solve(lesson, False, random_start(15, 15, 5, 0), 0.01).factors
    assert not found.user_bias.any() and not found.item_bias.any()


def test_it_says_when_it_was_still_moving(lesson: SmallTable) -> None:
    start = random_start(15, 15, 5, 0)
    assert solve(lesson, False, start, 0.01).converged
    stopped = solve(lesson, False, start, 0.01, max_sweeps=2)
    assert (stopped.converged, stopped.n_sweeps) == (False, 2)


def test_weight_decay_is_what_keeps_it_from_overfitting(lesson: SmallTable) -> None:
    start = random_start(15, 15, 5, 0)
    loose, tight = solve(lesson, False, start, 0.0), solve(lesson, False, start, 0.05)
    assert loose.train_loss < tight.train_loss
    assert loose.valid_loss > tight.valid_loss
