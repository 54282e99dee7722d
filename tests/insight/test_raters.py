"""Kind and harsh raters, by hand: who gives much, and who chose what others like too."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.data.id_map import IdMap
from cf_core.errors import DataMismatchError, MissingPartError
from cf_core.insight.raters import raters
from tests.insight.small_model import model


def test_by_hand() -> None:
    """User 10: A 5 where the others give 3.5, B 3 where the other gives 2. C has no other rater."""
    factors, split = model()
    found = raters(factors, split.ratings)
    assert found["user_id"].tolist() == [10, 30, 20]
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["bias"].tolist() == [0.5, 0.25, -0.5]
    assert found["n_ratings"].tolist() == [2, 2, 2]
    assert found["mean_rating"].tolist() == [4, 4, 2.5]
    assert found["others_mean"].tolist() == pytest.approx([2.75, 4, 3.75])
    assert found["above_others"].tolist() == pytest.approx([1.25, 0, -1.25])


def test_nobody_else_rated_it() -> None:
    factors, split = model()
    alone = replace(split.ratings, item_idx=np.array([0, 1, 0, 1, 2, 2]))
    found = raters(factors, alone).set_index("user_id")
    assert found.loc[30, ["others_mean", "above_others"]].tolist() == pytest.approx([4, 0])
    alone = replace(alone, user_idx=np.array([0, 0, 1, 1, 2, 0]), item_idx=np.array([0, 1, 0, 1, 2, 0]))
    assert raters(factors, alone).set_index("user_id").loc[30, ["others_mean", "above_others"]].isna().all()


def test_users_that_training_never_saw_are_left_out() -> None:
    factors, split = model()
    found = raters(replace(factors, n_train_by_user=np.array([2, 0, 1])), split.ratings)
    assert found["user_id"].tolist() == [10, 30]


def test_says_what_is_wrong() -> None:
    factors, split = model()
    with pytest.raises(MissingPartError, match="no user biases"):
        raters(replace(factors, user_bias=None), split.ratings)
    with pytest.raises(DataMismatchError, match="'small'"):
        raters(replace(factors, users=IdMap(np.arange(3), "user")), split.ratings)
