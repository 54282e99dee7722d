"""A sweep from its first trial to its winner: rows that nobody may see, a death in between, hopeless trials."""

import queue
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cf_core.data.reading import read_ratings
from cf_core.data.split import split_ratings
from cf_core.environment import PROJECT
from cf_core.errors import ConfigError, DataMismatchError, NoWinnerError, StoreError, UnknownSweepError
from cf_core.runs.run_sweep import RunBegan, SweepEnded, SweepEvent, TrialEnded, run_sweep
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.sweep import trial_of
from cf_core.sweeps.space import SearchSpace
from cf_core.sweeps.spec import SweepMark, SweepSpec, Trial, best_of
from cf_core.training.commands import Interrupt
from cf_core.training.events import EpochEnded
from cf_core.training.state import TrainingState
from tests.tiny import write_tiny_data

SPACE = SearchSpace.read(["learning_rate=0.001:0.1:log", "n_factors=2:8"])


def trials_in(store: RunStore, sweep_id: str) -> list[Trial | None]:
    runs = [run for run in store.runs_of_sweep(sweep_id) if run.spec.purpose == "trial"]
    curves = [[epoch.rmse for epoch in store.history(run.run_id).epochs] for run in runs]
    return [trial_of(run, curve) for run, curve in zip(runs, curves, strict=True)]


def told(events: Iterator[SweepEvent]) -> list[tuple[int, dict, str, float | None]]:
    ended = [event.trial for event in events if isinstance(event, TrialEnded)]
    return [(trial.number, trial.settings, trial.state, trial.inner_rmse) for trial in ended]


def test_trials_then_the_winner(store, make_spec):
    sweep = store.sweeps.create(make_spec(), SweepSpec(SPACE, n_trials=4))
    events = list(run_sweep(store, sweep.sweep_id))
    ended, last = [event for event in events if isinstance(event, TrialEnded)], events[-1]
    assert [event.trial.number for event in ended] == [0, 1, 2, 3]
    assert [event.best for event in ended] == [best_of([e.trial for e in ended[: n + 1]]) for n in range(4)]
    assert isinstance(last, SweepEnded) and last.best == ended[-1].best
    assert [event.trial for event in ended] == trials_in(store, sweep.sweep_id)
    assert store.runs() == [store.get(last.best_run_id)]
    assert {run.run_id for run in store.runs(purpose="trial")} == {event.run_id for event in ended}


def test_a_trial_and_the_winner_are_told_apart_in_the_store(store, make_spec):
    base = make_spec()
    sweep = store.sweeps.create(base, SweepSpec(SPACE, "random", 2))
    last = list(run_sweep(store, sweep.sweep_id))[-1]
    *trials, winner = store.runs_of_sweep(sweep.sweep_id)
    for number, run in enumerate(trials):
        assert (run.spec.purpose, run.spec.split) == ("trial", replace(base.split, inner=True))
        assert run.spec.sweep == SweepMark(sweep.sweep_id, number, run.spec.sweep.settings)
        assert run.spec.config.phases[0].learning_rate == pytest.approx(run.spec.sweep.settings["learning_rate"])
        assert run.spec.config.model.n_factors == run.spec.sweep.settings["n_factors"]
        assert not run.has_factors and not run.has_checkpoint and not (store.folder / run.run_id).exists()
    best = trials[last.best.number]
    assert (winner.spec.purpose, winner.spec.split, winner.spec.config) == ("train", base.split, best.spec.config)
    assert winner.has_factors and winner.rmse == last.rmse
    assert RunSpec.from_json(winner.spec.to_json()) == winner.spec
    assert RunSpec.from_json(trials[0].spec.to_json()) == trials[0].spec


def test_no_trial_sees_a_validation_row(store, make_spec, monkeypatch):
    """By the row numbers that trainings get, and by the ratings themselves: others there change no trial."""
    splits = []
    start = TrainingState.start
    monkeypatch.setattr(
        TrainingState, "start", lambda config, split, *rest: splits.append(split) or start(config, split, *rest)
    )
    base = make_spec()
    ratings = read_ratings(base.data)
    outer = split_ratings(ratings, base.split)
    sweep = store.sweeps.create(base, SweepSpec(SPACE, n_trials=3))
    first = told(run_sweep(store, sweep.sweep_id))
    *of_trials, of_winner = splits
    assert len(of_trials) == 3
    for split in of_trials:
        rows = np.concatenate([split.train_rows, split.valid_rows])
        assert len(split.valid_rows) > 0 and not {*rows.tolist()} & {*outer.valid_rows.tolist()}
        np.testing.assert_array_equal(np.sort(rows), outer.train_rows)
    np.testing.assert_array_equal(of_winner.valid_rows, outer.valid_rows)
    np.testing.assert_array_equal(of_winner.train_rows, outer.train_rows)

    stars = ratings.rating.copy()
    stars[outer.valid_rows] = stars[outer.valid_rows][::-1]
    other = replace(ratings, rating=stars)
    again = store.sweeps.create(base, SweepSpec(SPACE, n_trials=3))
    assert told(run_sweep(store, again.sweep_id, read=lambda _: other)) == first


def test_the_same_seed_gives_the_same_sweep(store, make_spec):
    def sweep(seed: int) -> list[tuple[int, dict, str, float | None]]:
        return told(
            run_sweep(store, store.sweeps.create(make_spec(), SweepSpec(SPACE, n_trials=3, seed=seed)).sweep_id)
        )

    assert sweep(1) == sweep(1)
    assert sweep(1) != sweep(2)


@pytest.mark.parametrize("how", ["interrupted", "closed"])
def test_a_sweep_that_was_cut_off_goes_on_to_the_same_winner(store, make_spec, how):
    spec = SweepSpec(SPACE, n_trials=12)
    whole = list(run_sweep(store, store.sweeps.create(make_spec(), spec).sweep_id))
    sweep_id = store.sweeps.create(make_spec(), spec).sweep_id
    commands = queue.SimpleQueue()
    events = run_sweep(store, sweep_id, commands)
    for event in events:
        if isinstance(event, RunBegan) and event.run.spec.sweep.number == 10:
            if how == "closed":
                break
            commands.put(Interrupt())
    events.close()
    assert [trial is None for trial in trials_in(store, sweep_id)] == [False] * 10 + [True]
    if how == "closed":  # it was created, and its process lives: as if it had died
        store.interrupt(store.runs_of_sweep(sweep_id)[-1].run_id, "cut off")
    rest = list(run_sweep(store, sweep_id))
    assert [event.trial.number for event in rest if isinstance(event, TrialEnded)] == [10, 11]
    assert [replace(trial, seconds=0.0) for trial in trials_in(store, sweep_id)] == [
        replace(event.trial, seconds=0.0) for event in whole if isinstance(event, TrialEnded)
    ]
    assert (rest[-1].best.number, rest[-1].rmse) == (whole[-1].best.number, whole[-1].rmse)


def test_a_killed_sweep_loses_no_trial_that_had_ended(store, make_spec, tiny_data):
    """Killed from outside by the kernel's hand, while its fourth trial trains."""
    sweep = store.sweeps.create(make_spec(), SweepSpec(SPACE, n_trials=5))
    code = f"""
import os, signal
from cf_core.runs.run_sweep import run_sweep
from cf_core.runs.store.run_store import RunStore
from cf_core.training.events import EpochEnded
n = 0
for event in run_sweep(RunStore({str(store.folder)!r}), {sweep.sweep_id!r}):
    n += isinstance(event, EpochEnded)
    if n == 7:
        os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, timeout=300)
    assert killed.returncode == -9
    before = trials_in(store, sweep.sweep_id)
    assert [trial is None for trial in before] == [False] * 3 + [True]
    last = list(run_sweep(store, sweep.sweep_id))[-1]
    after = trials_in(store, sweep.sweep_id)
    assert after[:3] == before[:3]
    other = store.sweeps.create(make_spec(), SweepSpec(SPACE, n_trials=5))
    undisturbed = list(run_sweep(store, other.sweep_id))[-1]
    assert (last.best.number, last.best.curve, last.rmse) == (
        undisturbed.best.number,
        undisturbed.best.curve,
        undisturbed.rmse,
    )


def test_a_winner_that_was_cut_off_goes_on(store, make_spec):
    sweep = store.sweeps.create(make_spec(n_epochs=3), SweepSpec(SPACE, n_trials=2))
    commands = queue.SimpleQueue()
    winner = None
    for event in run_sweep(store, sweep.sweep_id, commands):
        winner = event.run if isinstance(event, RunBegan) and event.run.spec.purpose == "train" else winner
        if winner is not None and isinstance(event, EpochEnded):
            commands.put(Interrupt())
    assert store.get(winner.run_id).outcome == "interrupted"
    last = list(run_sweep(store, sweep.sweep_id))[-1]
    assert last.best_run_id == winner.run_id and store.get(winner.run_id).n_epochs_done == 3
    assert list(run_sweep(store, sweep.sweep_id)) == [last]  # it has ended: nothing is trained


def test_hopeless_trials_are_given_up(store, make_spec):
    space = SearchSpace.read(["learning_rate=0.001,0.002,0.003,0.004,0.005,5"])
    sweep = store.sweeps.create(make_spec(n_epochs=6), SweepSpec(space, "grid", 6))
    events = list(run_sweep(store, sweep.sweep_id))
    trials = [event.trial for event in events if isinstance(event, TrialEnded)]
    assert [trial.state for trial in trials] == ["finished"] * 5 + ["pruned"]
    assert len(trials[-1].curve) == 3
    assert trials_in(store, sweep.sweep_id) == trials
    assert isinstance(events[-1], SweepEnded)


def test_a_sweep_whose_trials_all_diverge_says_so(store, make_spec):
    base = make_spec()
    base = replace(base, config=replace(base.config, model=replace(base.config.model, sigmoid=False), optimizer="sgd"))
    space = SearchSpace.read(["learning_rate=99,100"])
    sweep = store.sweeps.create(base, SweepSpec(space, "grid", 2))
    with pytest.raises(NoWinnerError, match=f"None of the 2 trials of sweep {sweep.sweep_id} finished"):
        list(run_sweep(store, sweep.sweep_id))
    assert [trial.state for trial in trials_in(store, sweep.sweep_id)] == ["diverged", "diverged"]


def test_other_data_than_at_its_start_are_refused(store, make_spec, tmp_path):
    data = write_tiny_data(tmp_path / "data", n_items=40)
    sweep = store.sweeps.create(replace(make_spec(), data=str(data)), SweepSpec(SPACE, n_trials=1))
    list(run_sweep(store, sweep.sweep_id))
    write_tiny_data(data, n_items=30)
    with pytest.raises(DataMismatchError):
        list(run_sweep(store, sweep.sweep_id))


def test_a_sweep_runs_once_at_a_time(store, make_spec):
    sweep = store.sweeps.create(make_spec(), SweepSpec(SPACE, n_trials=2))
    first = run_sweep(store, sweep.sweep_id)
    next(first)
    with pytest.raises(StoreError, match="is under way"):
        next(run_sweep(store, sweep.sweep_id))


def test_the_store_knows_its_sweeps(store, make_spec):
    mine = store.sweeps.create(make_spec(), SweepSpec(SPACE, "grid", 9, 2.5, 3), "anna")
    assert mine.sweep_id.startswith("sweep-tiny-")
    reopened = RunStore(store.folder)
    assert reopened.sweeps.get(mine.sweep_id) == mine
    assert reopened.sweeps.all("anna") == [mine] and reopened.sweeps.all("") == []
    store.change_owner("anna", "ben")
    assert [sweep.sweep_id for sweep in store.sweeps.all("ben")] == [mine.sweep_id]
    with pytest.raises(UnknownSweepError, match=r"no sweep 'x' in .*There are no sweeps yet"):
        store.sweeps.get("x")
    with pytest.raises(ConfigError, match="n_hidden has no effect"):
        store.sweeps.create(make_spec(), SweepSpec(SearchSpace.read(["n_hidden=2:4"])))


def test_an_inner_split_is_for_trials_alone(make_spec):
    inner = replace(make_spec().split, inner=True)
    with pytest.raises(ConfigError, match="for the trials of a sweep"):
        replace(make_spec(), split=inner)
    with pytest.raises(ConfigError, match="for the trials of a sweep"):
        replace(make_spec(), purpose="trial")
