"""What the page What to watch keeps in the session."""

from enum import StrEnum
from typing import Literal

View = Literal["List", "Map", "Formula", "Compare"]


class Key(StrEnum):
    VIEW = "for_you_view"

    # The order of the list, for runs without and with interests: each kind begins with its own
    ORDER = "for_you_order"
    ORDER_WITH_INTERESTS = "for_you_order_with_interests"

    # Sets: the id of the chosen one and the box that chooses it, the one deleted last, and the names that are typed
    SET = "for_you_set"
    SET_BOX = "for_you_set_box"
    DELETED = "for_you_deleted"
    NEW_NAME = "for_you_new_name"
    OTHER_SET = "for_you_other_set"

    # Rating: the raw id of the movie that was picked, the box that searches, and how many rows were ticked so far
    PICKED = "for_you_picked"
    SEARCH = "for_you_search"


SET_IN_ADDRESS = "set"
"""Under this name the address keeps the chosen set."""
