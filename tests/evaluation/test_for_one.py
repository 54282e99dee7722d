"""Rivals for one person: a user of the data gets the scores of that user; lists leave out what is known."""

import numpy as np
import pytest

from cf_core.evaluation.ease import Ease
from cf_core.evaluation.for_one import ease_scores, list_by
from cf_core.evaluation.protocol import Candidates
from tests.insight.small_model import model
from tests.small import make_split

SPLIT = make_split()
CANDIDATES = Candidates.of(SPLIT)


def test_a_person_with_the_ratings_of_a_user_gets_the_scores_of_that_user() -> None:
    ease = Ease.fit(CANDIDATES.rated, 10)
    users = np.arange(SPLIT.ratings.n_users)
    of_users = ease.scores(CANDIDATES.rated[users])
    for user in users:
        rated = CANDIDATES.rated[user].indices
        assert ease_scores(ease, rated) == pytest.approx(of_users[user])


def test_nobody_knows_what_somebody_without_ratings_watches() -> None:
    assert ease_scores(Ease.fit(CANDIDATES.rated, 10), np.array([], dtype=np.int64)).tolist() == [0] * 15


def test_the_list_by_hand() -> None:
    _, split = model()
    known, scores = np.array([0]), np.array([9.0, 1.0, 2.0])
    table = list_by(split.ratings, Candidates.of(split), scores, known, 10)
    assert table[["rank", "item_idx", "item_id", "score"]].to_numpy().tolist() == [[1, 2, 9, 2.0], [2, 1, 8, 1.0]]
    assert table["title"].tolist() == ["C", "B (2001)"] and table["n_ratings"].tolist() == [1, 2]
    assert list_by(split.ratings, Candidates.of(split), np.zeros(3), np.array([], int), 1)["item_id"].tolist() == [7]
