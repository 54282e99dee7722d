from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cf_core.by_hand.table import small_table
from cf_core.data.crosstab import crosstab
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.errors import ConfigError


def test_it_is_the_lessons_spreadsheet(ratings: Ratings) -> None:
    table, lesson = small_table(ratings), crosstab(ratings)
    assert table.shape == (15, 15)
    assert table.user_ids == lesson.index.tolist()
    assert table.item_ids == lesson.columns.tolist()
    np.testing.assert_array_equal(table.rating, lesson.to_numpy(dtype=np.float64))
    assert table.titles[0] == "Toy Story (1995)"
    assert table.rating_range == (0.5, 5.0)


def test_every_rated_cell_is_in_one_part(ratings: Ratings) -> None:
    table = small_table(ratings, 0.2)
    assert int(np.isnan(table.rating).sum()) == 19
    assert (int(table.training.sum()), int(table.held_out.sum())) == (165, 41)  # a fifth of 206, rounded down
    assert not (table.training & table.held_out).any()
    assert not (table.held_out & np.isnan(table.rating)).any()
    roles = [table.role(i, j) for i in range(15) for j in range(15)]
    assert [roles.count(role) for role in ("training", "held out", "blank")] == [165, 41, 19]


def test_the_seed_picks_the_cells(ratings: Ratings) -> None:
    one, again, other = (small_table(ratings, seed=seed).held_out for seed in (42, 42, 43))
    assert (one == again).all()
    assert (one != other).any()


def test_nothing_held_out_as_in_the_spreadsheet(ratings: Ratings) -> None:
    assert not small_table(ratings, 0).held_out.any()


@pytest.mark.parametrize("share", [-0.1, 0.95, float("nan")])
def test_share_out_of_range(ratings: Ratings, share: float) -> None:
    with pytest.raises(ConfigError, match=r"^held_out="):
        small_table(ratings, share)


def test_a_data_set_smaller_than_the_corner(small_folder: Callable[..., Path]) -> None:
    table = small_table(read_ratings(small_folder()), 0)
    assert table.shape == (3, 3)
    assert int(table.training.sum()) == 4
