"""What a server says of itself: its health, and its log, which has one line for each event and no token."""

import json
import logging
import os
import signal
import socket
import urllib.error
import urllib.request

import pytest

from cf_core.errors import ConfigError, TooCostlyError
from cf_core.runs import event_log
from cf_core.runs.health import health
from cf_core.runs.health_address import HOST, VARIABLE, serve_health
from cf_core.runs.limits import Limits
from cf_core.runs.workers import this_machine
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from tests.waiting import wait_for_epoch, wait_until, wait_until_ended


@pytest.fixture
def package_log():
    """The package's logger as it is without the call of `set_up`, and afterwards again."""
    logger = logging.getLogger("cf_core")
    before = logger.level, logger.handlers[:], logger.propagate
    logger.handlers[:], logger.propagate = [], True
    yield logger
    logger.level, logger.handlers[:], logger.propagate = before


def test_the_log_has_a_line_for_each_event_and_no_token(package_log, caplog, tmp_path, tiny_data, make_spec):
    caplog.set_level(logging.INFO, "cf_core")
    token = new_token()
    workers = WorkerPool(tmp_path, n_workers=1, data=tiny_data)
    mine = Workspace(workers, token)
    done, killed = mine.submit(make_spec(1)), mine.submit(make_spec(1000))
    wait_until_ended(workers, done)
    wait_for_epoch(workers, killed)
    os.kill(workers.worker_pids()[0], signal.SIGKILL)
    wait_until_ended(workers, killed)
    workers.limits = Limits(budget=1)
    with pytest.raises(TooCostlyError):
        mine.submit(make_spec(1))
    workers.close()
    lines = [record.getMessage() for record in caplog.records]
    for line in (
        f"run queued run={done}",
        f"run started run={done} worker=0",
        f"run ended run={done} outcome=finished epochs=1",
        f"run started run={killed} worker=0",
    ):
        assert lines.count(line) == 1
    (died,) = (line for line in lines if line.startswith("worker died worker=0"))
    assert f"run={killed}" in died and "SIGKILL" in died
    assert sum(line.startswith('run refused reason="1 epochs of') for line in lines) == 1
    assert token not in caplog.text


def test_a_line_stays_one_line(package_log, caplog):
    caplog.set_level(logging.INFO, "cf_core")
    event_log.log_event("run ended", reason="two\nlines \x1b[31m", outcome="")
    assert caplog.records[-1].getMessage() == 'run ended reason="two\\nlines \\u001b[31m" outcome=""'


def test_the_level_is_a_setting(package_log, monkeypatch, capsys):
    monkeypatch.setenv("CF_LAB_LOG", "warning")
    event_log.set_up()
    event_log.log_event("run started", run="fast-1")
    event_log.log_event("worker died", logging.WARNING, worker=0)
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.endswith(" WARNING worker died worker=0\n")
    monkeypatch.setenv("CF_LAB_LOG", "loud")
    with pytest.raises(ConfigError, match="CF_LAB_LOG='loud'"):
        event_log.set_up()


def test_a_server_tells_its_workers_and_its_queue(tmp_path, tiny_data, make_spec):
    workers = WorkerPool(tmp_path, n_workers=1, data=tiny_data)
    first, _ = workers.submit(make_spec(1000), "anna"), workers.submit(make_spec(1), "ben")
    wait_for_epoch(workers, first)
    found = health(workers)
    assert (found.ok, found.n_training, found.n_waiting, found.n_workers, found.n_ready) == (True, 1, 1, 1, 1)
    workers.close()


def test_a_server_that_cannot_start_a_worker_is_not_well(tmp_path, make_spec, monkeypatch):
    def fail(*_):
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(this_machine, "WorkerProcess", fail)
    workers = WorkerPool(tmp_path, n_workers=1)
    workers.submit(make_spec(1))
    assert wait_until(lambda: health(workers)).problems == ("No worker can be started: Cannot allocate memory",)
    workers.close()


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def test_a_monitor_is_told_at_an_address(tmp_path, make_spec, monkeypatch):
    workers = WorkerPool(tmp_path / "runs", n_workers=0)
    assert serve_health(workers) is None
    monkeypatch.setenv(VARIABLE, str(free_port()))
    server = serve_health(workers)
    address = f"http://{HOST}:{os.environ[VARIABLE]}/"
    workers.submit(make_spec(1), token := new_token())
    with urllib.request.urlopen(address, timeout=30) as answer:
        told = answer.read().decode()
    assert json.loads(told) == {**health(workers).to_json(), "ok": True, "n_waiting": 1, "n_workers": 0}
    assert token not in told

    (tmp_path / "runs").rename(tmp_path / "elsewhere")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(address, timeout=30)
    assert caught.value.code == 503
    assert json.loads(caught.value.read())["problems"] != []
    (tmp_path / "elsewhere").rename(tmp_path / "runs")

    with pytest.raises(ConfigError, match="Set it to a free port"):
        serve_health(workers)
    server.shutdown()
    server.server_close()
    workers.close()


@pytest.mark.parametrize("port", ["", "x", "0", "99999"])
def test_what_is_no_port_is_refused(tmp_path, monkeypatch, port):
    monkeypatch.setenv(VARIABLE, port)
    with pytest.raises(ConfigError, match=VARIABLE):
        serve_health(WorkerPool(tmp_path, n_workers=0))
