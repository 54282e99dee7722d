"""A department as a whole: Ray, PostgreSQL and an object store together, several servers, and each of them is taken
away while runs train. Whatever happens, a run comes to the numbers of one that nothing happened to. The tests build on
one another, in this order, for a cluster takes seconds to start."""

import contextlib
import os
import pickle
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cf_core.environment import PROJECT
from cf_core.errors import ClusterError, MissingFileError, QueueFullError, StoreAwayError, StoreError, UnknownRunError
from cf_core.runs.execute import SHUT_DOWN
from cf_core.runs.health import health
from cf_core.runs.workers.remote_pool import AWAY
from cf_core.runs.workspace import Workspace, new_token
from cf_core.sweeps.spec import SweepSpec
from cf_core.training.commands import FollowSchedule, Pause, Resume, SetLearningRate, StepEpoch, Stop
from tests.browser.conftest import COOKIE, entering, navigate, serving
from tests.browser.steering import SLOW, button, paused_at, trained, wait_for_more
from tests.browser.whole import LAST_PLOTS, wait_until_whole
from tests.cluster.department import PASSWORD, PATIENCE
from tests.runs.same_numbers import differences, numbers_of
from tests.runs.workers.sweeping import SPACE
from tests.waiting import wait_for_epoch, wait_until

NOTICED_SECONDS, OBEYED_SECONDS = 15.0, 2.0
"""What is promised for a dead node; and for a command, where 0.2 is promised, on a busy machine."""
STUDENTS = ("anna", "ben", "cleo", "dora", "emil")
N_EPOCHS = 30


def wait_for(department, workers, run_id, outcome):
    department.wait(lambda: workers.store.get(run_id).outcome == outcome, every=0.05)


def final(numbers):
    """All numbers but those within an epoch, where a run that is paused makes a report more, and but its commands."""
    events = [record for record in numbers.values() if isinstance(record, dict)]
    events = [record for record in events if record["event"] not in ("command_taken", "batch_ended")]
    return {name: tensor for name, tensor in numbers.items() if not name.startswith("event")} | dict(enumerate(events))


def assert_undisturbed(workers, run_id, expected):
    """Every epoch, weight and factor is as it should be."""
    ours = final(numbers_of(workers.store, run_id))
    assert len(ours) > 10
    assert differences(ours, final(expected)) == []


def key_of(page):
    """The key of the workspace, once the browser has it."""
    page.wait_for_function("(name) => document.cookie.includes(name)", arg=COOKIE)
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}[COOKIE]


def runs_in(log, what):
    """The ids of the runs of which the log of the pool says so, one for each line."""
    return [line.partition("run=")[2].split()[0] for line in log if f" {what} run=" in line]


def resume(workers, runs):
    """Let paused runs train, and wait until each has ended another epoch."""
    for run_id in runs:
        workers.send(run_id, Resume())
    for run_id in runs:
        wait_for_epoch(workers, run_id, after=len(workers.live(run_id).history.epochs))


def requeued(workers, run_id):
    """Whether the cluster is there, and has taken the run, or had it already."""
    with contextlib.suppress(ClusterError):
        with contextlib.suppress(StoreError):
            workers.requeue(run_id)
        return True
    return False


def ended(workers, run_id):
    """The outcome of a run that is no longer in training; "" before."""
    run = workers.store.get(run_id)
    return "" if run.unfinished else run.outcome


def test_twenty_runs_of_five_students_over_two_servers(department, first, second, make_spec, undisturbed):
    """The caps hold over both servers, the order is fair, and each run is trained once, to its own numbers."""
    held = [first.submit(make_spec(1000), "zoe") for _ in range(2)]
    for run_id in held:
        first.send(run_id, Pause())
    runs = {}
    for number in range(20):
        server = (first, second)[number % 2]
        runs[server.submit(make_spec(2, seed=number // 5), STUDENTS[number // 4])] = number
    fifth = second.submit(make_spec(2), "anna")
    for server in (first, second):
        with pytest.raises(QueueFullError, match="You have 5 runs"):
            server.submit(make_spec(2), "anna")
    second.send(fifth, Stop())
    for run_id in held:
        second.send(run_id, Stop())
    for run_id in runs:
        wait_for(department, first, run_id, "finished")
    log = department.log()
    order = [runs[run_id] // 4 for run_id in runs_in(log, "run started") if run_id in runs]
    for n_started in range(1, 21):
        counts = Counter(order[:n_started])
        assert max(counts.values()) - min(counts[student] for student in range(5)) <= 1, order
    ended = Counter(run_id for run_id in runs_in(log, "run ended") if run_id in runs)
    assert ended == dict.fromkeys(runs, 1)
    assert Counter(order) == dict.fromkeys(range(5), 4)
    stored = department.rows("SELECT run_id, owner, outcome, n_epochs_done FROM runs")
    assert {row for row in stored if row[0] in runs} == {(i, STUDENTS[n // 4], "finished", 2) for i, n in runs.items()}
    for run_id, number in runs.items():
        assert {"checkpoint.safetensors", "factors.safetensors"} < department.objects_of(run_id)
        assert differences(numbers_of(first.store, run_id), undisturbed(make_spec(2, seed=number // 5))) == []


@pytest.fixture(scope="module")
def run_id(second, make_spec):
    """A run that was started on the second server."""
    return second.submit(make_spec(N_EPOCHS), "anna")


def test_a_server_dies_and_another_shows_and_steers_its_run(department, first, second, run_id):
    department.wait(lambda: first.live(run_id) is not None and first.live(run_id).history.epochs)
    second.kill()
    wait_for_epoch(first, run_id, after=len(first.live(run_id).history.epochs))
    began = time.perf_counter()
    first.send(run_id, Pause())
    wait_until(lambda: first.live(run_id).paused, every=0.001)
    seconds = time.perf_counter() - began
    print(f"A pause was obeyed after {1000 * seconds:.0f} ms.")
    assert seconds < OBEYED_SECONDS
    assert first.live(run_id).state == first.store.get(run_id).outcome == "running"


def test_a_paused_run_takes_another_rate_and_a_step(first, run_id):
    """The rate is given back before the step, so that the run's numbers stay those of an undisturbed one."""
    n_epochs = len(first.live(run_id).history.epochs)
    for command in (SetLearningRate(0.5), FollowSchedule(), StepEpoch()):
        first.send(run_id, command)
    wait_for_epoch(first, run_id, after=n_epochs)
    wait_until(lambda: first.live(run_id).paused)
    taken = first.live(run_id).history.commands[-3:]
    assert [command.command for command in taken] == ["set_learning_rate", "follow_schedule", "step_epoch"]
    assert taken[0].learning_rate == 0.5
    assert len(first.live(run_id).history.epochs) == n_epochs + 1


def test_errors_arrive_as_themselves(first):
    with pytest.raises(UnknownRunError, match="nobody"):
        first.requeue("nobody")
    assert first.live("nobody") is None


def test_a_data_set_that_is_not_there_fails_the_run_in_words(department, first, make_spec, tmp_path):
    run_id = first.submit(replace(make_spec(1), data=str(tmp_path / "nowhere")), "ben")
    wait_for(department, first, run_id, "failed")
    assert "nowhere" in first.store.get(run_id).message


def test_an_error_of_several_parts_crosses_a_process_whole():
    error = MissingFileError("no data set", file="here", cure="Put one there.", line=3)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_a_sweep_is_conducted_on_the_cluster(department, first, make_spec):
    anna = Workspace(first, new_token())
    sweep_id = anna.sweeps.start(make_spec(1), SweepSpec(SPACE, n_trials=2))
    department.wait(lambda: anna.sweeps.progress(sweep_id).state == "ended")
    assert len(anna.sweeps.progress(sweep_id).trials) == 2


def stop_browsers_runs(workers):
    """Stop what has been started in a browser and is in training."""
    for run in workers.store.runs():
        if run.unfinished and run.spec.config.recipe != "tiny":
            workers.send(run.run_id, Stop())


@pytest.fixture
def its_run_stopped(first):
    """However the test ends, or its run would keep a worker from those that come after."""
    yield
    stop_browsers_runs(first)


@pytest.mark.browser
def test_a_student_starts_on_one_server_and_watches_on_another(first, its_run_stopped, browser, tmp_path):
    """In a browser, with two servers of the app; the first dies. The second is opened with the key of the workspace."""
    with serving(tmp_path) as (start, servers), entering(browser) as here, entering(browser) as there:
        with ThreadPoolExecutor(2) as threads:
            one, other = threads.map(start, ("app.py", "app.py"))
        here.goto(f"{one}/train?{SLOW}")
        here.locator(".st-key-start button").click()
        here.locator(".st-key-stop button").wait_for()
        there.goto(f"{other}/train?workspace=open#{key_of(here)}")
        button(there, "Open it").click()
        wait_for_more(there, 0)
        servers[one].kill()
        servers[one].wait()
        wait_for_more(there, trained(there))
        button(there, "Pause").click()
        paused_at(there)
        stop_browsers_runs(first)
        expect(there.get_by_text(re.compile("Stopped in epoch"))).to_be_visible()
        navigate(there, "Best & worst movies")
        wait_until_whole(there, LAST_PLOTS["best_and_worst"])
        assert there.complaints == []


def test_the_database_restarts_and_the_object_store_is_away(department, first, run_id, make_spec, undisturbed):
    """The database for three seconds, the files for ten; meanwhile the run stands still at the end of its epoch."""
    n_epochs = first.store.get(run_id).n_epochs_done
    department.database.stop()
    department.objects.stop()
    back = [threading.Timer(3.0, department.database.start), threading.Timer(10.0, department.objects.start)]
    for timer in back:
        timer.start()
    first.send(run_id, Resume())
    with pytest.raises(StoreAwayError, match="does not answer now"):
        first.store.runs()
    assert first.live(run_id).history.epochs
    back[0].join()
    wait_until(lambda: first.store.get(run_id).n_epochs_done == n_epochs + 1)
    assert back[1].is_alive(), "the object store is still away"
    assert len(first.live(run_id).history.epochs) == n_epochs
    back[1].join()
    wait_for(department, first, run_id, "finished")
    assert_undisturbed(first, run_id, undisturbed(make_spec(N_EPOCHS)))


@pytest.fixture
def runs_of_two(department, first, make_spec):
    """Two runs of two students, one on each node, paused in training."""
    department.wait(lambda: first.n_workers == 2)
    runs = [first.submit(make_spec(N_EPOCHS), name) for name in STUDENTS[:2]]
    for run_id in runs:
        department.wait(lambda run_id=run_id: (run := first.live(run_id)) and run.history.batches)
        first.send(run_id, Pause())
    for run_id in runs:
        wait_until(lambda run_id=run_id: first.live(run_id).paused)
    return runs


def test_a_node_dies_in_the_middle_of_an_epoch(department, first, runs_of_two, make_spec, undisturbed):
    """One of two runs has to go on elsewhere. There is no room until the other has ended."""
    resume(first, runs_of_two)
    department.kill_node()
    began = time.perf_counter()
    wait_until(lambda: "worker died" in "".join(department.log()))
    seconds = time.perf_counter() - began
    print(f"A dead node was noticed after {seconds:.1f} s.")
    assert seconds < NOTICED_SECONDS
    for run_id in runs_of_two:
        wait_for(department, first, run_id, "finished")
        assert_undisturbed(first, run_id, undisturbed(make_spec(N_EPOCHS)))
    back = [line for line in department.log() if "run goes on by itself" in line]
    (run_id,) = set(runs_in(back, "run goes on by itself")) & set(runs_of_two)
    assert {line.rpartition("time=")[2] for line in back if run_id in line} == {"1"}, "one death costs one life"
    department.start_node()


def test_the_pool_is_ended_and_the_next_server_starts_another(department, first, runs_of_two, make_spec, undisturbed):
    command = [sys.executable, "-m", "cf_core.runs.workers.end_pool"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for run_id in runs_of_two:
        run = first.store.get(run_id)
        assert (run.outcome, run.message, run.has_checkpoint) == ("interrupted", SHUT_DOWN, True)
    for run_id in runs_of_two:
        department.wait(lambda run_id=run_id: requeued(first, run_id))
    for run_id in runs_of_two:
        wait_for(department, first, run_id, "finished")
        assert_undisturbed(first, run_id, undisturbed(make_spec(N_EPOCHS)))


def test_the_head_dies_and_comes_back(department, first, runs_of_two, make_spec, undisturbed):
    """The servers say so, show what is stored, and are back by themselves; the runs go on from their checkpoints."""
    assert health(first).ok
    resume(first, runs_of_two)
    department.kill_head()
    began = time.perf_counter()
    wait_until(lambda: first.notice == AWAY)
    print(f"A dead head was noticed after {time.perf_counter() - began:.1f} s.")
    assert AWAY in health(first).problems
    with pytest.raises(ClusterError, match="nothing can be started or steered"):
        first.submit(make_spec(1), "anna")
    assert first.live(runs_of_two[0]) is None
    outcomes = [department.wait(lambda run_id=run_id: ended(first, run_id)) for run_id in runs_of_two]
    assert "interrupted" in outcomes and {*outcomes} <= {"interrupted", "finished"}, (
        "the node may bring its run to an end"
    )
    print(f"Its runs were {' and '.join(outcomes)} after {time.perf_counter() - began:.1f} s.")
    department.kill_node()  # which has no head any more
    began = time.perf_counter()
    department.start_head()
    department.start_node()
    department.wait(lambda: not first.notice)
    print(f"Connected {time.perf_counter() - began:.1f} s after the start of another head.")
    for run_id in runs_of_two:
        department.wait(lambda run_id=run_id: requeued(first, run_id))  # or it goes on by itself
    for run_id in runs_of_two:
        wait_for(department, first, run_id, "finished")
        assert_undisturbed(first, run_id, undisturbed(make_spec(N_EPOCHS)))


def test_the_password_of_the_database_is_in_no_log(department):
    files = [Path(root, name) for root, _, names in os.walk(department.folder) for name in names]
    files = [file for file in files if file.is_file()]
    assert len(files) > 20
    assert [str(file) for file in files if PASSWORD.encode() in file.read_bytes()] == []
