"""Servers that share the one pool of a cluster: what one starts another steers, whichever of them dies. And the head of
the cluster dies. The tests build on one another, for a cluster takes seconds to start."""

import json
import pickle
import socket
import subprocess
import sys
import time

import pytest

from cf_core.environment import PROJECT
from cf_core.errors import ClusterError, MissingFileError, QueueFullError, UnknownRunError
from cf_core.runs.health import health
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.ray_settings import RaySettings
from cf_core.runs.workers.remote_pool import AWAY, RemotePool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.sweeps.spec import SweepSpec
from cf_core.training.commands import Pause, Resume, Stop
from tests.runs.workers.ray_head import kill_head, start_head
from tests.runs.workers.sweeping import SPACE
from tests.waiting import wait_for_epoch, wait_until, wait_until_ended


@pytest.fixture(scope="module")
def port():
    """A free port, at which this process and its children look for the cluster."""
    with socket.socket() as free, pytest.MonkeyPatch.context() as patch:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        patch.setenv("RAY_ADDRESS", f"127.0.0.1:{port}")
        yield port


@pytest.fixture(scope="module")
def head(port, tmp_path_factory):
    """The cluster, which trains one run at a time: its process, and how to start another one in its place."""
    folder = tmp_path_factory.mktemp("ray")  # a longer path than this is too long for Ray
    head = [start_head(port, folder), lambda: start_head(port, folder)]
    yield head
    kill_head(head[0])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def workers(head, folder, tiny_data):
    """A server, in this process."""
    workers = RemotePool(StoreAddress.of(folder), RaySettings(), tiny_data)
    yield workers
    workers.close()


@pytest.fixture(scope="module")
def other(head, folder, tiny_data, make_spec):
    """A server in a process of its own, which starts the pool, and a run that it submits."""
    arguments = [str(folder), str(tiny_data), json.dumps(make_spec(1000).to_json())]
    command = [sys.executable, "-m", "tests.runs.workers.remote_serving", *arguments]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    yield process, process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_run_outlives_its_server_and_another_steers_it(other, workers):
    server, run_id = other
    wait_for_epoch(workers, run_id)
    server.kill()
    server.wait()
    wait_for_epoch(workers, run_id, after=len(workers.live(run_id).history.epochs))
    assert workers.live(run_id).state == workers.store.get(run_id).outcome == "running"
    workers.send(run_id, Pause())
    wait_until(lambda: workers.live(run_id).paused)
    n_batches = len(workers.live(run_id).history.batches)
    workers.send(run_id, Resume())
    wait_until(lambda: len(workers.live(run_id).history.batches) > n_batches)
    workers.send(run_id, Stop())
    assert wait_until_ended(workers, run_id).state == "stopped"
    assert workers.live(run_id).history == workers.store.history(run_id)


def test_all_servers_have_one_fair_queue_and_one_cap(workers, folder, make_spec):
    second = RemotePool(StoreAddress.of(folder), RaySettings())
    running = workers.submit(make_spec(1000), "anna")
    waiting = [server.submit(make_spec(1), "anna") for server in (workers, second, second, workers)]
    with pytest.raises(QueueFullError, match="You have 5 runs"):
        second.submit(make_spec(1), "anna")
    of_ben = second.submit(make_spec(1), "ben")
    assert workers.order() == second.order() == [of_ben, *waiting]
    assert workers.live(of_ben).place == 1
    for run_id in (running, *waiting):
        second.send(run_id, Stop())
    assert wait_until_ended(workers, of_ben).state == "finished"
    second._looks.close()  # not its connection, which is that of this process


def test_errors_arrive_as_themselves(workers, make_spec, tmp_path):
    with pytest.raises(UnknownRunError, match="nobody"):
        workers.requeue("nobody")
    assert workers.live("nobody") is None
    spec = make_spec(1)
    run_id = workers.submit(type(spec)(str(tmp_path / "nowhere"), spec.split, spec.config))
    assert "nowhere" in wait_until_ended(workers, run_id).history.ended.message


def test_a_sweep_is_conducted_on_the_cluster(workers, make_spec):
    anna = Workspace(workers, new_token())
    sweep_id = anna.sweeps.start(make_spec(1), SweepSpec(SPACE, n_trials=2))
    wait_until(lambda: anna.sweeps.progress(sweep_id).state == "ended")
    assert len(anna.sweeps.progress(sweep_id).trials) == 2


def test_a_look_at_a_run_is_cheap(workers, make_spec):
    """Sixty pages look four times a second."""
    run_id = workers.submit(make_spec(20), "anna")
    wait_until_ended(workers, run_id)
    began, n = time.perf_counter(), 100
    for _ in range(n):
        workers.live(run_id)
    milliseconds = 1000 * (time.perf_counter() - began) / n
    print(f"A look takes {milliseconds:.1f} ms.")
    assert milliseconds < 50


def test_a_server_goes_on_without_its_cluster_and_with_the_next(workers, head, make_spec):
    assert health(workers).ok and workers.notice == ""
    run_id = workers.submit(make_spec(1000), "anna")
    wait_for_epoch(workers, run_id)
    kill_head(head[0])
    wait_until(lambda: workers.notice)
    assert health(workers).problems == (AWAY,)
    with pytest.raises(ClusterError):
        workers.submit(make_spec(1), "anna")
    assert workers.live(run_id) is None
    wait_until(lambda: workers.store.get(run_id).outcome == "interrupted")
    assert workers.store.history(run_id).epochs
    head[0] = head[1]()
    wait_until(lambda: not workers.notice, seconds=120)
    wait_until(lambda: (run := workers.live(run_id)) and run.state == "running")  # by itself
    n_epochs = len(workers.live(run_id).history.epochs)
    wait_for_epoch(workers, run_id, after=n_epochs)
    workers.send(run_id, Stop())
    assert wait_until_ended(workers, run_id).state == "stopped"


def test_an_error_of_several_parts_crosses_a_process_whole():
    error = MissingFileError("no data set", file="here", cure="Put one there.", line=3)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
