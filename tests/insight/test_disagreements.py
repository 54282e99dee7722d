"""The validation ratings on which two models disagree."""

import numpy as np

from cf_core.insight.disagreements import disagreements
from tests.small import make_split


def test_the_furthest_apart_first_and_who_is_closer() -> None:
    split = make_split()
    one = np.full(split.ratings.n_ratings, 3.0)
    other = one.copy()
    far, near, same = split.valid_rows[:3]
    given = split.ratings.rating
    one[far], other[far] = given[far] + 3, given[far]
    one[near], other[near] = given[near], given[near] - 1
    one[same], other[same] = given[same] + 0.25, given[same] - 0.25
    one, other = one[split.valid_rows], other[split.valid_rows]
    table = disagreements(split, one, other, n=3)
    assert table["closer"].tolist() == ["other", "one", "both"]
    assert table["rating"].tolist() == [given[row] for row in (far, near, same)]
    assert table["user_id"].tolist() == split.ratings.users.ids[split.ratings.user_idx[[far, near, same]]].tolist()
    assert len(disagreements(split, one, other, n=10_000)) == len(split.valid_rows)
