"""Parts of a data set are counted as if their rows had been copied out and counted on their own."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.data import chunks, summary
from cf_core.data import part as parts
from cf_core.data.crosstab import busiest_users, crosstab, most_rated_items, rated_when
from cf_core.data.filters import Filters
from cf_core.data.part import Part, count_values, filtered
from cf_core.data.ratings import Ratings
from cf_core.errors import UnknownIdError
from tests.parts import rows_that_pass, take_rows


def cells_left(small: Ratings, **chosen: object) -> list[tuple[int, int]]:
    part = filtered(small, Filters(**chosen))
    if part is None:
        return []
    pairs = [pair for chunk in part.chunks(small.user_idx, small.item_idx) for pair in zip(*chunk, strict=True)]
    return [(int(small.users.ids[user]), int(small.items.ids[item])) for user, item in pairs]


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({"rating": 4.0}, [(7, 30), (5, 30), (9, 40)]),
        ({"genre": "Drama"}, [(7, 30), (7, 10), (5, 30)]),
        ({"genre": "Comedy"}, [(7, 30), (5, 30)]),
        ({"years": (1980, 1994)}, [(7, 30), (7, 10), (5, 30)]),
        ({"years": (1900, 2000)}, [(7, 30), (7, 10), (5, 30), (9, 40)]),
        ({"user_id": 5}, [(5, 30), (5, 20)]),
        ({"item_id": 30}, [(7, 30), (5, 30)]),
        ({"rating": 4.0, "user_id": 7, "genre": "Drama"}, [(7, 30)]),
        ({"rating": 1.0}, []),
        ({"genre": "Dram"}, []),
    ],
)
def test_what_passes(small: Ratings, chosen: dict[str, object], left: list[tuple[int, int]]) -> None:
    assert cells_left(small, **chosen) == left


def test_counts_by_hand(small: Ratings) -> None:
    part = filtered(small, Filters(genre="Drama"))
    assert part is not None
    assert (part.n_ratings, part.n_users, part.n_items, part.density) == (3, 2, 2, 0.75)
    assert part.global_mean == pytest.approx(10 / 3)
    assert part.user_counts.tolist() == [2, 1, 0]
    assert part.item_counts.tolist() == [2, 1, 0, 0]
    assert part.value_counts.tolist() == [1, 0, 2]  # of 2.0, 3.5 and 4.0


def test_without_filters_all_are_counted(ratings: Ratings) -> None:
    part = Part(ratings)
    assert (part.n_ratings, part.n_users, part.n_items) == (100_004, 671, 9_066)
    assert 1 - part.density == pytest.approx(0.98356, abs=5e-6)
    assert part.global_mean == pytest.approx(ratings.global_mean)


def test_a_user_that_the_data_do_not_hold(small: Ratings) -> None:
    with pytest.raises(UnknownIdError):
        filtered(small, Filters(user_id=1))


def test_parts_of_the_lesson_add_up(ratings: Ratings) -> None:
    found = [filtered(ratings, Filters(rating=half / 2)) for half in range(1, 11)]
    assert sum(part.n_ratings for part in found if part) == 100_004


@pytest.mark.parametrize("n_values", [3, parts.MOST_COMPARED + 1])
def test_few_values_and_many_are_counted(n_values: int) -> None:
    values = np.arange(n_values, dtype=np.float32)
    given = np.repeat(values, np.arange(n_values))
    assert count_values(given, values).tolist() == list(range(n_values))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_summary_of_a_part_is_that_of_its_rows_alone(ratings: Ratings, data: st.DataObject) -> None:
    filters = Filters(
        rating=data.draw(st.none() | st.sampled_from([1.0, 3.5, 4.0])),
        genre=data.draw(st.none() | st.sampled_from(["Drama", "War", "(no genres listed)"])),
        years=data.draw(st.none() | st.sampled_from([(1990, 1999), (1902, 2016)])),
        user_id=data.draw(st.none() | st.sampled_from([15, 547])),
        item_id=data.draw(st.none() | st.sampled_from([1, 356])),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK", data.draw(st.sampled_from([7_919, 2**21])))
        part, rows = filtered(ratings, filters), rows_that_pass(ratings, filters)
        assert (part is None) == (not len(rows))
        if part is not None:
            alone = take_rows(ratings, rows)
            assert (part.n_ratings, part.n_users, part.n_items) == (alone.n_ratings, alone.n_users, alone.n_items)
            assert part.global_mean == pytest.approx(alone.global_mean)
            same_summaries(part, alone)
            same_tables(part, alone)


def same_summaries(part: Part, alone: Ratings) -> None:
    assert summary.leaders(part) == summary.leaders(alone)
    for frame in (summary.rating_histogram, summary.activity, summary.by_genre, summary.by_year):
        pd.testing.assert_frame_equal(frame(part), frame(alone))
    for of in ("user", "item"):
        pd.testing.assert_frame_equal(summary.long_tail(part, of), summary.long_tail(alone, of))
    spread, other = (summary.user_spread(one).sort_values("user_id", ignore_index=True) for one in (part, alone))
    pd.testing.assert_frame_equal(spread, other)
    assert spread["n_ratings"].tolist() == alone.user_stats().sort_values("user_id")["n_ratings"].tolist()


def same_tables(part: Part, alone: Ratings) -> None:
    assert (
        part.ratings.users.raw_of(busiest_users(part, 9)).tolist()
        == alone.users.raw_of(busiest_users(alone, 9)).tolist()
    )
    assert part.ratings.items.raw_of(most_rated_items(part, 9)).tolist() == (
        alone.items.raw_of(most_rated_items(alone, 9)).tolist()
    )
    for order in ("id", "count", "mean", "similarity"):
        table = crosstab(part, 6, 7, order)
        pd.testing.assert_frame_equal(table, crosstab(alone, 6, 7, order))
        pd.testing.assert_frame_equal(rated_when(part, table), rated_when(alone, table))
