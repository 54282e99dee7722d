"""The buttons for the ratings that a person may give: their labels, their rows and their keys, on any scale."""

import itertools
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
    """The key of each rating: its digit, with Shift half a step less; of tens, or other multiples of a step, the
    multiple. On any other scale the keys are 1 to 9 and 0, from the lowest rating on. None where a rating has no key.
    """
    if _has_halves(steps):
        return {rating: _digit_or_shift(rating) for rating in steps}
    step = _step_of(steps)
    if step is not None:
        return {rating: f"{round(rating / step)}" if rating / step < 9.5 else None for rating in steps}
    return {rating: _KEYS[place] if place < len(_KEYS) else None for place, rating in enumerate(steps)}


def keys_in_words(steps: Sequence[float]) -> str:
    """What to type: "Keys 1 to 5, with Shift ½ less." """
    keys = shortcuts(steps)
    typed = [(key, rating) for rating, key in keys.items() if key is not None and len(key) == 1]
    (first, lowest), (last, highest) = typed[0], typed[-1]
    if _has_halves(steps):
        return f"Keys {first} to {last}, with Shift ½ less."
    if _step_of(steps) is None:
        return f"Keys {first} to {last if last != '0' else '9 and 0'}, from the lowest on."
    given = "" if last == f"{highest:g}" else f" for {lowest:g} to {highest:g}"
    return f"Keys {first} to {last}{given}."


def _step_of(steps: Sequence[float]) -> float | None:
    """The number that all are multiples of, by 0 to 10; None where there is none."""
    if min(steps) < 0 or len(steps) < 2:
        return None
    step = min(after - before for before, after in itertools.pairwise(steps))
    multiples = [rating / step for rating in steps]
    even = all(abs(multiple - round(multiple)) < 1e-6 for multiple in multiples)
    return step if even and multiples[-1] < 10.5 and multiples[-2] < 9.5 else None


def _has_halves(steps: Sequence[float]) -> bool:
    """Whether these are whole and half numbers from 0 to 10."""
    known = all(0 <= rating <= 10 and (2 * rating) % 1 == 0 for rating in steps)
    return known and any(rating % 1 == 0.5 for rating in steps) and any(rating in range(10) for rating in steps)


def _digit_or_shift(rating: float) -> str | None:
    if rating in range(10):
        return f"{rating:g}"
    return f"shift+{rating + 0.5:g}" if rating + 0.5 in range(1, 10) else None


def _parted(ratings: list[float], length: int) -> list[list[float]]:
    return [ratings[first : first + length] for first in range(0, len(ratings), length)]
