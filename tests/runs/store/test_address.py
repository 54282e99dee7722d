"""Where a store is: what an address says, what it refuses, and that its password is nowhere to be read."""

from pathlib import Path

import pytest

from cf_core.__main__ import main
from cf_core.errors import ConfigError
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.run_store import RunStore

URL = "postgresql+psycopg://lab:s3cr@t/p?w@db.example:5433/lab?sslmode=require&password=s3cr@t"


def test_a_folder_has_records_and_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    address = StoreAddress.of("runs")
    assert (address.runs, address.files) == (str(tmp_path / "runs"), str(tmp_path / "runs"))
    assert address.is_folder and address.folder == tmp_path / "runs" and str(address) == str(tmp_path / "runs")
    assert address == StoreAddress.of(Path("runs")) == StoreAddress.of(tmp_path / "runs", str(tmp_path / "runs"))
    assert RunStore("runs").address == RunStore(address).address == address


@pytest.mark.parametrize("kind", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_database_has_its_files_elsewhere(kind):
    address = StoreAddress.of(f"{kind}://lab@db/lab", "s3://bucket/lab")
    assert (address.runs, address.files) == ("postgresql+psycopg://lab@db/lab", "s3://bucket/lab")
    assert not address.is_folder


@pytest.mark.parametrize(
    ("runs", "files", "words"),
    [
        ("postgresql://lab@db/lab", None, "CF_LAB_FILES"),
        ("postgresql://lab@db/lab", "", "CF_LAB_FILES"),
        ("sqlite:////srv/lab/runs.sqlite", None, "name its folder instead, such as /srv/lab"),
        ("mysql://lab@db/lab", "s3://bucket", "not by 'mysql'"),
        ("runs", "s3://bucket", "has its files there, not in s3://bucket"),
    ],
)
def test_what_is_no_address_is_refused_in_words(runs, files, words):
    with pytest.raises(ConfigError, match=words):
        StoreAddress.of(runs, files)


def test_the_environment_says_where_the_store_is(tmp_path, monkeypatch):
    for name in ("CF_LAB_RUNS", "CF_LAB_FILES"):
        monkeypatch.delenv(name, raising=False)
    assert StoreAddress.from_env(tmp_path) == StoreAddress.of(tmp_path)
    monkeypatch.setenv("CF_LAB_RUNS", URL)
    monkeypatch.setenv("CF_LAB_FILES", "s3://key:s3cr@t@bucket/lab")
    found = StoreAddress.from_env(tmp_path)
    assert found == StoreAddress.read(URL) == StoreAddress.of(URL, "s3://key:s3cr@t@bucket/lab")
    assert StoreAddress.read(tmp_path) == StoreAddress.of(tmp_path)  # a folder that is named has its own files
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    assert StoreAddress.from_env(tmp_path) == found


def test_the_password_is_not_shown():
    address = StoreAddress.of(URL, "s3://key:s3cr@t@bucket/lab")
    for shown in (str(address), repr(address), f"{address}", f"{[address]}"):
        assert "s3cr" not in shown and "p?w" not in shown and "lab" in shown
    with pytest.raises(ConfigError) as caught:
        StoreAddress.of(URL.replace("postgresql+psycopg", "mysql"), "s3://bucket")
    assert "s3cr" not in str(caught.value)
    assert str(StoreAddress.of("postgresql://lab@db/lab", "s3://b")) == "postgresql+psycopg://lab@db/lab"


def test_a_folder_that_is_named_needs_nothing_of_the_environment(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CF_LAB_FILES", "s3://bucket")
    assert main(["runs", "--runs", str(tmp_path), "--json"]) == 0
    assert main(["runs", "--json"]) == 2
    assert "Leave CF_LAB_FILES unset" in capsys.readouterr().err


def test_the_command_line_refuses_what_is_no_address(capsys):
    assert main(["runs", "--runs", "sqlite:///runs/runs.sqlite"]) == 2
    assert "name its folder instead, such as runs" in capsys.readouterr().err
