"""The data set of the tests that is unlike the lesson's."""

from cf_core.data.reading import read_ratings
from tests.books import BOOKS, N_ITEMS, N_USERS, write_books


def test_books_are_read_with_their_words(tmp_path) -> None:
    ratings = read_ratings(write_books(tmp_path / "books"))
    assert (ratings.n_users, ratings.n_items, ratings.words) == (N_USERS, N_ITEMS, BOOKS)
    assert ratings.rating_range == (0, 100) and ratings.timestamp is None
    assert ratings.users.ids[0] == 'reader "A" 0' and ratings.items.ids[0] == "shelf 0, no. 0"


def test_another_scale(tmp_path) -> None:
    assert read_ratings(write_books(tmp_path / "books", -10, 10)).rating_range == (-10, 10)
