"""What the page Errors keeps in the session and in the address."""

from enum import StrEnum
from typing import Literal


class Key(StrEnum):
    VIEW = "errors_view"

    # Slices
    BY = "errors_by"
    MEASURE = "errors_measure"

    # The worst predictions: which of them, and the raw ids of the user and the movie whose ratings alone are listed
    OFF = "errors_off"
    USER = "errors_user"
    MOVIE = "errors_movie"

    # The detective: the raw ids of user and movie whose rating is open, the step, how many neighbours are asked, and
    # how many ratings were closed so far
    CASE = "errors_case"
    STEP = "errors_step"
    K = "errors_k"
    CLOSED = "errors_closed"


View = Literal["By slice", "Predicted vs actual", "Worst predictions"]

CASE_USER, CASE_MOVIE = "case_user", "case_movie"
"""Under these names the address keeps whose rating of which movie is open."""
