"""Sweeps in the worker pool: trials on idle workers, after all single runs."""

import json
import time
from dataclasses import replace

import pytest

from cf_core.errors import ConfigError, DiskQuotaError, QueueFullError, StoreError, TooCostlyError, UnknownSweepError
from cf_core.runs.execute import execute
from cf_core.runs.limits import Limits
from cf_core.runs.own_sweeps import OwnSweeps
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.visitor import Visitor
from cf_core.runs.workers.fair_order import Party, Waiting
from cf_core.runs.workers.job_queue import JobQueue
from cf_core.runs.workers.jobs import Job
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.sweeps.proposal import next_settings
from cf_core.sweeps.pruning import give_up_bounds
from cf_core.sweeps.space import SearchSpace
from cf_core.sweeps.spec import SweepSpec
from cf_core.training.commands import Pause, Stop
from tests.runs.workers.sweeping import (
    LONG,
    OVER,
    PATIENCE,
    SPACE,
    by_command,
    slow,
    wait_for_live_trial,
    wait_for_trials,
    wait_until_over,
    without_seconds,
)
from tests.waiting import wait_until, wait_until_ended


def test_one_worker_makes_the_trials_and_the_winner_of_the_command(anna, make_spec, tmp_path):
    """Hopeless trials among them."""
    base, spec = make_spec(6), SweepSpec(SPACE, n_trials=13)
    sweep_id = anna.sweeps.start(base, spec)
    over = wait_until_over(anna, sweep_id)
    trials, rmse = by_command(tmp_path, base, spec)
    assert (without_seconds(over.trials), over.winner.rmse) == (trials, rmse)
    assert (over.state, over.n_planned, over.live, over.message) == ("ended", len(trials), {}, "")
    assert over.sweep.ended is not None
    assert "pruned" in [trial.state for trial in trials]
    assert anna.runs() == [over.winner] and over.winner.spec.split == base.split


def test_trials_are_marked_and_keep_no_files(anna, make_spec, workers):
    over = wait_until_over(anna, anna.sweeps.start(make_spec(), SweepSpec(SPACE, n_trials=3)))
    assert [run.spec.sweep.number for run in over.runs] == [0, 1, 2]
    assert {run.spec.purpose for run in over.runs} == {"trial"} and {run.outcome for run in over.runs} == {"finished"}
    assert over.best_run_id == over.runs[over.best.number].run_id
    assert [run for run in over.runs if (workers.store.folder / run.run_id).exists()] == []
    assert anna.unreadable() == {}
    for refused in (anna.resume, anna.delete, lambda run_id: anna.send(run_id, Pause())):
        with pytest.raises(StoreError, match="a trial of a sweep"):
            refused(over.best_run_id)


def test_several_workers_train_several_trials_and_each_proposal_can_be_made_again(tmp_path, tiny_data, make_spec):
    workers = WorkerPool(tmp_path, n_workers=2, data=tiny_data)
    anna, spec = Workspace(workers, new_token()), SweepSpec(SPACE, n_trials=13)
    sweep_id = anna.sweeps.start(slow(make_spec), spec)
    most = 0
    while (now := anna.sweeps.progress(sweep_id)).state not in OVER:
        most = max(most, sum(run.unfinished for run in now.runs))
        time.sleep(0.02)
    assert most == 2
    trials = {trial.number: trial for trial in now.trials}
    marks = [run.spec.sweep for run in now.runs]
    assert any(mark.under_way for mark in marks)
    assert len({json.dumps(mark.settings) for mark in marks}) == len(marks)
    for mark in marks:
        known = [trials[number] for number in range(mark.number) if number not in mark.under_way]
        settings = [trials[number].settings for number in mark.under_way]
        assert next_settings(spec, known, settings) == mark.settings
        assert give_up_bounds(spec, 4, known) == mark.give_up_above
    workers.close()


def test_a_single_run_comes_before_trials_and_the_trial_goes_on_to_the_same_numbers(
    workers, anna, make_spec, tmp_path, monkeypatch
):
    monkeypatch.setattr(workers._hand_over, "_seconds", 0.05)
    workers.limits = Limits(trial_seconds=0.1)
    sweep_id = anna.sweeps.start(slow(make_spec, 10), SweepSpec(SPACE, n_trials=2))
    trial = wait_for_live_trial(anna, sweep_id, after=-1)
    single = anna.submit(make_spec(1))
    assert wait_until_ended(workers, single).state == "finished"
    now = anna.sweeps.progress(sweep_id)
    assert trial.run_id not in {run.run_id for run in now.runs if not run.unfinished}, "it ended before the single run"
    wait_for_trials(anna, sweep_id, 1)
    store = RunStore(tmp_path)
    alone = store.create(replace(trial.spec, sweep=replace(trial.spec.sweep, sweep_id="another")))
    for _ in execute(store, alone.run_id):
        pass
    assert "set_down" not in [each.command for each in workers.store.history(trial.run_id).commands]
    assert workers.store.history(trial.run_id).epochs[-1].rmse == store.history(alone.run_id).epochs[-1].rmse
    assert not (workers.store.folder / trial.run_id).exists()


def test_a_trial_ends_where_it_has_not_had_its_share(workers, anna, make_spec):
    workers.limits = Limits(trial_seconds=1e6)
    sweep_id = anna.sweeps.start(slow(make_spec), SweepSpec(SPACE, n_trials=3))
    wait_for_live_trial(anna, sweep_id, after=-1)
    single = anna.submit(make_spec(1))
    n_ended = len(anna.sweeps.progress(sweep_id).trials)
    wait_until_ended(workers, single)
    assert len(anna.sweeps.progress(sweep_id).trials) <= n_ended + 1, "it waited for more than one trial"


def jobs(queue, *names):
    """Waiting jobs: "a1" is a single run of a, "A1" a trial of theirs."""
    for name in names:
        queue.add(Job(name, name[0].lower(), purpose="trial" if name[0].isupper() else "train"))


def test_single_runs_come_first_and_trials_take_no_turn():
    queue = JobQueue()
    jobs(queue, "A1", "B1", "a1", "a2", "b1")
    assert queue.order() == ["a1", "b1", "a2", "A1", "B1"]
    training = queue.jobs["A1"]
    queue.serve(training)
    training.state = "running"
    assert queue.order() == ["a1", "b1", "a2", "B1"], "a trial in training counts against no single run"
    assert queue.order(also=training) == ["a1", "b1", "a2", "B1", "A1"]


def test_sweeps_take_turns():
    queue = JobQueue()
    wanting = [Waiting("of a", Party("a")), Waiting("of b", Party("b"))]
    served = []
    for number in range(4):
        first = queue.fair_sweeps(wanting)[0]
        job = Job(f"{first}, {number}", first[-1], purpose="trial")
        queue.add(job)
        queue.serve(job)
        job.state = "running"
        served.append(first)
    assert served == ["of a", "of b", "of a", "of b"]
    assert len(queue.order()) == 0


def test_ended_trials_do_not_push_single_runs_out_of_memory():
    queue = JobQueue()
    jobs(queue, "a1", *[f"A{number}" for number in range(300)])
    for job in queue.jobs.values():
        job.end("finished", "")
    jobs(queue, "a2")
    assert {"a1", "a2", "A299"} < queue.jobs.keys() and len(queue.jobs) < 30


def test_two_owners_sweep_at_the_same_pace(workers, anna, make_spec):
    ben = Workspace(workers, new_token())
    of_anna = anna.sweeps.start(slow(make_spec), SweepSpec(SPACE, n_trials=30))
    wait_for_live_trial(anna, of_anna, after=-1)
    of_ben = ben.sweeps.start(slow(make_spec), SweepSpec(SPACE, n_trials=3))
    wait_for_trials(ben, of_ben, 3)
    runs = [*anna.sweeps.progress(of_anna).runs, *ben.sweeps.progress(of_ben).runs]
    begun = [run.spec.sweep.sweep_id for run in sorted(runs, key=lambda run: run.created)]
    first = begun.index(of_ben)
    assert begun[first : first + 5] == [of_ben, of_anna, of_ben, of_anna, of_ben]
    wait_until_over(ben, of_ben)


def test_trials_do_not_count_for_the_cap_and_sweeps_have_one(workers, make_spec, anna):
    workers.limits = Limits(cap=1, sweep_cap=1, address_sweep_cap=2)
    sweep_id = anna.sweeps.start(make_spec(LONG), SweepSpec(SPACE, n_trials=9))
    wait_for_live_trial(anna, sweep_id, after=-1)
    with pytest.raises(QueueFullError, match="You have 1 sweep going on"):
        anna.sweeps.start(make_spec(), SweepSpec(SPACE))
    single = anna.submit(make_spec(1))
    with pytest.raises(QueueFullError, match="You have 1 runs"):
        anna.submit(make_spec(1))
    anna.send(single, Stop())
    here = Visitor("1.2.3.4", "session")
    others = [Workspace(workers, new_token(), here) for _ in range(3)]
    ids = [other.sweeps.start(make_spec(), SweepSpec(SPACE, n_trials=1)) for other in others[:2]]
    with pytest.raises(QueueFullError, match="2 sweeps from your network"):
        others[2].sweeps.start(make_spec(), SweepSpec(SPACE))
    anna.sweeps.pause(sweep_id)
    trials = anna.sweeps.progress(sweep_id).runs
    workers.send(next(run.run_id for run in trials if run.unfinished), Stop())
    for other, its_id in zip(others, ids, strict=False):
        wait_until_over(other, its_id)


def test_what_cannot_be_swept_is_refused_at_the_start(workers, anna, make_spec):
    with pytest.raises(ConfigError, match="n_hidden has no effect"):
        anna.sweeps.start(make_spec(), SweepSpec(SearchSpace.read(["n_hidden=2:4"])))
    workers.limits = Limits(budget=5_000)
    with pytest.raises(TooCostlyError):
        anna.sweeps.start(make_spec(), SweepSpec(SPACE))
    workers.limits = Limits(free=2**62)
    with pytest.raises(DiskQuotaError):
        anna.sweeps.start(make_spec(), SweepSpec(SPACE))
    assert anna.sweeps.all() == []


def test_a_sweep_is_paused_and_goes_on(anna, make_spec):
    sweep_id = anna.sweeps.start(slow(make_spec), SweepSpec(SPACE, n_trials=5))
    wait_for_live_trial(anna, sweep_id, after=0)
    anna.sweeps.pause(sweep_id)
    assert anna.sweeps.progress(sweep_id).state in ("pausing", "paused")
    paused = wait_until(lambda: (now := anna.sweeps.progress(sweep_id)).state == "paused" and now, PATIENCE, 0.05)
    assert len(paused.trials) == len(paused.runs) >= 2, "the trial under way has ended"
    time.sleep(0.2)
    assert anna.sweeps.progress(sweep_id) == paused
    with pytest.raises(StoreError, match="has not ended"):
        anna.sweeps.delete(sweep_id)
    anna.sweeps.go_on(sweep_id)
    over = wait_until_over(anna, sweep_id)
    assert len(over.trials) == 5 and over.trials[: len(paused.trials)] == paused.trials
    for nothing in (anna.sweeps.pause, anna.sweeps.stop, anna.sweeps.go_on):
        nothing(sweep_id)
        assert anna.sweeps.progress(sweep_id) == over


def test_a_sweep_that_is_stopped_trains_the_best_of_what_is_there(anna, make_spec, workers):
    sweep_id = anna.sweeps.start(slow(make_spec), SweepSpec(SPACE, n_trials=500))
    wait_for_live_trial(anna, sweep_id, after=2)
    anna.sweeps.stop(sweep_id)
    over = wait_until_over(anna, sweep_id)
    assert over.state == "ended" and 3 <= len(over.trials) < 20
    assert over.winner.outcome == "finished" and over.winner.spec.sweep.settings == over.best.settings
    anna.sweeps.delete(sweep_id)
    assert anna.sweeps.all() == [] and anna.runs() == [over.winner]
    assert workers.store.runs(purpose="trial", owner=over.winner.owner) == []


def test_a_sweep_that_is_stopped_before_a_trial_finished_has_no_winner(anna, make_spec):
    sweep_id = anna.sweeps.start(make_spec(LONG), SweepSpec(SPACE, n_trials=5))
    wait_for_live_trial(anna, sweep_id, after=-1)
    anna.sweeps.stop(sweep_id)
    over = wait_until_over(anna, sweep_id)
    assert (over.state, over.winner, over.best) == ("without winner", None, None)
    wait_until(lambda: "None of the 1 trials" in anna.sweeps.progress(sweep_id).message)
    assert anna.runs() == []


def test_a_sweep_is_its_owners_alone_and_moves_with_them(workers, anna, make_spec):
    sweep_id = anna.sweeps.start(slow(make_spec), SweepSpec(SPACE, n_trials=4))
    stranger = OwnSweeps(workers, new_token())
    for method in (stranger.get, stranger.pause, stranger.go_on, stranger.stop, stranger.delete, stranger.progress):
        with pytest.raises(UnknownSweepError, match="in this workspace"):
            method(sweep_id)
    assert stranger.all() == []
    wait_for_live_trial(anna, sweep_id, after=0)
    before = Workspace(workers, anna._token)
    anna.change_token(new_token())
    over = wait_until_over(anna, sweep_id)
    assert {run.owner for run in [*over.runs, over.winner]} == {anna._token}
    with pytest.raises(UnknownSweepError):
        before.sweeps.progress(sweep_id)


def test_the_winner_is_not_held_up_by_the_cap_of_its_owner(workers, anna, make_spec):
    sweep_id = anna.sweeps.start(slow(make_spec), SweepSpec(SPACE, n_trials=2))
    wait_for_live_trial(anna, sweep_id, after=0)
    workers.limits = Limits(cap=1)
    single = anna.submit(slow(make_spec))
    over = wait_until_over(anna, sweep_id)
    assert over.winner.outcome == "finished" and wait_until_ended(workers, single).state == "finished"


def test_a_deleted_winner_is_not_trained_again(anna, make_spec):
    sweep_id = anna.sweeps.start(make_spec(), SweepSpec(SPACE, n_trials=1))
    over = wait_until_over(anna, sweep_id)
    wait_until(lambda: anna.sweeps.get(sweep_id).ended)
    anna.delete(over.winner.run_id)
    assert (anna.sweeps.progress(sweep_id).state, anna.sweeps.progress(sweep_id).winner) == ("ended", None)


def test_what_has_ended_is_read_once(anna, make_spec, workers, monkeypatch):
    sweep_id = anna.sweeps.start(make_spec(), SweepSpec(SPACE, n_trials=5))
    wait_until_over(anna, sweep_id)
    read, asked = workers.store.sweeps.read, []
    monkeypatch.setattr(workers.store.sweeps, "read", lambda ids: read(asked.append([*ids]) or asked[-1]))
    winner = anna.sweeps.progress(sweep_id).winner
    assert asked == [[winner.run_id]]


def test_the_limits_are_settings(monkeypatch):
    for name, value in (("TRIAL_SECONDS", "7"), ("SWEEPS", "8"), ("ADDRESS_SWEEPS", "9")):
        monkeypatch.setenv(f"CF_LAB_{name}", value)
    limits = Limits.from_env()
    assert (limits.trial_seconds, limits.sweep_cap, limits.address_sweep_cap) == (7, 8, 9)
