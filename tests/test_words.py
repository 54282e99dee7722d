"""The nouns of a data set."""

import pytest

from cf_core.words import ITEMS, MOVIES, Words


def test_a_noun_with_its_article_and_with_capital_letters():
    assert (MOVIES.an_item, ITEMS.an_item) == ("a movie", "an item")
    assert Words("board game", "board games", "points").capital == Words("Board game", "Board games", "points")


@pytest.mark.parametrize(("n", "text"), [(0, "0 movies"), (1, "1 movie"), (9066, "9,066 movies")])
def test_a_number_of_items(n, text):
    assert MOVIES.count(n) == text


@pytest.mark.parametrize(
    ("words", "rating", "text"), [(MOVIES, 1, "1 star"), (MOVIES, 3.5, "3.5 stars"), (ITEMS, -1.0, "-1 points")]
)
def test_a_rating_with_its_unit(words, rating, text):
    assert words.value(rating) == text


def test_a_text_about_movies_is_told_of_anything() -> None:
    text = "A movie, the movie's stars and 1 star: Movies (stars²), a starting point, moviegoers."
    assert MOVIES.told(text) == text
    assert ITEMS.told(text) == (
        "An item, the item's points and 1 point: Items (points²), a starting point, moviegoers."
    )
    assert Words("book", "books", "stars").told("a movie of 4 stars") == "a book of 4 stars"
