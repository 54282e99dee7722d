"""What the page Best & worst keeps in the session and in the address."""

from enum import StrEnum


class Key(StrEnum):
    VIEW = "view"

    # Which movies take part
    GENRE = "best_genre"
    DECADE = "decade"
    MIN_RATINGS = "min_ratings"
    POPULAR = "popular"

    # How many are drawn
    TOP = "top"
    LINES = "lines"
    N_LINES = "n_lines"

    # The card: the raw id of its movie, and how many cards were closed so far
    CARD = "card_of_movie"
    CLOSED = "cards_closed"


CARD_IN_ADDRESS = "card"
"""Under this name the address keeps the movie whose card is open; "movie" is that of the page One movie or user."""
