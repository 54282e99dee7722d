"""Two rankers side by side, by hand."""

import numpy as np
import pandas as pd
import pytest

from cf_core.evaluation.duel import ranking_duel_verdict, shown_by_two
from cf_core.evaluation.metrics import NOTHING
from cf_core.evaluation.protocol import RankingTask
from tests.evaluation.test_metrics import by_hand
from tests.evaluation.test_verdict import judged


def test_what_either_shows_and_what_both_miss() -> None:
    """User 0 liked C and D. One shows B and C, the other E and A; D is on the first one's list, at place 3."""
    split = by_hand()
    one, other = np.array([1, 2, 3, NOTHING]), np.array([4, 0, NOTHING, NOTHING])
    table = shown_by_two(RankingTask.of(split), split.ratings, 0, one, other, k=2)
    assert table["item_id"].tolist() == [1, 4, 2, 0, 3]
    assert table["place_one"].fillna(0).tolist() == [1, 0, 2, 0, 3]
    assert table["place_other"].fillna(0).tolist() == [0, 1, 0, 2, 0]
    assert table["is_relevant"].tolist() == [False, False, True, False, True]
    assert pd.isna(table["place_other"].iloc[0])


@pytest.mark.parametrize(
    ("means", "words"),
    [
        ((0.3, 0.1), "A ranks better than BB: NDCG@5 0.300 against 0.100. A is ahead for 100 of 100 users, BB for 0."),
        ((0.1, 0.3), "A ranks worse than BB: NDCG@5 0.100 against 0.300. A is ahead for 0 of 100 users, BB for 100."),
        ((0.2, 0.2), "A and BB rank about equally well: NDCG@5 0.200 against 0.200."),
    ],
)
def test_the_verdict(means: tuple[float, float], words: str) -> None:
    assert ranking_duel_verdict(judged("A", None, means[0]), judged("BB", None, means[1]), 5).startswith(words)
