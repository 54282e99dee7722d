"""Several processes write into the same tables of PostgreSQL at once, and none undoes what another one did."""

import threading
import time
from collections import Counter

import pytest
from sqlalchemy import text

from cf_core.classroom.class_rows import ClassRows
from cf_core.data.split import SplitConfig
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.lab_secret import shared_secret
from cf_core.runs.store.postgres import PostgresDatabase
from cf_core.sweeps.space import SearchSpace
from cf_core.sweeps.spec import SweepSpec
from cf_core.tasks.task import Task
from tests.runs.store.processes import outputs, start


@pytest.fixture
def place(tmp_path, postgres_url):
    return StoreAddress.of(postgres_url, str(tmp_path / "files"))


def test_processes_make_the_tables_once(postgres_server, tmp_path, make_spec):
    with postgres_server.database() as url:
        place = StoreAddress.of(url, str(tmp_path / "files"))
        outputs([start("store.check(); store.close()", place) for _ in range(3)])
        database = PostgresDatabase(url)
        with database.reading() as session:
            assert session.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
        database.close()


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
