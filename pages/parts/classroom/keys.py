"""What the page Class keeps in the session and in the address."""

from enum import StrEnum
from typing import Literal


class Key(StrEnum):
    """`JOIN` is the parameter that names a class by its code. `CLASS` is the class that is open, `REFUSED` a code of
    the address that was none, `PROBLEM` why the last attempt failed, `RUN` the last run of the member and `UNDER_WAY`
    that it has not ended, `CHOSEN` the id of the run that is looked at. `AGAIN` says that the whole page is to run once
    more, `BEST` that the best run has been opened, `FOLLOW_DATA` that the data set of the class is to be selected;
    `SAY` is what to say in a toast then, `MEMBER_OF` the class that the visitor was last a member of."""

    JOIN = "join"
    CLASS = "class_open"
    REFUSED = "class_refused"
    PROBLEM = "class_problem"
    RUN = "class_run"
    UNDER_WAY = "class_run_under_way"
    CHOSEN = "class_chosen"
    AGAIN = "class_again"
    SAY = "class_say"
    MEMBER_OF = "class_member_of"
    BEST = "class_best"
    FOLLOW_DATA = "class_follow_data"
    WAY_IN = "class_way_in"
    CODE = "class_code"
    NICKNAME = "class_nickname"
    ENDS = "class_ends"
    REOPEN = "class_reopen"
    VIEW = "class_view"
    ACROSS = "class_across"
    MEMBER = "class_member"
    PROJECTOR = "class_projector"


WayIn = Literal["Join a class", "Open a class"]
View = Literal["Points", "Lines", "Guesses"]
