"""The learning-rate finder: a short run whose rate grows until the loss runs away, and what its losses suggest.

The run is one like any other, on weights of its own; nothing in here trains it.
"""

from dataclasses import dataclass, replace

import numpy as np

from cf_core.training.config import Phase, TrainingConfig
from cf_core.training.history import History
from cf_core.training.smoothing import debiased_average

HIGHEST = 10.0
"""The rate at which a sweep ends, if the loss lets it come so far."""

N_STEPS = 200
"""A sweep takes at least so many steps: as many epochs as that needs."""

STRENGTH, EDGE = 0.9, 5
"""Of the average over the losses; and how many reports at either end say nothing of the slope yet."""

RULE = "the rate at which the smoothed loss falls fastest a decade, before its lowest point"


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
    """What the losses of a sweep say: the rule is `RULE`, on the logarithm of the rate.

    Source: Smith, "Cyclical Learning Rates" (2017), and fast.ai's finder, which suggest by the steepest fall.
    """
    reports = [report for report in history.batches if np.isfinite(report.train_loss)]
    rates = np.array([report.learning_rate for report in reports])
    losses = np.array([report.train_loss for report in reports])
    smoothed = debiased_average(losses, STRENGTH)
    suggestion, reason = _suggest(rates, smoothed)
    return RateSweep(rates, losses, smoothed, suggestion, reason)


def _suggest(rates: np.ndarray, smoothed: np.ndarray) -> tuple[float | None, str]:
    if len(rates) < 4 * EDGE:
        return None, f"Only {len(rates)} losses came in: too few to see a slope."
    lowest = int(np.argmin(smoothed))
    slope = np.gradient(smoothed, np.log10(rates))
    before = slope[EDGE : lowest + 1]
    if len(before) < EDGE or before.min() >= 0:
        return None, "The loss never falls: no rate of this sweep learns anything."
    return float(f"{rates[EDGE + int(np.argmin(before))]:.3g}"), RULE
