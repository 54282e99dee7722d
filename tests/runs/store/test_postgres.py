"""What PostgreSQL refuses and what it keeps: its tables, its errors in words, texts and numbers."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from cf_core.__main__ import main
from cf_core.errors import ConfigError, StoreAwayError, StoreError
from cf_core.runs.store import postgres
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.postgres import PostgresDatabase
from cf_core.runs.store.tables import Table


@pytest.fixture
def place(tmp_path, postgres_url):
    return StoreAddress.of(postgres_url, str(tmp_path / "files"))


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
