"""When a trial is given up: by the median of the others after the same epoch (the median rule of Golovin et al. 2017,
as Optuna's `MedianPruner` has it).

The bounds are drawn up when a trial begins, and go with it. So it is judged between two epochs by whoever trains it,
and by the same bounds if it was cut off and is trained again.
"""

from collections.abc import Sequence

import numpy as np

from cf_core.sweeps.spec import SweepSpec, Trial

N_STARTUP_TRIALS = 5
"""No trial is given up before so many have finished."""


def give_up_bounds(spec: SweepSpec, n_epochs: int, trials: Sequence[Trial]) -> tuple[float | None, ...]:
    """Above which inner RMSE (stars) a trial of `n_epochs` epochs is given up, after each of its epochs; None where it
    is not; empty where it never is.

    It is the median, over the `trials` that finished, of theirs after the same epoch. None in the first third of the
    epochs and in the first epoch, where curves still cross; none after the last, when there is nothing to spare; and
    none at all where the number of epochs is varied, since schedules of different lengths are not equally far after the
    same epoch.
    """
    curves = [trial.curve for trial in trials if trial.state == "finished"]
    if "n_epochs" in spec.space.varied or len(curves) < N_STARTUP_TRIALS:
        return ()
    n_warmup = max(1, n_epochs // 3)
    bounds = [_median([curve[n] for curve in curves if n < len(curve)]) for n in range(n_epochs - 1)]
    return (*[None] * min(n_warmup, n_epochs - 1), *bounds[n_warmup:], None)


def is_hopeless(curve: Sequence[float], bounds: Sequence[float | None]) -> bool:
    """Whether to give up a trial whose inner RMSE after each epoch until now is `curve`: where the lowest is above the
    bound after as many epochs."""
    bound = bounds[len(curve) - 1] if 0 < len(curve) <= len(bounds) else None
    return bound is not None and min(curve) > bound


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if values else None
