"""The movies that are named on a map before anybody has asked: those at the ends of its axes, and the most rated."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cf_core.charts.style import short_title

N_ENDS = 3
_TITLE_LENGTH = 22


def landmarks(coordinates: NDArray[np.floating[Any]], n_most_rated: int, *, ends: bool = True) -> list[int]:
    """Rows of movies to name, the most important first: with `ends` the outermost of each axis, then the most rated,
    each once.

    Args:
        coordinates: shape (n_movies, n_axes), the most rated movie first.
    """
    rows = [row for place in range(N_ENDS) for row in _outermost(coordinates, place)] if ends else []
    return list(dict.fromkeys([*rows, *range(min(n_most_rated, len(coordinates)))]))


def _outermost(coordinates: NDArray[np.floating[Any]], place: int) -> list[int]:
    """The movie in that place, from 0, at the low end of each axis, and at the high end of each."""
    if place >= len(coordinates):
        return []
    order = np.argsort(coordinates, axis=0, kind="stable")
    return [*order[place].tolist(), *order[-1 - place].tolist()]


def end_titles(values: NDArray[np.floating[Any]], titles: list[str]) -> tuple[list[str], list[str]]:
    """The short titles of the outermost movies at the low end of an axis and at the high end, the outermost first."""
    order = np.argsort(values, kind="stable")
    low, high = order[:N_ENDS], order[::-1][:N_ENDS]
    return _short(low, titles), _short(high, titles)


def _short(rows: NDArray[np.intp], titles: list[str]) -> list[str]:
    return [short_title(titles[row], _TITLE_LENGTH) for row in rows]


def in_lines(titles: list[str], n_lines: int, length: int) -> list[str]:
    """The titles, separated by commas, in lines of at most `length` characters; those that do not fit are left out."""
    lines: list[str] = []
    for title in titles:
        if lines and len(lines[-1]) + 2 + len(title) <= length:
            lines[-1] += f", {title}"
        elif len(lines) < n_lines:
            lines.append(title)
    return lines
