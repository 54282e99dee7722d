"""What one user is shown, and which user is a typical one."""

import numpy as np
import pandas as pd

from cf_core.evaluation.metrics import NOTHING, rank
from cf_core.evaluation.one_user import shown_to, typical_user
from cf_core.evaluation.protocol import RankingTask
from tests.evaluation.test_metrics import always, by_hand
from tests.small import make_split


def test_the_list_of_a_user_with_what_it_misses() -> None:
    """User 0 liked C and D, and is shown B and C; D would be the third, E the fourth."""
    split = by_hand()
    table = shown_to(RankingTask.of(split), split.ratings, 0, np.array([1, 2, 3, 4, NOTHING]), k=2)
    assert table["item_id"].tolist() == [1, 2, 3]
    assert table["title"].tolist() == ["Movie 1", "Movie 2", "Movie 3"]
    assert table["place"].tolist() == [1, 2, 3]
    assert table["is_hit"].tolist() == [False, True, True]
    assert table["is_shown"].tolist() == [True, True, False]
    assert table["n_train"].tolist() == [2, 2, 1]


def test_what_is_beyond_the_list_has_no_place_and_comes_last() -> None:
    split = by_hand()
    table = shown_to(RankingTask.of(split), split.ratings, 0, np.array([1, 3]), k=1)
    assert table["item_id"].tolist() == [1, 3, 2]
    assert table["place"].tolist()[:2] == [1, 2] and pd.isna(table["place"][2])


def test_fewer_candidates_than_places() -> None:
    split = by_hand()
    table = shown_to(RankingTask.of(split), split.ratings, 1, np.array([2, 3, 4, NOTHING]), k=4)
    assert table["place"].tolist() == [1, 2, 3]
    assert table["is_shown"].all()


def test_the_typical_user_by_hand() -> None:
    """Scores C 2, E 1: user 0 is shown C, a hit, user 1 C and user 2 E, no hits. The mean is 1/3: user 1 is nearer."""
    task = RankingTask.of(by_hand(), threshold=3)
    ranking = rank(task, always(0, 0, 2, 0, 1), 1)
    assert ranking.ndcg.tolist() == [1, 0, 0]
    assert typical_user(task, [ranking]) == 1


def test_the_typical_user_has_something_to_find() -> None:
    task = RankingTask.of(make_split())
    number = task.users.tolist().index(typical_user(task, []))
    assert task.n_relevant[number] >= np.median(task.n_relevant)
