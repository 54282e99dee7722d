import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.data.id_gaps import gaps, id_table
from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError

IDS = IdMap(np.array([7, 0, 12]), "item")


def test_a_table_by_hand() -> None:
    table = id_table(IDS, n_factors=5)
    assert (table.highest, table.n_rows, table.n_used, table.n_wasted) == (12, 13, 3, 10)
    assert (table.bytes_needed, table.bytes_wasted) == (3 * 5 * 4, 10 * 5 * 4)


def test_the_lessons_movies_and_users(ratings: Ratings) -> None:
    movies, users = id_table(ratings.items, 50), id_table(ratings.users, 50)
    assert (movies.n_rows, movies.n_used, movies.n_wasted) == (163_950, 9_066, 154_884)
    assert (movies.bytes_needed, movies.bytes_wasted) == (1_813_200, 30_976_800)
    assert users.n_wasted == 1  # row 0


def test_gaps_by_hand() -> None:
    assert gaps(IDS, n_bins=3).to_dict("list") == {
        "first": [0, 5, 10],
        "last": [4, 9, 12],
        "n_used": [1, 1, 1],
        "n_unused": [4, 4, 2],
    }


@given(st.sets(st.integers(0, 10**6), min_size=1), st.integers(1, 200))
def test_stretches_hold_every_number_once(ids: set[int], n_bins: int) -> None:
    frame = gaps(IdMap(np.array(sorted(ids)), "user"), n_bins)
    assert len(frame) <= n_bins
    assert frame["n_used"].sum() == len(ids)
    assert frame["n_unused"].sum() == max(ids) + 1 - len(ids)
    assert (frame["n_unused"] >= 0).all()
    assert frame["first"].tolist()[1:] == (frame["last"] + 1).tolist()[:-1]


@pytest.mark.parametrize("ids", [np.array(["a", "b"]), np.array([-1, 2])])
def test_ids_that_no_row_could_have(ids: np.ndarray) -> None:
    with pytest.raises(ConfigError, match=r"^The user ids are not numbers of 0 or more"):
        gaps(IdMap(ids, "user"))


def test_no_factors() -> None:
    with pytest.raises(ConfigError, match=r"^n_factors=0"):
        id_table(IDS, 0)
