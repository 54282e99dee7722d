"""What the page Data keeps in the session and in the address."""

from enum import StrEnum


class Key(StrEnum):
    VIEW = "data_view"

    # Filters
    STARS = "stars"
    GENRE = "genre"
    YEARS = "years"
    RATER = "rater"
    RATED = "rated"

    # The corner
    USERS = "users"
    MOVIES = "movies"
    ORDER = "order"

    # The long tail
    TAIL = "tail"
    TOP_SHARE = "top_share"
