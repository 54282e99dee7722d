"""What the page Many runs keeps in the session and in the address."""

from enum import StrEnum
from typing import Literal

from pages.shared.many.selection import Selection

SELECTION = Selection("many")
"""The runs that are chosen."""


class Key(StrEnum):
    VIEW = "many_view"
    AXES = "many_axes"
    SETTING = "many_setting"
    RESULT = "many_result"
    RECIPES = "many_recipes"


View = Literal["Scatter", "Parallel axes", "Curves", "What counts"]
