"""What the page Made-up ratings keeps in the session and in the address."""

from enum import StrEnum


class Key(StrEnum):
    # What is planted; the other options have their own names
    FACTORS = "planted"
    NOISE = "noise"
    SCALE = "scale"
    SEED = "made_seed"

    # How runs are trained
    PULL = "pull"

    # What is shown of the chosen run
    VIEW = "found"
    FACTOR = "on_factor"
