"""Ratings to choose from, on any scale: those that a person may give, and even steps of a scale that has too many."""

import numpy as np

from cf_core.data.ratings import Ratings

MOST_STEPS = 11
"""As many as the whole numbers from 0 to 10, and the tens from 0 to 100."""

_ROUND = (1.0, 2.0, 2.5, 5.0)
_NEAR_AN_END = 0.25  # of a step


def rating_steps(ratings: Ratings) -> list[float]:
    """The ratings that occur in the data, ascending; where they are more than `MOST_STEPS`, the `even_steps` from the
    lowest to the highest."""
    given = np.unique(ratings.rating)
    if len(given) > MOST_STEPS:
        return even_steps(*ratings.rating_range, MOST_STEPS)
    return [round(float(rating), 4) for rating in given]


def even_steps(low: float, high: float, most: int) -> list[float]:
    """Both ends of a scale and the multiples of a round number between them, ascending, as many as possible up to
    `most`. A multiple next to an end is left out.

    Args:
        most: 2 or more.
    """
    step = round_step(high - low, 2 * most)
    while len(steps := _steps(low, high, step)) > most:
        step = round_step(high - low, (high - low) / step - 1e-6)
    return steps


def round_step(span: float, most: float) -> float:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that goes into `span` at most `most` times.

    Args:
        span, most: above 0.
    """
    least = span / most * (1 - 1e-9)
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(factor * power for factor in (*_ROUND, 10.0) if factor * power >= least))


def _steps(low: float, high: float, step: float) -> list[float]:
    inside = step * np.arange(np.ceil(low / step + _NEAR_AN_END), np.floor(high / step - _NEAR_AN_END) + 1)
    return [float(f"{value:.10g}") for value in (low, *inside, high)]
