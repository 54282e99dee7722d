"""The points of a grid: evenly spaced values of every varied setting, in all combinations."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from cf_core.settings import SETTINGS, Setting
from cf_core.sweeps.space import Domain, Interval
from cf_core.sweeps.spec import SweepSpec, Trial


def grid_of(spec: SweepSpec) -> list[dict[str, Any]]:
    """The points in the order in which they are tried: the last setting changes fastest.

    Intervals all get the same number of values, as many as `spec.n_trials` allows and two at least, ends included;
    evenly spaced, or on a log scale in even proportions. Whole numbers that coincide after rounding count once.
    """
    intervals = {name: domain for name, domain in spec.space.varied.items() if isinstance(domain, Interval)}
    n_values, most = 2, max((_n_different(name, each, spec.n_trials) for name, each in intervals.items()), default=2)
    if intervals:
        n_others = math.prod(len(d.values) for d in spec.space.varied.values() if not isinstance(d, Interval))
        n_values = max(2, int((spec.n_trials / n_others) ** (1 / len(intervals))))
    axes = _axes(spec, n_values)
    while n_values < most and math.prod(map(len, finer := _axes(spec, n_values + 1))) <= spec.n_trials:
        n_values, axes = n_values + 1, finer
    return [dict(zip(spec.space.varied, point, strict=True)) for point in itertools.product(*axes)]


def n_planned(spec: SweepSpec) -> int:
    """How many trials there will be, unless the minutes are over before."""
    return len(grid_of(spec)) if spec.method == "grid" else spec.n_trials


def is_spent(spec: SweepSpec, n_begun: int, trials: Sequence[Trial]) -> bool:
    """Whether no further trial begins, after `n_begun` of which `trials` have ended."""
    minutes_are_over = spec.minutes is not None and sum(trial.seconds for trial in trials) >= 60 * spec.minutes
    return minutes_are_over or n_begun >= n_planned(spec)


def _n_different(name: str, interval: Interval, n_trials: int) -> int:
    """How many values of the interval may be told apart, of `n_trials`."""
    setting = SETTINGS[name]
    is_whole = isinstance(setting, Setting) and setting.kind is int
    return min(n_trials, int(interval.high - interval.low) + 1) if is_whole else n_trials


def _axes(spec: SweepSpec, n_values: int) -> list[list[Any]]:
    return [_axis(name, domain, n_values) for name, domain in spec.space.varied.items()]


def _axis(name: str, domain: Domain, n_values: int) -> list[Any]:
    if not isinstance(domain, Interval):
        return list(domain.values)
    space = np.geomspace if domain.log else np.linspace
    values = space(domain.low, domain.high, n_values).tolist()
    return list(dict.fromkeys(tidy(name, domain, value) for value in values))


def tidy(name: str, interval: Interval, value: float) -> float:
    """`value` as a person would write it: a whole number where the setting is one, else three significant digits,
    never beyond the interval."""
    setting = SETTINGS[name]
    assert isinstance(setting, Setting)
    rounded = round(value) if setting.kind is int else float(f"{value:.3g}")
    within = min(max(rounded, interval.low), interval.high)
    return int(within) if setting.kind is int else float(within)
