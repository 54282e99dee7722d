"""The files of a store, in a folder, in a shared folder and in an object store: the same promises for all."""

import re
import threading
from pathlib import Path

import pytest

from cf_core.environment import PROJECT
from cf_core.errors import ConfigError, StoreError
from cf_core.remote.url import REQUIREMENTS
from cf_core.runs.store.file_store import LocalFiles, file_store


def put(files, name: str, content: bytes) -> None:
    with files.replacing(name) as path:
        path.write_bytes(content)


def get(files, name: str) -> bytes | None:
    try:
        with files.reading(name) as path:
            return path.read_bytes()
    except (StoreError, FileNotFoundError):
        return None


def test_files_come_are_replaced_and_go(files):
    assert (files.names("run"), files.sizes([["run"]])) == ([], [0])
    assert not files.exists("run/one") and get(files, "run/one") is None
    put(files, "run/one", b"1")
    put(files, "run/sub/two", b"22")
    put(files, "runner", b"333")
    assert files.names("run") == ["run/one", "run/sub/two"]
    assert files.sizes([["run"], ["run", "run/sub"]]) == [1, 3]
    put(files, "run/one", b"another")
    assert get(files, "run/one") == b"another" and files.exists("run/one")
    files.remove("run/one")
    files.remove("run/one")
    assert files.names("run") == ["run/sub/two"]
    files.remove_folder("run")
    files.remove_folder("run")
    assert (files.names("run"), files.sizes([["run", "run/sub"]])) == ([], [0])
    assert get(files, "runner") == b"333"


def test_a_block_that_raises_leaves_the_old_file(files):
    put(files, "run/one", b"old")
    with pytest.raises(ValueError, match="half"), files.replacing("run/one") as path:
        path.write_bytes(b"new")
        raise ValueError("half")
    assert get(files, "run/one") == b"old" and files.names("run") == ["run/one"]


def test_readers_and_writers_at_once_meet_whole_files_alone(files):
    contents = [bytes([letter]) * 50_000 for letter in b"abcd"]
    put(files, "run/one", contents[0])
    seen: set[bytes | None] = set()

    def write(content: bytes) -> None:
        for _ in range(4):
            put(files, "run/one", content)

    def read() -> None:
        for _ in range(12):
            seen.add(get(files, "run/one"))

    writers = [contents[1]] if isinstance(files, LocalFiles) and not files.is_shared else contents[1:]
    threads = [threading.Thread(target=write, args=[content]) for content in writers]
    threads += [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(contents) and get(files, "run/one") in writers


def test_a_folder_is_taken_whole(files):
    part = files.incoming("data") / ".part"
    part.mkdir(parents=True)
    for name, content in {"about.json": b"{}", "ratings.csv": b"1"}.items():
        (part / name).write_bytes(content)
    files.take_folder(part, "data/books", "about.json")
    assert files.names("data/books") == ["data/books/about.json", "data/books/ratings.csv"]
    assert get(files, "data/books/ratings.csv") == b"1"
    assert files.stale_folders("data", 3_600) == []


def test_what_is_written_on_the_side_is_gone_afterwards(files):
    with files.scratch("run/new") as path:
        path.write_bytes(b"1")
        assert path.name == "new"
    assert not path.exists() and files.names("run") == [] and files.free_bytes() > 0


@pytest.mark.parametrize(
    "url",
    [
        "s3://AKIAX:s3cret@bucket/files",
        "s3:///files",
        "ftp://bucket/files",
        "s3://bucket/files?secret=s3cret",
        "file://host/files",
    ],
)
def test_other_places_are_refused_without_their_secrets(url):
    with pytest.raises(ConfigError) as refused:
        file_store(url)
    assert "s3cret" not in str(refused.value)


def test_a_package_that_is_missing_is_named_with_its_requirements(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=re.escape("pip install -r cf_core/runs/cluster-requirements.txt")):
        file_store("s3://some-bucket/some-files")


def test_the_requirements_file_is_there():
    assert "s3fs" in Path(PROJECT, REQUIREMENTS).read_text(encoding="utf-8")
