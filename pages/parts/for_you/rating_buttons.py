"""The buttons for the ratings that a person may give: their labels, their rows and their keys, on any scale."""

from collections.abc import Sequence

from cf_core.words import Words

IN_A_ROW, NUMBERS_IN_A_ROW = 5, 6
"""Buttons: with stars on them, and with a number alone."""

_KEYS = "1234567890"


def rating_label(rating: float, words: Words) -> str:
    """A rating for a small button: "4½ ★", or the number alone where it is no number of stars."""
    if words.unit != "stars":
        return f"{rating:g}"
    half = rating % 1 == 0.5
    number = f"{int(rating)}" if half and rating >= 1 else "" if half else f"{rating:g}"
    return f"{number}{'½' if half else ''} ★"


def rows_of(steps: Sequence[float]) -> list[list[float]]:
    """The buttons row by row: of half steps the whole ratings first, and those half a step less below; of others all in
    their order, in rows of about the same length."""
    if _has_halves(steps):
        parts = [[rating for rating in steps if (rating % 1 == 0) is is_whole] for is_whole in (True, False)]
        return [row for part in parts for row in _parted(part, IN_A_ROW)]
    n_rows = -(-len(steps) // NUMBERS_IN_A_ROW)
    return _parted(list(steps), -(-len(steps) // n_rows))


def shortcuts(steps: Sequence[float]) -> dict[float, str | None]:
    """The key of each rating: the digit, with Shift half a step less. Where the ratings are no such numbers, the first
    nine keys are 1 to 9, from the lowest rating on, and the tenth is 0. None where a rating has no key."""
    if _are_digits(steps):
        return {rating: _digit(rating) for rating in steps}
    return {rating: _KEYS[place] if place < len(_KEYS) else None for place, rating in enumerate(steps)}


def keys_in_words(steps: Sequence[float]) -> str:
    """What to type: "Keys 1 to 5, with Shift ½ less." """
    if not _are_digits(steps):
        typed = _KEYS[: len(steps)]
        return f"Keys {typed[0]} to {typed[-1]}, from the lowest on."
    digits = [rating for rating in steps if rating in range(10)]
    text = f"Keys {min(digits):g} to {max(digits):g}"
    return f"{text}, with Shift ½ less." if _has_halves(steps) else f"{text}."


def _are_digits(steps: Sequence[float]) -> bool:
    """Whether whole and half numbers from 0 to 10 are all that there is, with two digits at least among them."""
    return all(0 <= rating <= 10 and (2 * rating) % 1 == 0 for rating in steps) and (
        sum(rating in range(10) for rating in steps) > 1
    )


def _has_halves(steps: Sequence[float]) -> bool:
    return _are_digits(steps) and any(rating % 1 == 0.5 for rating in steps)


def _digit(rating: float) -> str | None:
    if rating in range(10):
        return f"{rating:g}"
    return f"shift+{rating + 0.5:g}" if rating + 0.5 in range(1, 10) else None


def _parted(ratings: list[float], length: int) -> list[list[float]]:
    return [ratings[first : first + length] for first in range(0, len(ratings), length)]
