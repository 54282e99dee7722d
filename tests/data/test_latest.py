"""The latest ratings are those that a plain stable sort puts last, whatever the times and however few are looked at
together."""

from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cf_core.data import chunks
from cf_core.data import latest as by_time
from cf_core.data.latest import last_of_each, latest

FAR_APART = st.sampled_from([0, 1, 2, 5, -7, 2**40, 2**50, 2**61, 2**62, 2**63 - 1, -(2**63)])
TIMES = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9) | st.integers(0, 10**9) | FAR_APART
FEW = st.sampled_from([1, 3, 2**14])


@given(st.lists(TIMES, min_size=1, max_size=60), FEW, st.data())
def test_the_latest_of_all(times: list[int], few: int, data: Any) -> None:
    n = data.draw(st.integers(1, len(times)))
    with patch.object(chunks, "CHUNK", few):
        positions = latest(np.array(times), n)
    assert positions.tolist() == sorted(range(len(times)), key=times.__getitem__)[-n:]


@given(st.lists(st.tuples(st.integers(0, 5), TIMES), min_size=1, max_size=60), st.booleans(), st.integers(1, 4), FEW)
def test_the_last_of_each(ratings: list[tuple[int, int]], together: bool, k: int, few: int) -> None:
    """Of six users, of whom some may have no rating; they stand together in the file, or do not."""
    if together:
        ratings.sort(key=lambda rating: rating[0])
    users, times = np.array(ratings).T
    with patch.object(by_time, "_FEW", few):
        positions = last_of_each(users, 6, times, k)
    by_hand = []
    for user in range(6):
        rows = sorted(np.flatnonzero(users == user).tolist(), key=times.tolist().__getitem__)
        by_hand += rows[1:][-k:]
    assert positions.tolist() == by_hand
