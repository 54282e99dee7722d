from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.insight.rating_steps import even_steps, rating_steps, round_step
from tests.insight.small_model import model

RATINGS = model()[1].ratings


def test_the_stars_that_occur() -> None:
    assert rating_steps(RATINGS) == [2, 3, 4, 5]


def test_a_fine_scale_gets_even_steps() -> None:
    fine = replace(RATINGS, rating=np.linspace(-10, 10, 41, dtype=np.float32))
    steps = rating_steps(fine)
    assert steps == [-10, -8, -6, -4, -2, 0, 2, 4, 6, 8, 10]
    assert rating_steps(replace(RATINGS, rating=np.array([0.1, 0.7], np.float32))) == [0.1, 0.7]


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [
        (0, 100, list(range(0, 101, 10))),
        (0, 10, list(range(11))),
        (3, 98, [3, 10, 20, 30, 40, 50, 60, 70, 80, 90, 98]),
        (1, 2, [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2]),
        (19, 81, [19, 30, 40, 50, 60, 70, 81]),
    ],
)
def test_steps_are_round_numbers_between_the_ends(low: float, high: float, steps: list[float]) -> None:
    assert even_steps(low, high, 11) == steps


@given(low=st.floats(-1e4, 1e4), span=st.floats(0.1, 1e4), most=st.integers(2, 30))
def test_steps_ascend_from_end_to_end_and_are_no_more_than_asked_for(low: float, span: float, most: int) -> None:
    steps = even_steps(low, low + span, most)
    assert 2 <= len(steps) <= most
    assert (steps[0], steps[-1]) == (pytest.approx(low, rel=1e-5), pytest.approx(low + span, rel=1e-5))
    assert (np.diff(steps) > 0).all()


def test_a_round_step() -> None:
    assert [round_step(span, 18) for span in (4.5, 4, 100, 20)] == [0.25, 0.25, 10, 2]
