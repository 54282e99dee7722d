"""Ridge regression through a rating scale, for many users at once."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.errors import ConvergenceError
from cf_core.insight import newton
from cf_core.insight.newton import Problem, minimise
from tests.insight.sides import LINEAR, SIGMOID


def make_problem(scale) -> Problem:
    """Two users, three ratings of two numbers each."""
    draw = np.random.default_rng(1)
    design, offset = draw.normal(size=(2, 3, 2)), draw.normal(size=(2, 3))
    return Problem(design, offset, np.array([[5, 1, 3], [0.5, 4, 2]]), np.ones((2, 3)), scale, 0.5)


@pytest.mark.parametrize("scale", [LINEAR, SIGMOID])
def test_the_derivatives_are_those_of_the_objective(scale) -> None:
    problem, weights, h = make_problem(scale), np.array([[0.3, -0.2], [0.1, 0.4]]), 1e-5
    for column in range(2):
        step = h * np.eye(2)[column]
        slope = (problem.objective(weights + step) - problem.objective(weights - step)) / (2 * h)
        assert problem.gradient(weights)[:, column] == pytest.approx(slope, abs=1e-6)
        bend = (problem.gradient(weights + step) - problem.gradient(weights - step)) / (2 * h)
        assert problem.hessian(weights)[:, column] == pytest.approx(bend, abs=1e-6)


@pytest.mark.parametrize("scale", [LINEAR, SIGMOID])
def test_together_or_one_by_one_users_come_to_the_same(scale) -> None:
    problem = make_problem(scale)
    together, n_steps = minimise(problem)
    assert (n_steps == 1) == (scale is LINEAR)
    for user in range(2):
        alone, _ = minimise(problem.of_users(np.arange(2) == user))
        assert alone[0] == pytest.approx(together[user], abs=1e-8)


def test_what_is_not_given_does_not_count() -> None:
    problem = make_problem(SIGMOID)
    hidden = replace(problem, given=np.array([[1.0, 1, 0], [1, 1, 0]]))
    shorter = Problem(problem.design[:, :2], problem.offset[:, :2], problem.stars[:, :2], np.ones((2, 2)), SIGMOID, 0.5)
    assert minimise(hidden)[0] == pytest.approx(minimise(shorter)[0], abs=1e-8)


def test_a_step_that_goes_too_far_is_halved() -> None:
    """The whole step from w = 0 would be 2 / 2 = 1; ten times that overshoots."""
    one = np.ones((1, 1))
    problem = Problem(one[None], 0 * one, 2 * one, one, LINEAR, 1.0)
    start, gradient = problem.start, problem.gradient(problem.start)
    assert newton._step_size(problem, start, one, gradient).item() == 1
    assert newton._step_size(problem, start, 10 * one, gradient).item() == 1 / 8
    assert newton._step_size(problem, start, 0 * one, gradient).item() == 0


def test_no_minimum_in_time_is_an_error(monkeypatch) -> None:
    monkeypatch.setattr(newton, "MOST_STEPS", 1)
    minimise(make_problem(LINEAR))
    with pytest.raises(ConvergenceError, match="Choose a larger one"):
        minimise(make_problem(SIGMOID))
