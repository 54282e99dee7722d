"""The process that reads uploads: what it tells, and its limits."""

import json
import threading
import time
from pathlib import Path

import pytest

from cf_core.data.reading import read_ratings
from cf_core.data.tables.as_json import options_to_json
from cf_core.data.tables.options import ImportOptions
from cf_core.errors import UploadError
from cf_core.runs.incoming.reader import AT_ONCE, Event, Reader
from tests.runs.incoming.tables import write_table
from tests.waiting import wait_until


def arguments(task: str, source: Path, *target: Path) -> list[str]:
    return [task, str(source), json.dumps(options_to_json(ImportOptions(most_bytes=2**28))), *map(str, target)]


def told(reader: Reader) -> list[Event]:
    events: list[Event] = []
    reader.run(events.append)
    return events


def test_a_look_tells_what_is_understood_and_what_is_wrong(tmp_path) -> None:
    understood, found = told(Reader(arguments("look", write_table(tmp_path / "t.csv"))))
    assert understood["understood"]["roles"]["item"] == "book"
    assert found == {"event": "complaints", "complaints": []}
    _, found = told(Reader(arguments("look", write_table(tmp_path / "u.csv", wrong={5: "lots"}))))
    assert [(one["line"], one["value"]) for one in found["complaints"]] == [(7, "lots")]


def test_an_import_tells_how_far_it_is_and_writes_a_data_set(tmp_path) -> None:
    *progress, imported = told(Reader(arguments("import", write_table(tmp_path / "t.csv"), tmp_path / "out")))
    done = [event["done"] for event in progress]
    assert done == sorted(done) and done[0] == 0 and done[-1] == progress[-1]["total"]
    assert imported["summary"]["n_ratings"] == read_ratings(tmp_path / "out").n_ratings


def test_what_it_refuses_is_raised_with_its_message(tmp_path) -> None:
    source = write_table(tmp_path / "t.csv", wrong={5: "lots"})
    with pytest.raises(UploadError, match="line 7: points 'lots' is not a number"):
        told(Reader(arguments("import", source, tmp_path / "out")))
    assert not (tmp_path / "out").exists()


def test_more_memory_than_it_may_have_is_said(tmp_path) -> None:
    source = write_table(tmp_path / "t.csv", n_users=30_000)
    with pytest.raises(UploadError, match="more memory"):
        told(Reader(arguments("import", source, tmp_path / "out"), memory=120 * 2**20))
    assert list(tmp_path.iterdir()) == [source]
    assert told(Reader(arguments("import", source, tmp_path / "out"), memory=2**30))


def test_more_time_than_it_may_take_is_said(tmp_path) -> None:
    with pytest.raises(UploadError, match="longer than"):
        told(Reader(arguments("look", write_table(tmp_path / "t.csv")), seconds=0.05))


def test_no_more_than_some_run_at_once_and_one_that_is_killed_gives_its_turn_up(tmp_path) -> None:
    source = write_table(tmp_path / "t.csv", n_users=60_000)
    readers = [Reader(arguments("look", source)) for _ in range(AT_ONCE + 2)]
    threads = [threading.Thread(target=told, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    wait_until(lambda: sum(reader._process is not None for reader in readers) == AT_ONCE)
    begun = [reader for reader in readers if reader._process is not None]
    waiting = [reader for reader in readers if reader not in begun]
    waiting[0].kill()
    begin = time.monotonic()
    for reader in begun:
        reader.kill()
    wait_until(lambda: waiting[1]._process is not None)
    waiting[1].kill()
    for thread in threads:
        thread.join(20)
    assert time.monotonic() - begin < 20
    assert waiting[0]._process is None
