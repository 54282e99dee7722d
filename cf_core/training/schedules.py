"""Schedules: the learning rate of every batch of a phase, known before training starts, so that it can be drawn while
a slider moves (lesson: "Collaborative filtering").
"""

import numpy as np
import pandas as pd

from cf_core.config import Phase, TrainingConfig

SLOW_START = 20
"""One part in so many of the first cosine cycle runs at a hundredth of the rate: fast.ai 0.7 and the lesson."""

RISING_DECADES = 6
"""A rate search begins at a rate so many powers of ten below its last."""

WARM_UP = 0.3
"""Share of a one-cycle phase in which the rate rises."""


def learning_rates(phase: Phase, n_batches: int) -> np.ndarray:
    """The rate of every batch of `phase`, shape (phase.n_trained * n_batches,); the schedule is that of all its epochs.

    constant:   η_t = η.
    cosine:     η_t = η/2 · (1 + cos(π t/T)) within a cycle of T batches; cycles grow by `cycle_multiplier`; the first
                twentieth of the first cycle runs at η/100.
    rising:     η_t = η · 10^(-6 (1 - t/(T - 1))): through six decades up to η, to see from which rate on the loss
                falls and from which it rises (Smith 2017).
    one-cycle:  along half a cosine from η/25 up to η over the first 30 % of batches, then down to η/250,000
                (Smith & Topin 2018; the proportions are those of PyTorch's OneCycleLR).
    """
    n_steps = phase.n_epochs * n_batches
    if phase.schedule == "constant":
        shares = np.ones(n_steps)
    elif phase.schedule == "cosine":
        shares = _cosine_cycles(phase, n_batches)
    elif phase.schedule == "rising":
        shares = np.logspace(-RISING_DECADES, 0, n_steps)
    else:
        shares = _one_cycle(n_steps)
    return phase.learning_rate * shares[: phase.n_trained * n_batches]


def preview(config: TrainingConfig, n_batches: int) -> pd.DataFrame:
    """The rate of every batch of every phase: columns `position` (epochs, at the batch's end), `phase` (from 1) and
    `learning_rate`."""
    rates = [learning_rates(phase, n_batches) for phase in config.phases]
    return pd.DataFrame(
        {
            "position": np.arange(1, sum(map(len, rates)) + 1) / n_batches,
            "phase": np.repeat(np.arange(1, len(rates) + 1), [len(r) for r in rates]),
            "learning_rate": np.concatenate(rates),
        }
    )


def _cosine_cycles(phase: Phase, n_batches: int) -> np.ndarray:
    """The cosine schedule as a share of the rate."""
    n_steps, length = phase.n_epochs * n_batches, phase.cycle_length * n_batches
    shares = np.empty(0)
    while len(shares) < n_steps:
        cycle = (1 + np.cos(np.pi * np.arange(min(length, n_steps)) / length)) / 2
        shares = np.concatenate([shares, cycle])[:n_steps]
        length *= phase.cycle_multiplier
    shares[: -(-phase.cycle_length * n_batches // SLOW_START)] = 1 / 100
    return shares


def _one_cycle(n_steps: int) -> np.ndarray:
    """The one-cycle schedule as a share of the rate."""
    start, end = 1 / 25, 1 / 250_000
    peak = max(WARM_UP * n_steps - 1, 0.0)
    step = np.arange(n_steps)
    up = _half_cosine(start, 1.0, step / max(peak, 1.0))
    down = _half_cosine(1.0, end, (step - peak) / max(n_steps - 1 - peak, 1.0))
    return np.where(step <= peak, up, down)


def _half_cosine(start: float, end: float, share: np.ndarray) -> np.ndarray:
    """From `start` to `end` as `share` goes from 0 to 1, level at both ends."""
    return end + (start - end) / 2 * (1 + np.cos(np.pi * np.clip(share, 0, 1)))
