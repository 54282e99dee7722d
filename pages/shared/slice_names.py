"""What pages call the ways to slice the validation ratings."""

from cf_core.insight.error_slices import SliceBy

SLICES: dict[SliceBy, tuple[str, str]] = {
    "movie": ("movie's ratings", "number of the movie's training ratings"),
    "user": ("user's ratings", "number of the user's training ratings"),
    "genre": ("genre", "genre"),
    "decade": ("decade", "decade of release"),
    "rating": ("rating", "rating that was given (stars)"),
}
"""What the choice and the chart call each."""
