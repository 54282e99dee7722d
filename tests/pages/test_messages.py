"""What a visitor reads of an error: what is wrong and what to do, no folder of the server, and no traceback."""

import logging
import sqlite3
from pathlib import Path

import pytest

from cf_core.runs.store.run_store import RunStore
from pages.shared import server
from pages.shared.messages import WORD_JOINER, for_visitors


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("/srv/lab/runs/runs.sqlite: disk full. Make room.", "runs.sqlite: disk full. Make room."),
        ("/home/a b/data/x/ratings.csv, line 3: bad", "ratings.csv, line 3: bad"),
        ("There is no run 'x' in /srv/lab/runs. Train one.", "There is no run 'x' in runs. Train one."),
        ("'/srv/a.csv' and /srv/b.csv", "'a.csv' and b.csv"),
        ("half of 3/4 and/or https://host/a/b", "half of 3/4 and/or https://host/a/b"),
        ("1 / 2 and 3 / 4", "1 / 2 and 3 / 4"),
    ],
)
def test_folders_of_the_server_are_left_out(message: str, shown: str) -> None:
    assert for_visitors(message).replace("\\", "").replace(WORD_JOINER, "") == shown


@pytest.fixture(autouse=True)
def fresh_server() -> None:
    """The next visitor is the first."""
    server.start_server.cache_clear()


def newer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    RunStore(folder)
    with sqlite3.connect(folder / "runs.sqlite") as connection:
        connection.execute("PRAGMA user_version = 999")


def corrupt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    (folder / "runs.sqlite").write_text("not a database, and long enough to be read as a header of one" * 20)


def in_the_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write_text("a file")


def bad_setting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CF_LAB_CAP", "x")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (newer, "written by a newer CF Lab"),
        (corrupt, "Move the file away"),
        (in_the_way, "make the folder writable"),
        (bad_setting, "CF_LAB_CAP='x' must be a whole number"),
    ],
)
def test_trouble_at_the_start_is_said_on_the_page(visitor, runs_folder, monkeypatch, caplog, trouble, words) -> None:
    trouble(runs_folder, monkeypatch)
    with caplog.at_level(logging.WARNING):
        session = visitor()
        assert not session.at.exception
        assert words in session.says("error")
        assert str(runs_folder) not in session.says("error")
        session.open("train")
        assert words in session.says("error")
    assert words in caplog.text
    if trouble is not bad_setting:
        assert str(runs_folder) in caplog.text


def test_the_app_comes_back_once_the_trouble_is_over(visitor, runs_folder, monkeypatch) -> None:
    corrupt(runs_folder, monkeypatch)
    session = visitor()
    assert session.at.error
    (runs_folder / "runs.sqlite").unlink()
    session.at.run()
    assert not session.at.error
    assert session.at.title[0].value == "CF Lab"
