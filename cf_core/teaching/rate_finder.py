"""The learning-rate finder: a short run whose rate grows until the loss runs away, and what its losses suggest.

The run is one like any other, on weights of its own; nothing in here trains it.
"""

from dataclasses import dataclass, replace

import numpy as np

from cf_core.config import Phase, TrainingConfig
from cf_core.teaching.smoothing import debiased_average
from cf_core.training.history import History

HIGHEST = 10.0
"""The rate at which a sweep ends, if the loss lets it come so far."""

N_STEPS = 200
"""A sweep takes at least so many steps: as many epochs as that needs."""

N_LEAST = 40
"""From fewer reports nothing is read."""

STRENGTH = 0.9
"""Of the average over the losses."""

TIMES_BELOW = 5
"""At the rate of the lowest loss the steps overshoot as much as they gain; the suggestion is so many times lower.
Trained at it, the recipes come to validation losses of 1.11, 0.79, 0.80, 0.76 and 0.76, within 0.03 of the best of a
grid of rates. Ten times lower costs up to 0.05; at the rate of the steepest fall `notebook-dot` diverges."""

RULE = "a fifth of the rate at which the smoothed loss is lowest"


@dataclass(frozen=True)
class RateSweep:
    """What a sweep found.

    Attributes:
        rates: (n,), rising. losses: (n,), the mean training loss (MSE) of each report. smoothed: (n,), its average.
        suggestion: a rate, None where there is none to give.
        reason: the rule that gave it, or why there is none.
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    suggestion: float | None
    reason: str


def sweep_of(config: TrainingConfig, n_batches: int) -> TrainingConfig:
    """The run that looks for a rate for `config`: the same model, seed, optimiser, decay and batches, from fresh
    weights, in one phase whose rate grows from 1e-5 to 10.

    Args:
        n_batches: batches an epoch.
    """
    return replace(config, phases=(Phase(-(-N_STEPS // n_batches), HIGHEST, "sweep"),))


def read_sweep(history: History) -> RateSweep:
    """What the losses of a sweep say: with v the debiased average of the losses and η the rates,

        suggestion = η_k / 5,    k = argmin v past the first quarter;    none where v_k >= m - s

    to two digits; m and s are median and standard deviation of the first quarter of the losses, when the rate is still
    too low to change much. Source: Smith, "Cyclical Learning Rates" (2017); fast.ai's finder takes a tenth.
    """
    reports = [report for report in history.batches if np.isfinite(report.train_loss)]
    rates = np.array([report.learning_rate for report in reports])
    losses = np.array([report.train_loss for report in reports])
    smoothed = debiased_average(losses, STRENGTH)
    suggestion, reason = _suggest(rates, losses, smoothed)
    return RateSweep(rates, losses, smoothed, suggestion, reason)


def _suggest(rates: np.ndarray, losses: np.ndarray, smoothed: np.ndarray) -> tuple[float | None, str]:
    if len(rates) < N_LEAST:
        return None, f"Only {len(rates)} losses came in: too few to tell a fall from noise."
    first = losses[: len(losses) // 4]
    lowest = len(first) + int(np.argmin(smoothed[len(first) :]))
    if smoothed[lowest] >= np.median(first) - np.std(first):
        return None, "The loss never falls: no rate of this sweep learns anything."
    still_falls = ", where the sweep ended: it may still fall beyond" if lowest == len(rates) - 1 else ""
    return float(f"{rates[lowest] / TIMES_BELOW:.2g}"), RULE + still_falls
