"""What the page Many runs keeps in the session and in the address."""

from enum import StrEnum
from typing import Literal


class Key(StrEnum):
    """`CHOSEN` has the ids of the runs that are chosen; `TABLE` is followed by how often another view chose, which
    `CHANGED` counts."""

    CHOSEN = "many_chosen"
    VIEW = "many_view"
    AXES = "many_axes"
    SETTING = "many_setting"
    RESULT = "many_result"
    RECIPES = "many_recipes"
    TABLE = "many_table"
    CHANGED = "many_changed"


View = Literal["Scatter", "Parallel axes", "Curves", "What counts"]
