"""The terms of the objective, by hand."""

import numpy as np
import pytest

from cf_core.insight.fold_in import UserVector
from cf_core.insight.fold_in_terms import fold_in_terms
from tests.insight.small_model import model

RATINGS = model()[1].ratings


def test_by_hand() -> None:
    user = UserVector(0.5, np.array([1.0, -2.0]))
    terms = fold_in_terms(RATINGS, user, 2.0, np.array([4.5, 3.5, 1.0]), np.array([2, 0]), np.array([2.0, 5.0]))
    assert terms.ratings["title"].tolist() == ["C", "A (1994)"]
    assert terms.ratings["residual"].tolist() == [1.0, 0.5]
    assert terms.squared_error == pytest.approx(1.25)
    assert (terms.size, terms.penalty) == pytest.approx((5.25, 10.5))
    assert terms.total == pytest.approx(11.75)


def test_nobody_has_nothing_to_pay() -> None:
    user = UserVector(0.0, np.zeros(2))
    terms = fold_in_terms(RATINGS, user, 2.0, np.ones(3), np.array([], dtype=np.int64), np.array([]))
    assert terms.total == 0 and terms.ratings.empty
