"""What the page Compare runs keeps in the session and in the address."""

from enum import StrEnum
from typing import Literal


class Key(StrEnum):
    FIRST = "first_run"
    SECOND = "second_run"
    VIEW = "compare_view"

    # Errors
    BY = "compare_by"
    MEASURE = "compare_error"

    # For whom both choose movies: a set of ratings or a user of the data, and the raw id of that user
    FOR = "compare_for"
    USER = "compare_user"


View = Literal["Curves", "Errors", "Ranking", "What to watch"]
