"""Who is alive as PostgreSQL has it: leases that lapse, processes taken for dead, and a server that is away."""

import json
import threading
import time

import pytest

from cf_core.errors import StoreAwayError, StoreError
from cf_core.runs.execute import execute
from cf_core.runs.store import leases as leases_module
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.leases import Leases
from cf_core.runs.store.postgres import PostgresDatabase
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.pool import WorkerPool
from cf_core.training.events import EpochEnded
from tests.postgres import Server, find_binaries
from tests.runs.same_numbers import differences, numbers_of
from tests.runs.store.processes import outputs, start
from tests.runs.stored import FINISHED, checkpoint_of, make_factors, two_epochs
from tests.waiting import wait_until, wait_until_ended


@pytest.fixture
def place(tmp_path, postgres_url):
    return StoreAddress.of(postgres_url, str(tmp_path / "files"))


@pytest.fixture
def own_server():
    """A server that a test may stop."""
    server = Server(find_binaries())
    server.start()
    server.execute("CREATE DATABASE lab")
    yield server
    leases_module.end_leases()
    server.stop()
    server.remove()


KILLED = """
import json
from cf_core.runs.spec import RunSpec
run_id = store.create(RunSpec.from_json(json.loads(os.environ["SPEC"]))).run_id
store.begin(run_id, fingerprint="", versions={})
print(run_id, store.get(run_id).outcome)
sys.stdout.flush()
os._exit(0)
"""


def test_runs_of_a_killed_process_are_interrupted_once_its_lease_has_lapsed(store, place, make_spec, monkeypatch):
    monkeypatch.setenv("SPEC", json.dumps(make_spec().to_json()))
    mine = store.create(make_spec()).run_id
    monkeypatch.setattr(leases_module, "DEAD_SECONDS", 60.0)
    (said,) = outputs([start(KILLED, place)])
    run_id, outcome = said.split()
    assert outcome == "running" and store.get(run_id).outcome == "running", "it has a minute"
    monkeypatch.setattr(leases_module, "DEAD_SECONDS", 4.0)
    wait_until(lambda: store.get(run_id).outcome == "interrupted")
    assert "without a word" in store.get(run_id).message
    assert store.get(mine).outcome == "queued"


def test_a_process_that_ends_in_order_is_dead_at_once(store):
    other = Leases(PostgresDatabase(store.database.url))
    name = other.acquire()
    assert store.liveness.is_alive(name) and store.liveness.alive([name, "nobody"]) == {name}
    other.end()
    assert not store.liveness.is_alive(name)
    other._database.close()


def test_a_process_that_was_taken_for_dead_writes_no_more(store, running, make_spec):
    """Another server takes its run over; what the first one still has to say of it does not arrive."""
    other = RunStore(store.address)
    other._rows.liveness = other.liveness = Leases(other.database)
    other.interrupt(running, "dead", store.holder())
    other.requeue(running)
    other.begin(running, fingerprint="f00d", versions={})
    with pytest.raises(StoreError, match="taken over"):
        store.add_epoch(running, two_epochs())
    store.finish(running, FINISHED, None)
    with pytest.raises(StoreError, match="taken over"):
        store.finish(running, FINISHED, make_factors())
    assert store.files.store.names(running) == []
    assert (other.get(running).outcome, other.get(running).n_epochs_done) == ("running", 0)
    other.add_epoch(running, two_epochs())
    other.liveness.end()
    other.close()


def test_a_process_that_was_taken_for_dead_leaves_the_checkpoint_of_the_other(store, make_spec, monkeypatch):
    """It is cut off between its last word to the database and its checkpoint."""
    run_id = store.create(make_spec(3)).run_id
    events = execute(store, run_id)
    while not isinstance(next(events), EpochEnded):
        pass
    store._rows.change(run_id, {"holder": "another"})
    monkeypatch.setattr(store, "add_epoch", lambda *_: None)
    before = checkpoint_of(store, run_id).read_bytes()
    with pytest.raises(StoreError, match="taken over"):
        next(event for event in events if isinstance(event, EpochEnded))
    assert checkpoint_of(store, run_id).read_bytes() == before


def test_a_begin_whose_answer_was_lost_is_not_refused(store, running, make_spec):
    store.begin(running, fingerprint="f00d", versions={}, again=True)
    store._rows.change(running, {"holder": "another"})
    with pytest.raises(StoreError, match="cannot begin"):
        store.begin(running, fingerprint="f00d", versions={}, again=True)


def test_a_process_that_could_not_renew_judges_nobody(store, monkeypatch):
    assert not store.liveness.is_alive("gone")
    monkeypatch.setattr(store.liveness, "_failed_at", time.monotonic())
    assert store.liveness.is_alive("gone")


def test_the_store_says_that_its_database_is_away_and_goes_on(own_server, tmp_path, make_spec):
    store = RunStore(StoreAddress.of(own_server.url("lab"), str(tmp_path / "files")))
    run_id = store.create(make_spec()).run_id
    own_server.stop()
    for call in (store.runs, store.check, lambda: store.update(run_id, name="x")):
        with pytest.raises(StoreAwayError, match="does not answer now"):
            call()
    own_server.start()
    store.update(run_id, name="back")
    run = store.get(run_id)
    assert (run.name, run.outcome) == ("back", "queued"), "nobody was declared dead for the outage"
    store.close()


def test_a_training_survives_an_outage_to_the_same_numbers(own_server, tmp_path, make_spec):
    store = RunStore(StoreAddress.of(own_server.url("lab"), str(tmp_path / "files")))
    left_alone, run_id = (store.create(make_spec(4)).run_id for _ in range(2))
    for _ in execute(store, left_alone):
        pass
    for event in execute(store, run_id):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            own_server.stop()
            back = threading.Timer(2.0, own_server.start)
            back.start()
    back.join()
    assert store.get(run_id).outcome == "finished"
    assert differences(numbers_of(store, run_id), numbers_of(store, left_alone)) == []
    store.close()


def test_a_worker_that_starts_up_during_an_outage_keeps_its_run(own_server, tmp_path, tiny_data, make_spec):
    workers = WorkerPool(StoreAddress.of(own_server.url("lab"), str(tmp_path / "files")), n_workers=1, data=tiny_data)
    run_id = workers.submit(make_spec(1))
    own_server.stop()
    back = threading.Timer(5.0, own_server.start)
    back.start()
    assert wait_until_ended(workers, run_id).state == "finished"
    back.join()
    workers.close()
    workers.store.close()
