"""The page Your data: empty, looking, refused, to be corrected, importing, done; the list, deleting and restoring."""

import gzip
import shutil
from dataclasses import replace

import pandas as pd
import pytest

from cf_core.data.reading import read_ratings
from cf_core.runs.workers.own_pool import pool
from cf_core.runs.workspace import Workspace
from pages.parts.your_data import uploads
from tests.pages.conftest import WORKSPACE
from tests.runs.incoming.tables import write_table
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("tiny", "no_workers")


@pytest.fixture
def session(visitor):
    session = visitor()
    session.open("your_data")
    yield session
    uploads._uploads().remove(WORKSPACE)


@pytest.fixture
def mine(runs_folder) -> Workspace:
    return Workspace(pool(runs_folder), WORKSPACE)


@pytest.fixture
def table(tmp_path) -> bytes:
    return write_table(tmp_path / "t.csv").read_bytes()


def settle(session) -> None:
    """Wait until nothing is under way, and look again: what a browser does by itself."""
    wait_until(lambda: (upload := uploads._uploads().of(WORKSPACE)) is None or upload.doing == "nothing")
    session.at.run()
    assert not session.at.exception


def drop(session, data: bytes, name: str = "books.csv") -> None:
    session.at.file_uploader(key="your_data_file").upload(name, data).run()
    settle(session)


def box(session, role: str):
    boxes = [one for one in session.at.main.selectbox if (one.key or "").startswith("your_data_role")]
    (found,) = (one for one in boxes if one.key.endswith(role))
    return found


def imports(session):
    return session.button("your_data_import")


def test_at_first_there_is_a_box_and_the_labs_data(session) -> None:
    assert len(session.at.file_uploader) == 1
    assert "nobody else" in session.says("caption")
    (data_sets,) = session.at.dataframe
    assert data_sets.value["data set"].tolist() == ["tiny"]


def test_a_file_is_imported_selected_and_listed(session, table, mine) -> None:
    drop(session, table)
    assert "Every row can be imported" in session.says("caption")
    assert [box(session, role).value for role in ("user", "item", "rating", "time")] == [
        "reader",
        "book",
        "points",
        None,
    ]
    imports(session).click().run()
    settle(session)
    (data_set,) = mine.data_sets.all()
    assert "books is here: " in session.says("success").replace("**", "") and "8 books" in session.says("success")
    assert session.at.sidebar.selectbox(key="data").value == data_set.data_id
    assert session.at.dataframe[0].value["data set"].tolist() == ["tiny", "books · yours"]
    assert session.at.dataframe[0].value["ratings"].tolist()[1] == data_set.n_ratings
    assert read_ratings(data_set.folder).words.items == "books"
    session.open("best_and_worst")
    assert "Best & worst books" in session.says("title")


def test_what_is_wrong_is_listed_row_by_row_and_nothing_is_imported(session, tmp_path, mine) -> None:
    drop(session, write_table(tmp_path / "t.csv", wrong={0: "lots", 7: ""}).read_bytes())
    assert "2 things are wrong" in session.says("caption")
    wrong = session.at.dataframe[0].value
    assert wrong["line"].tolist() == [2, 9] and wrong["value"].tolist() == ["lots", ""]
    assert imports(session).disabled and mine.data_sets.all() == []
    shown = next(one for one in session.at.segmented_control if one.label == "Shown")
    shown.set_value("rows").run()
    assert session.at.dataframe[0].value.iloc[0].tolist() == ["reader 0", "b1", "lots"]


def test_a_file_that_is_no_table_is_refused_in_words_without_a_path(session, tmp_path) -> None:
    drop(session, b"\x00\x01" * 50, "junk.csv")
    assert session.says("error").startswith("junk.csv") and str(tmp_path) not in session.says("error")
    session.button("your_data_discard").click().run()
    assert len(session.at.file_uploader) == 1 and not session.at.error


def test_roles_are_corrected(session) -> None:
    drop(session, "".join(f"{i}\t{u}\t{1 + (u * i) % 5}\n" for u in range(12) for i in range(9)).encode(), "t.tsv")
    assert box(session, "user").options == ["column 1", "column 2", "column 3"]
    assert "a guess" in box(session, "user").label
    user, item = box(session, "user").value, box(session, "item").value
    upload = uploads._uploads().of(WORKSPACE)
    box(session, "user").set_value(item).run()
    settle(session)
    assert "different columns" in session.says("error") and imports(session).disabled
    box(session, "item").set_value(user).run()
    settle(session)
    assert (upload.options.roles.user, upload.options.roles.item) == (item, user)
    assert not imports(session).disabled and not session.at.error


def test_a_header_can_be_told_and_another_file_taken(session, table) -> None:
    drop(session, table)
    session.at.main.checkbox[0].uncheck().run()
    settle(session)
    assert box(session, "user").options == ["column 1", "column 2", "column 3"]
    assert imports(session).disabled, "the header is no rating"
    session.at.main.checkbox[0].check().run()
    settle(session)
    assert not imports(session).disabled


def test_repeated_ratings_are_refused_until_somebody_says_what_counts(session, table) -> None:
    drop(session, table + table.split(b"\n", 2)[1] + b"\n")
    assert "again" in session.at.dataframe[0].value["what is wrong"][0]
    repeated = next(one for one in session.at.main.selectbox if one.label == "A second rating of the same")
    repeated.set_value("mean").run()
    settle(session)
    imports(session).click().run()
    settle(session)
    assert "one" in session.says("caption").lower() or "1 rating" in session.says("caption")
    assert session.at.success


def test_name_and_nouns_are_the_visitors(session, table, mine) -> None:
    drop(session, gzip.compress(table), "reading list.csv.gz")
    name, item, items = session.at.main.text_input
    assert (name.value, item.value, items.value) == ("reading list", "book", "books")
    name.set_value("Club = *ours*")
    item.set_value("novel")
    items.set_value("novels").run()
    imports(session).click().run()
    settle(session)
    (data_set,) = mine.data_sets.all()
    assert data_set.name == "Club = *ours*"
    assert read_ratings(data_set.folder).words.items == "novels"
    assert "Club = *ours*" in session.says("success")


@pytest.mark.parametrize(
    ("which", "text", "says"), [(0, "tiny", "already"), (0, " ", "needs a name"), (1, "<b>", "not both nouns")]
)
def test_a_name_or_noun_that_cannot_be_is_refused(session, table, mine, which, text, says) -> None:
    drop(session, table)
    session.at.main.text_input[which].set_value(text).run()
    imports(session).click().run()
    told = session.at.toast[0].value if session.at.toast else ""
    settle(session)
    assert says in told + session.says("error")
    assert mine.data_sets.all() == []


def test_another_tab_finds_the_file_again_with_what_was_chosen(session, visitor, table) -> None:
    drop(session, table)
    repeated = next(one for one in session.at.main.selectbox if one.label == "A second rating of the same")
    repeated.set_value("last").run()
    settle(session)
    again = visitor()
    again.open("your_data")
    assert next(one for one in again.at.main.selectbox if one.label == "A second rating of the same").value == "last"
    stranger = visitor("y" * 32)
    stranger.open("your_data")
    assert len(stranger.at.file_uploader) == 1 and "books" not in stranger.says("markdown")


def test_a_data_set_is_deleted_and_brought_back(session, table, mine) -> None:
    drop(session, table)
    imports(session).click().run()
    settle(session)
    session.button("your_data_delete").click().run()
    assert not session.at.exception and mine.data_sets.all() == []
    assert session.at.sidebar.selectbox(key="data").value == "tiny"
    session.button("your_data_undo").click().run()
    (data_set,) = mine.data_sets.all()
    assert session.at.sidebar.selectbox(key="data").value == data_set.data_id


def test_a_zip_of_an_edition_needs_no_roles(session, tiny_data, tmp_path, mine) -> None:
    archive = shutil.make_archive(str(tmp_path / "ml"), "zip", tiny_data, "tiny")
    with open(archive, "rb") as file:
        drop(session, file.read(), "ml.zip")
    assert not session.at.exception
    assert [one for one in session.at.main.selectbox if one.key and one.key.startswith("your_data_role")] == []
    imports(session).click().run()
    settle(session)
    (data_set,) = mine.data_sets.all()
    there, here = read_ratings(tiny_data / "tiny").frame(), read_ratings(data_set.folder).frame()
    pd.testing.assert_frame_equal(there, here)


def test_a_full_quota_is_said_when_the_file_is_dropped(visitor, table, monkeypatch, runs_folder) -> None:
    session = visitor()
    session.open("your_data")
    monkeypatch.setattr(pool(runs_folder), "limits", replace(pool(runs_folder).limits, quota=10))
    session.at.file_uploader(key="your_data_file").upload("books.csv", table).run()
    assert "keeps" in session.at.toast[0].value and uploads._uploads().of(WORKSPACE) is None


def test_a_server_that_takes_no_files_names_the_command(visitor, monkeypatch) -> None:
    monkeypatch.setattr(uploads, "most_megabytes", lambda: 0)
    session = visitor()
    session.open("your_data")
    assert not session.at.file_uploader and "python -m cf_core import" in session.says("info")
