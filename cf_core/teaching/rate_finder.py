"""The learning-rate finder: a short run whose rate grows until the loss diverges, and the rate its losses suggest.

The rate search is a run like any other, with weights of its own.
"""

from dataclasses import dataclass, replace

import numpy as np

from cf_core.config import Phase, TrainingConfig
from cf_core.teaching.smoothing import debiased_average
from cf_core.training.history import History

HIGHEST = 10.0
"""The rate at which a rate search ends, unless it diverges before."""

N_STEPS = 200
"""The least number of steps of a rate search, which takes as many epochs as that needs."""

MIN_REPORTS = 40
"""With fewer reported losses there is no suggestion."""

SMOOTHING = 0.9
"""Strength of the average over the losses."""

TIMES_BELOW = 5
"""At the rate of the lowest loss the steps overshoot as much as they gain; the suggestion is this many times lower.
Trained at it, the recipes reach validation losses of 1.11, 0.79, 0.80, 0.76 and 0.76, within 0.03 of the best of a
grid of rates. Ten times lower costs up to 0.05; at the rate of the steepest fall, `notebook-dot` diverges."""

RULE = "a fifth of the rate at which the smoothed loss is lowest"


@dataclass(frozen=True)
class RateSearch:
    """The result of a rate search.

    Attributes:
        rates: (n,), ascending.
        losses: (n,), the mean training loss (MSE) of each report.
        smoothed: (n,), the debiased average of the losses.
        suggestion: a rate; None if there is none.
        reason: the rule behind the suggestion, or why there is none.
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    suggestion: float | None
    reason: str


def rate_search_of(config: TrainingConfig, n_batches: int) -> TrainingConfig:
    """The configuration of the rate search for `config`: the same model, seed, optimiser, decay and batches, from fresh
    weights, in one phase whose rate grows from 1e-5 to 10.

    Args:
        n_batches: batches per epoch.
    """
    return replace(config, phases=(Phase(-(-N_STEPS // n_batches), HIGHEST, "rising"),))


def read_rate_search(history: History) -> RateSearch:
    """Suggest a rate from the losses of a rate search. With v the debiased average of the losses and η the rates,

        suggestion = η_k / 5,    k = argmin v after the first quarter;    none if v_k >= m - s

    to two digits, where m and s are median and standard deviation of the first quarter of the losses, in which the rate
    is still too low to change much. Source: Smith, "Cyclical Learning Rates" (2017); fast.ai's finder takes a tenth.
    """
    reports = [report for report in history.batches if np.isfinite(report.train_loss)]
    rates = np.array([report.learning_rate for report in reports])
    losses = np.array([report.train_loss for report in reports])
    smoothed = debiased_average(losses, SMOOTHING)
    suggestion, reason = _suggest(rates, losses, smoothed)
    return RateSearch(rates, losses, smoothed, suggestion, reason)


def _suggest(rates: np.ndarray, losses: np.ndarray, smoothed: np.ndarray) -> tuple[float | None, str]:
    if len(rates) < MIN_REPORTS:
        return None, f"Only {len(rates)} losses were reported, too few to tell a trend from noise."
    first = losses[: len(losses) // 4]
    lowest = len(first) + int(np.argmin(smoothed[len(first) :]))
    if smoothed[lowest] >= np.median(first) - np.std(first):
        return None, "The loss never falls: the model learns nothing at any rate of this search."
    at_the_end = lowest == len(rates) - 1
    reason = f"{RULE}, which is where the search ended: the loss may fall further beyond it" if at_the_end else RULE
    return float(f"{rates[lowest] / TIMES_BELOW:.2g}"), reason
