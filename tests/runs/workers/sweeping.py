"""Small sweeps, and waiting for what becomes of them."""

from dataclasses import replace

from cf_core.runs.run_sweep import run_sweep
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.sweep_book import SweepBook
from cf_core.sweeps.space import SearchSpace
from tests.waiting import wait_until

SPACE = SearchSpace.read(["learning_rate=0.001:0.1:log", "n_factors=2:8"])
OVER = "ended", "without winner"
PATIENCE = 240.0
LONG = 1000
"""More epochs than any test waits for."""


def slow(make_spec, n_epochs=4):
    """A run whose epochs take some time: one batch for each rating."""
    base = make_spec(n_epochs)
    return replace(base, config=replace(base.config, batch_size=1))


def wait_until_over(workspace, sweep_id):
    return wait_until(lambda: (now := workspace.sweeps.progress(sweep_id)).state in OVER and now, PATIENCE, 0.1)


def wait_for_trials(workspace, sweep_id, n):
    return wait_until(lambda: len((now := workspace.sweeps.progress(sweep_id)).trials) >= n and now, PATIENCE, 0.02)


def wait_for_live_trial(workspace, sweep_id, after=0):
    """Wait until a trial with a number above `after` has ended an epoch; its run."""

    def found():
        now = workspace.sweeps.progress(sweep_id)
        return [run for run in now.runs if now.live.get(run.run_id) and run.spec.sweep.number > after]

    return wait_until(found, PATIENCE, 0.02)[0]


def without_seconds(trials):
    return [replace(trial, seconds=0.0) for trial in trials]


def by_command(folder, base, spec):
    """What the command `sweep` makes of it: the trials, and the RMSE of the winner."""
    store = RunStore(folder)
    sweep = store.sweeps.create(base, spec)
    last = list(run_sweep(store, sweep.sweep_id))[-1]
    return without_seconds(SweepBook(store, sweep).read().trials), last.rmse
