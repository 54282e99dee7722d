"""What PostgreSQL adds to the store's promises: several machines at once, a server that is away, who is alive."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from cf_core.__main__ import main
from cf_core.classroom.class_rows import ClassRows
from cf_core.data.split import SplitConfig
from cf_core.environment import PROJECT
from cf_core.errors import ConfigError, StoreAwayError, StoreError
from cf_core.runs.execute import execute
from cf_core.runs.store import leases as leases_module
from cf_core.runs.store import postgres
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.lab_secret import shared_secret
from cf_core.runs.store.leases import Leases
from cf_core.runs.store.postgres import PostgresDatabase
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.store.tables import Table
from cf_core.runs.workers.pool import WorkerPool
from cf_core.sweeps.space import SearchSpace
from cf_core.sweeps.spec import SweepSpec
from cf_core.tasks.task import Task
from cf_core.training.events import EpochEnded
from tests.postgres import Server, find_binaries
from tests.runs.same_numbers import differences, numbers_of
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


OPEN = """
import os, sys, time
from cf_core.runs.store.run_store import RunStore
print("ready", flush=True)
sys.stdin.readline()
store = RunStore(os.environ["CF_LAB_RUNS"])
"""


def start(code, place):
    """Run the code in a process of its own, with a store; what it prints is in its `stdout`."""
    return subprocess.Popen(
        [sys.executable, "-c", OPEN + code],
        cwd=PROJECT,
        env=os.environ | place.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def outputs(processes):
    """What they print, once they have been let go, all at the same moment."""
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=300)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return said


def test_processes_make_the_tables_once(postgres_server, tmp_path, make_spec):
    with postgres_server.database() as url:
        place = StoreAddress.of(url, str(tmp_path / "files"))
        outputs([start("store.check(); store.close()", place) for _ in range(3)])
        database = PostgresDatabase(url)
        with database.reading() as session:
            assert session.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
        database.close()


def test_the_steps_lead_to_the_tables_that_the_classes_describe(store, postgres_server):
    def describe(engine):
        look = inspect(engine)
        tables = sorted(set(look.get_table_names()) - {"alembic_version"})
        columns = [(t, c["name"], str(c["type"]), c["nullable"]) for t in tables for c in look.get_columns(t)]
        unique = {(t, *i["column_names"]) for t in tables for i in look.get_indexes(t) if i["unique"]}
        others = {(t, *i["column_names"]) for t in tables for i in look.get_indexes(t) if not i["unique"]}
        keys = [(t, look.get_pk_constraint(t)["constrained_columns"], look.get_foreign_keys(t)[:1]) for t in tables]
        return sorted(columns), unique, others, [(t, pk, [f["options"] for f in fk]) for t, pk, fk in keys]

    with postgres_server.database() as url:
        by_classes = postgres.create_engine(url)
        Table.metadata.create_all(by_classes)
        assert describe(store.database._engine) == describe(by_classes)
        by_classes.dispose()


def test_a_database_of_a_newer_version_is_left_as_it_is(postgres_server):
    with postgres_server.database() as url:
        PostgresDatabase(url).close()
        name = url.partition("@/")[2].partition("?")[0]
        postgres_server.execute("UPDATE alembic_version SET version_num = 'tomorrow'", name)
        with pytest.raises(StoreError, match=r"newer CF Lab \(version tomorrow.*Update CF Lab"):
            PostgresDatabase(url)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda url: url.replace("/lab?", "/nowhere?"), StoreError, 'database "nowhere" does not exist.*createdb'),
        (lambda url: url.replace("?host=/tmp/", "?host=/tmp/no-"), StoreAwayError, "does not answer now"),
        (lambda url: url.replace("://", "://nobody:s3cret@", 1).replace("@postgres@", "@"), StoreError, "nobody"),
        (lambda url: "postgresql+psycopg://lab:s3cret@host:port/lab", ConfigError, "no URL of a database"),
    ],
)
def test_what_is_wrong_is_said_without_the_password(postgres_server, change, error, words):
    with pytest.raises(error, match=words) as caught:
        PostgresDatabase(change(postgres_server.url("lab")))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "error", "cure"),
    [
        ('FATAL: password authentication failed for user "lab"', StoreError, "right user and password"),
        ("FATAL: sorry, too many clients already", StoreAwayError, "max_connections"),
        ("FATAL: remaining connection slots are reserved for others", StoreAwayError, "Try again in a moment"),
        ("permission denied for schema public\nLINE 2: CREATE TABLE runs (", StoreError, "public. Give the user"),
        ('could not extend file "base/1": No space left on device', StoreError, "Make room"),
        ("canceling statement due to lock timeout", StoreError, "writing for a long time"),
        ("cannot execute UPDATE in a read-only transaction", StoreError, "Name the primary"),
        ("FATAL: the database system is starting up", StoreAwayError, "Nothing that was stored is lost"),
        ("server closed the connection unexpectedly", StoreAwayError, "try again in a moment"),
        ("something new", StoreError, "server's log"),
    ],
)
def test_errors_of_the_server_name_the_cure(store, said, error, cure):
    with pytest.raises(StoreError, match=cure) as caught, store.database.errors_in_words():
        raise postgres.DBAPIError("SELECT 1", {}, Exception(said))
    assert type(caught.value) is error


@pytest.fixture
def wary_url(postgres_server):
    """The URL of the database for a user who needs a password, and has not the right one in it."""
    rules = Path(postgres_server.data) / "pg_hba.conf"
    before = rules.read_text()
    postgres_server.execute("CREATE ROLE wary LOGIN PASSWORD 'right'")
    rules.write_text("local all wary scram-sha-256\n" + before)
    postgres_server.execute("SELECT pg_reload_conf()")
    yield f"postgresql+psycopg://wary:s3cret@/lab?host={postgres_server.folder}"
    rules.write_text(before)
    postgres_server.execute("SELECT pg_reload_conf(); DROP ROLE wary")


def test_a_refused_password_and_a_server_that_is_full(postgres_server, wary_url, monkeypatch, capsys):
    """The command line says it in a line; where the server only is full, a training would wait."""
    monkeypatch.setenv("CF_LAB_RUNS", wary_url)
    monkeypatch.setenv("CF_LAB_FILES", "s3://lab/files")
    assert main(["runs"]) == 2
    said = capsys.readouterr().err
    assert "password authentication failed" in said and "right user and password into CF_LAB_RUNS" in said
    assert "s3cret" not in said and said.count("\n") == 1
    postgres_server.execute("ALTER ROLE wary CONNECTION LIMIT 0")
    with pytest.raises(StoreAwayError, match=r'too many connections for role "wary"\. .*raise its max_connections'):
        PostgresDatabase(wary_url.replace("s3cret", "right"))


def test_a_text_and_a_number_that_postgres_refuses_are_kept_as_sqlite_keeps_them(store, running):
    store.update(running, name="a\x00b", note="Ünïcode \U0001f600")
    assert (store.get(running).name, store.get(running).note) == ("a\ufffdb", "Ünïcode \U0001f600")
    store._rows.change(running, {"rmse": float("nan")})
    assert store.get(running).rmse is None
    with pytest.raises(StoreError, match="leads to no run"):
        store.shared("\x00")


def test_texts_sort_by_their_bytes(store, make_spec):
    names = ["a-b", "aB", "ab", "B", "ä", "Z", "_", "a b"]
    ids = [store.create(make_spec()).run_id for _ in names]
    for run_id, name in zip(ids, names, strict=True):
        store.update(run_id, name=name)
    with store.database.reading() as session:
        found = session.scalars(text("SELECT name FROM runs ORDER BY name")).all()
    assert found == sorted(names)


RACE = """
for _ in range(15):
    with store.database.writing() as session:
        from cf_core.runs.store.tables import SecretRow
        row = session.get(SecretRow, "counter")
        if row is None:
            session.add(SecretRow(name="counter", value="1"))
        else:
            row.value = str(int(row.value) + 1)
"""


def test_writers_of_several_processes_take_turns(store, place):
    """Each reads before it writes; a count would be lost, or a row made twice, if two did at once."""
    outputs([start(RACE, place) for _ in range(3)])
    with store.database.reading() as session:
        assert session.execute(text("SELECT value FROM secrets WHERE name = 'counter'")).scalar() == "45"


JOIN = """
from cf_core.classroom.member_rows import MemberRows
from cf_core.classroom.class_rows import ClassRows
from cf_core.__main__ import main
from cf_core.runs.store.tables import ClassRow
from cf_core.classroom.class_rows import seen
from cf_core.errors import CFError
members, (row,) = MemberRows(store.database, 10), ClassRows(store.database).select()
for number in range(15):
    try:
        members.join(seen(row), f"Student {number}", sys.argv[-1] + str(number) * 10)
        print("joined", number)
    except CFError as error:
        print(type(error).__name__)
"""


def test_a_nickname_goes_to_one_and_a_class_does_not_overflow(store, place, tiny_data):
    ClassRows(store.database).create(Task("t", "", str(tiny_data), SplitConfig(), "fast"), "a" * 32, None)
    said = outputs([start(JOIN.replace("sys.argv[-1]", repr(letter * 20)), place) for letter in "xy"])
    answers = Counter(line for lines in said for line in lines.splitlines())
    refused = {name: answers.pop(name) for name in ("NicknameError", "ClassFullError") if name in answers}
    assert len(answers) == 10 and set(answers.values()) == {1}  # each "joined" with its number
    assert sum(refused.values()) == 20


CLAIM = """
for sweep_id in os.environ["IDS"].split():
    print(sweep_id, store.sweeps.claim(sweep_id))
sys.stdout.flush()
time.sleep(2)  # alive while the other one asks
"""


def test_a_sweep_has_one_conductor(store, place, make_spec, monkeypatch):
    spec = SweepSpec(SearchSpace.read(["n_factors=2,3"]), n_trials=2)
    ids = [store.sweeps.create(make_spec(), spec).sweep_id for _ in range(10)]
    monkeypatch.setenv("IDS", " ".join(ids))
    said = outputs([start(CLAIM, place) for _ in range(2)])
    claims = Counter(line.split()[0] for lines in said for line in lines.splitlines() if line.endswith("True"))
    assert claims == dict.fromkeys(ids, 1)


def test_a_run_begins_once_among_processes(store, place, make_spec):
    ids = [store.create(make_spec()).run_id for _ in range(15)]
    code = f"""
from cf_core.errors import StoreError
for run_id in {ids!r}:
    try:
        store.begin(run_id, fingerprint="", versions={{}})
        print(run_id)
    except StoreError:
        pass
"""
    said = outputs([start(code, place) for _ in range(2)])
    assert sorted(" ".join(said).split()) == sorted(ids)


def test_one_block_at_a_time_works_on_a_folder(store, tmp_path):
    order = []

    def work(name):
        with store.database.one_at_a_time(tmp_path / "data"):
            order.append(name)
            time.sleep(0.2)
            with store.database.writing():  # the turn is no transaction
                order.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order in (list("aabb"), list("bbaa"))


def test_servers_share_one_secret(store, place):
    code = "from cf_core.runs.store.lab_secret import shared_secret\nprint(shared_secret(store.database).hex())"
    said = {line.strip() for line in outputs([start(code, place) for _ in range(2)])}
    assert said == {shared_secret(store.database).hex()} and len(said.pop()) == 64


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
