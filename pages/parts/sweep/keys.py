"""What the page Sweep keeps in the session and in the address."""

from enum import StrEnum
from typing import Literal

from pages.shared.many.selection import Selection

SELECTION = Selection("sweep")
"""The trials that are chosen."""

NEW = "new"
"""In place of a sweep's id: none of them, since another one is to be started."""


class Key(StrEnum):
    """`SWEEP` has the id of the sweep that is shown, `DELETING` of the one that is about to be deleted; `PRESSED` is
    there from a press of Start until one starts. `FIXED` begins the keys of the sliders of the settings, `VARY` those
    of the switches, `RANGE` those of the ranges."""

    SWEEP = "sweep"
    SWEEP_BOX = "sweep_box"
    PRESSED = "sweep_pressed"
    DELETING = "sweep_deleting"
    VIEW = "sweep_view"
    SETTING = "sweep_setting"
    METHOD = "sweep_method"
    TRIALS = "sweep_trials"
    MINUTES = "sweep_minutes"
    FIXED = "fixed."
    VARY = "vary."
    RANGE = "range."


View = Literal["Progress", "Scatter", "Parallel axes", "Curves", "What counts"]
