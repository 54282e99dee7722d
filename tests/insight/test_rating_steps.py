from dataclasses import replace

import numpy as np
import pytest

from cf_core.insight.rating_steps import rating_steps
from tests.insight.small_model import model

RATINGS = model()[1].ratings


def test_the_stars_that_occur() -> None:
    assert rating_steps(RATINGS) == [2, 3, 4, 5]


def test_a_fine_scale_gets_even_steps() -> None:
    fine = replace(RATINGS, rating=np.linspace(-10, 10, 41, dtype=np.float32))
    steps = rating_steps(fine)
    assert (len(steps), steps[0], steps[-1]) == (10, -10, 10)
    assert np.diff(steps) == pytest.approx(20 / 9, abs=0.02)
    assert rating_steps(replace(RATINGS, rating=np.array([0.1, 0.7], np.float32))) == [0.1, 0.7]
