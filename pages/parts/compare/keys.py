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

    # The raw id of the user to whom both show movies
    USER = "compare_user"


View = Literal["Curves", "Errors", "Ranking", "What to watch"]
