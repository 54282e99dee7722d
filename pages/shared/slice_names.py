"""What pages call the ways to slice the validation ratings."""

from typing import NamedTuple

from cf_core.insight.error_slices import SliceBy
from cf_core.words import Words


class SliceName(NamedTuple):
    """What the choice and the chart call a way to slice."""

    choice: str
    chart: str


def slice_names(words: Words) -> dict[SliceBy, SliceName]:
    """The names of all ways."""
    item = words.item
    return {
        "movie": SliceName(f"{item}'s ratings", f"number of the {item}'s training ratings"),
        "user": SliceName("user's ratings", "number of the user's training ratings"),
        "genre": SliceName("genre", "genre"),
        "decade": SliceName("decade", "decade of release"),
        "rating": SliceName("rating", f"rating that was given ({words.unit})"),
    }
