"""How long a sweep will train, from runs that have ended here."""

from collections.abc import Sequence
from statistics import median

from cf_core.runs.spec import Run, RunSpec
from cf_core.sweeps.grid import n_planned
from cf_core.sweeps.space import Interval
from cf_core.sweeps.spec import SweepSpec

N_LATEST = 5


def seconds_of_sweep(base: RunSpec, spec: SweepSpec, runs: Sequence[Run]) -> float | None:
    """About how many seconds all trials and the winner will train, one after another; None where no run tells.

    It is (trials + 1) · epochs of one · median seconds of an epoch of the latest runs of the same recipe and batch size
    on the same data, `runs` being the newest first; no more than the minutes of `spec`. That some trials will be given
    up, and that other numbers of factors take other times, is left out.
    """
    alike = [run for run in runs if _tells(run, base)][:N_LATEST]
    if not alike:
        return None
    epochs = spec.space.varied.get("n_epochs")
    n_epochs = (epochs.low + epochs.high) / 2 if isinstance(epochs, Interval) else base.config.n_epochs
    seconds = (n_planned(spec) + 1) * n_epochs * median((run.seconds or 0.0) / run.n_epochs_done for run in alike)
    return seconds if spec.minutes is None else min(seconds, 60 * spec.minutes)


def _tells(run: Run, base: RunSpec) -> bool:
    config = run.spec.config
    is_alike = (config.recipe, config.batch_size) == (base.config.recipe, base.config.batch_size)
    return is_alike and run.spec.data == base.data and run.outcome == "finished" and bool(run.seconds)
