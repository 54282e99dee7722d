"""Uploads: looked at, corrected, imported, stopped, replaced and forgotten."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from cf_core.data.reading import read_ratings
from cf_core.data.tables.options import Roles
from cf_core.errors import StoreError, UploadError
from cf_core.runs.data_set import DataSet
from cf_core.runs.incoming import uploads as module
from cf_core.runs.incoming.upload import Upload, with_header
from cf_core.runs.incoming.uploads import Uploads
from cf_core.runs.store.data_sets import Write
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace
from tests.runs.incoming.tables import N_ITEMS, write_table
from tests.waiting import wait_until

MOST = 2**28
MINE, THEIRS = "m" * 32, "t" * 32


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def uploads(home: Path) -> Uploads:
    return Uploads(home)


@pytest.fixture
def mine(tmp_path: Path) -> Workspace:
    """A workspace whose data sets are in `home`'s folder."""
    return Workspace(WorkerPool(tmp_path, n_workers=0), MINE)


def put(uploads: Uploads, name: str = "books.csv", text: str | bytes | None = None, **table) -> Upload:
    """An upload of a table that is right, unless another text is given; it has been looked at."""
    if text is None:
        uploads._home.mkdir(parents=True, exist_ok=True)
        file = write_table(uploads._home.parent / "table.csv", **table)
        text = file.read_bytes()
    upload = uploads.put(MINE, name, memoryview(text if isinstance(text, bytes) else text.encode()), MOST)
    return ended(upload)


def ended(upload: Upload) -> Upload:
    wait_until(lambda: upload.doing == "nothing")
    return upload


def test_a_right_table_is_understood_and_ready(uploads) -> None:
    upload = put(uploads)
    assert upload.is_ready and upload.refusal == ""
    assert upload.understood.roles == Roles("reader", "book", "points")
    assert upload.understood.words.item == "book"
    assert upload.understood.first_rows.iloc[0].tolist() == ["reader 0", "b1", "5"]
    assert uploads.of(MINE) is upload and uploads.of(THEIRS) is None


def test_a_table_with_errors_is_shown_and_not_ready(uploads) -> None:
    upload = put(uploads, wrong={2: "lots", 3: ""})
    assert [(one.line, one.value) for one in upload.complaints] == [(4, "lots"), (5, "")]
    assert not upload.is_ready and upload.understood is not None


def test_what_is_no_table_is_refused(uploads) -> None:
    upload = put(uploads, text=b"\x00\x01\x02" * 100)
    assert upload.understood is None and not upload.is_ready
    assert "zero bytes" in upload.refusal


def test_another_look_takes_the_options_that_were_chosen(uploads) -> None:
    upload = put(uploads, text="a,b,c\n" + "".join(f"{u},i{i},{(u + i) % 5}\n" for u in range(5) for i in range(5)) * 2)
    assert upload.complaints and not upload.is_ready
    upload.look(replace(upload.options, repeated="last"))
    assert ended(upload).is_ready
    upload.look(replace(upload.options, roles=Roles("a", "b", "b")))
    assert "different columns" in ended(upload).refusal and not upload.is_ready
    upload.look(with_header(upload.options, has_header=False))
    assert ended(upload).understood.columns == ("column 1", "column 2", "column 3")


def test_an_import_becomes_a_data_set_of_the_workspace(uploads, mine, home) -> None:
    upload = put(uploads)
    upload.start_import(lambda write: mine.data_sets.add("Books", write))
    assert upload.doing in ("importing", "nothing")
    assert ended(upload).refusal == ""
    (data_set,) = mine.data_sets.all()
    assert upload.data_set == data_set and data_set.name == "Books"
    ratings = read_ratings(data_set.folder)
    assert (ratings.n_items, ratings.n_users, ratings.words.item) == (N_ITEMS, 20, "book")
    assert ratings.n_ratings == upload.summary.n_ratings == data_set.n_ratings
    assert [path for path in home.iterdir() if path.name.startswith(".")] == []


def test_an_import_that_is_refused_leaves_no_data_set_and_says_why(uploads, mine) -> None:
    upload = put(uploads)

    def full(write: Write) -> DataSet:
        raise StoreError("The disk is full. Make room.")

    upload.start_import(full)
    assert ended(upload).refusal == "The disk is full. Make room."
    assert upload.data_set is None and mine.data_sets.all() == []
    upload.start_import(lambda write: mine.data_sets.add("Books", write))
    assert ended(upload).data_set is not None, "it can be tried again"


def test_a_stopped_import_leaves_nothing(uploads, mine, home) -> None:
    upload = put(uploads, n_users=40_000)
    upload.start_import(lambda write: mine.data_sets.add("Books", write))
    wait_until(lambda: upload.progress > 0 or upload.doing == "nothing")
    assert upload.doing == "importing"
    upload.stop()
    assert upload.doing == "nothing" and upload.data_set is None
    wait_until(lambda: not list(upload.folder.glob(".import-*")) or True)
    assert mine.data_sets.all() == [] and upload.is_ready
    uploads.remove(MINE)
    wait_until(lambda: not [path for path in home.iterdir() if path.is_dir()])


def test_titles_come_from_a_second_table(uploads, mine) -> None:
    upload = put(uploads)
    table = "id,name\n" + "".join(f"b{item},Title {item}\n" for item in range(N_ITEMS))
    uploads.add_titles(MINE, "titles.csv", memoryview(table.encode()))
    assert ended(upload).is_ready and upload.options.titles.name == "titles.csv"
    upload.start_import(lambda write: mine.data_sets.add("Books", write))
    ratings = read_ratings(ended(upload).data_set.folder)
    assert set(ratings.item_table.title) == {f"Title {item}" for item in range(N_ITEMS)}


def test_a_new_file_takes_the_place_of_the_one_before(uploads, home) -> None:
    first = put(uploads)
    second = put(uploads)
    assert uploads.of(MINE) is second
    assert not first.folder.exists() and second.folder.exists()
    uploads.remove(MINE)
    assert uploads.of(MINE) is None and not second.folder.exists()
    uploads.remove(MINE)


def test_too_much_that_waits_is_refused(uploads, monkeypatch) -> None:
    put(uploads)
    monkeypatch.setattr(module, "MOST_BYTES", uploads.of(MINE).n_bytes + 10)
    with pytest.raises(UploadError, match="waiting"):
        uploads.put(THEIRS, "t.csv", memoryview(b"a,b,c\n1,2,3\n"), MOST)
    monkeypatch.setattr(module, "IDLE_SECONDS", -1.0)
    assert uploads.put(THEIRS, "t.csv", memoryview(b"a,b,c\n1,2,3\n"), MOST) is uploads.of(THEIRS)
    assert uploads.of(MINE) is None, "what nobody looks at gives its room up"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", "", ".hidden", "a/b\\c:d\n.csv", "x" * 300 + ".csv", "\x00"]
)
def test_a_name_never_leads_out_of_the_folder(uploads, name, monkeypatch) -> None:
    monkeypatch.setattr(Upload, "look", lambda upload, options: None)  # what is in the file does not matter
    upload = uploads.put(MINE, name, memoryview(b"a,b,c\n"), MOST)
    assert upload.file.parent == upload.folder and upload.folder.parent == uploads._home
    assert upload.file.is_file() and not upload.file.name.startswith(".") and len(upload.file.name) <= 80


def test_the_name_of_a_file_stays_as_it_is(uploads) -> None:
    assert put(uploads, name="Meine Bücher (2024).csv").file.name == "Meine Bücher (2024).csv"


def test_what_a_dead_server_left_is_removed(uploads, mine, home) -> None:
    upload = put(uploads)
    dead = upload.folder.with_name(upload.folder.name.replace(f".{os.getpid()}-", ".999999999-"))
    upload.folder.rename(dead)
    mine._store.room.purge()
    assert not dead.exists()
    alive = put(uploads)
    mine._store.room.purge()
    assert alive.folder.exists()


def test_a_limit_of_bytes_holds_for_what_is_unpacked(uploads, tmp_path) -> None:
    import gzip

    text = write_table(tmp_path / "t.csv", n_users=5_000).read_bytes()
    upload = uploads.put(MINE, "t.csv.gz", memoryview(gzip.compress(text)), len(text) // 2)
    assert not ended(upload).is_ready and upload.refusal
    upload.look(replace(upload.options, most_bytes=MOST))
    assert ended(upload).is_ready
