from collections.abc import Callable
from pathlib import Path

import pytest

from cf_core.data.neighbours import neighbours
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.errors import UnknownIdError

# Raters: movie 10 by 1, 2, 3; 20 by 1, 2; 30 by 3, 4; 40 by 4.
ROWS = [(1, 10, 5), (1, 20, 1), (2, 10, 4), (2, 20, 3), (3, 10, 2), (3, 30, 2), (4, 30, 3), (4, 40, 4)]


@pytest.fixture(scope="module")
def small(small_folder: Callable[..., Path]) -> Ratings:
    return read_ratings(small_folder(ROWS))


def test_movies_by_shared_raters(small: Ratings) -> None:
    near = neighbours(small, "item", small.items.index_of([10]).item())
    assert near.to_dict("list") == {
        "id": [20, 30],
        "title": ["Movie 20 (1994)", "Movie 30 (1994)"],
        "n_shared": [2, 1],
        "jaccard": [pytest.approx(2 / 3), pytest.approx(1 / 4)],
        "n_ratings": [2, 2],
    }


def test_users_by_shared_movies(small: Ratings) -> None:
    near = neighbours(small, "user", small.users.index_of([1]).item())
    assert near.to_dict("list") == {
        "id": [2, 3],
        "n_shared": [2, 1],
        "jaccard": [1.0, pytest.approx(1 / 3)],
        "n_ratings": [2, 2],
    }


def test_only_so_many_and_none_that_share_nothing(small: Ratings) -> None:
    index = small.items.index_of([10]).item()
    assert neighbours(small, "item", index, n=1)["id"].tolist() == [20]
    assert 40 not in neighbours(small, "item", index, n=100)["id"].tolist()


def test_ties_go_by_raw_id(small_folder: Callable[..., Path]) -> None:
    tied = read_ratings(small_folder([(1, 10, 5), (1, 30, 5), (1, 20, 4), (2, 10, 1), (2, 40, 1)]))
    assert neighbours(tied, "item", 0)["id"].tolist() == [20, 30, 40]


@pytest.mark.parametrize("index", [-1, 4])
def test_an_index_that_does_not_exist(small: Ratings, index: int) -> None:
    with pytest.raises(UnknownIdError):
        neighbours(small, "item", index)


def test_star_wars_has_star_wars_beside_it(ratings: Ratings) -> None:
    near = neighbours(ratings, "item", ratings.items.index_of([260]).item(), n=2)
    assert [title[:9] for title in near["title"]] == ["Star Wars", "Star Wars"]
