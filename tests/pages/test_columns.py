"""The column of users is as wide as its ids need."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.data.id_map import IdMap
from cf_core.data.reading import EMBEDDED, read_ratings
from pages.shared.columns import user_column


@pytest.mark.parametrize(
    ("ids", "width"),
    [([1, 671], 45), ([1, 200_948], 64), ([-200_948, 5], 72), (["a", "b"], 90)],
)
def test_as_wide_as_the_longest_id_of_a_user(ids: list[int] | list[str], width: int) -> None:
    raw = np.array(ids, dtype=np.int64 if isinstance(ids[0], int) else object)
    assert user_column(replace(read_ratings(EMBEDDED), users=IdMap(raw, "user")), 45)["width"] == width
