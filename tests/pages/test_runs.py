"""Your runs: name and note, the link to share, deleting with undo; the workspace's key, and others."""

import contextlib
import os
import re
import sqlite3

import pytest
import streamlit as st

from cf_core.data.reading import read_ratings
from cf_core.exports.contents import RunContents
from cf_core.exports.parts import PARTS
from cf_core.exports.zipped import zip_of
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.own_pool import pool, reset_pools
from cf_core.runs.workspace import workspace_name
from tests.pages.conftest import WORKSPACE


@pytest.fixture
def session(visitor, fast_run: Run):
    session = visitor()
    session.open("runs")
    return session


def codes(session) -> list[str]:
    return [block.value for block in session.at.code]


def test_a_row_per_run(session, fast_run: Run) -> None:
    (table,) = (frame.value for frame in session.at.dataframe)
    assert table["run"].tolist() == [f"fast · 1 epoch · {fast_run.rmse:.3f}"]
    assert table["epochs"].tolist() == ["1 of 1"]
    assert table["RMSE"].tolist() == [f"{fast_run.rmse:.3f}"]
    assert table[["factors", "rate", "decay", "seed"]].iloc[0].tolist() == [5, 0.07, 0.00015, 0]


def test_a_name_and_a_note_are_kept_with_the_run(session, fast_run: Run, runs_folder) -> None:
    session.at.text_input(key=f"runs_name_{fast_run.run_id}").set_value("mine").run()
    session.at.text_area(key=f"runs_note_{fast_run.run_id}").set_value("as expected").run()
    run = RunStore(runs_folder).get(fast_run.run_id)
    assert (run.name, run.note) == ("mine", "as expected")
    assert session.at.subheader[0].value.startswith("mine · fast · 1 epoch")


def test_a_link_is_made_and_withdrawn(session, fast_run: Run, runs_folder) -> None:
    session.button("runs_share").click().run()
    token = RunStore(runs_folder).get(fast_run.run_id).share_token
    assert codes(session)[0].endswith(f"/train?shared={token}")
    session.button("runs_unshare").click().run()
    assert RunStore(runs_folder).get(fast_run.run_id).share_token is None
    assert session.button("runs_share")


def test_a_deleted_run_comes_back(session, fast_run: Run) -> None:
    session.button("runs_delete").click().run()
    assert session.says("info") == "No runs yet."
    assert ":material/delete: Deleted **fast" in session.says("markdown")
    session.button("runs_undo").click().run()
    assert len(session.at.dataframe) == 1
    assert "Deleted" not in session.says("markdown")


def test_a_deleted_run_comes_back_later_too(session, fast_run: Run) -> None:
    session.button("runs_delete").click().run()
    session.open("data")
    session.open("runs")
    session.button(f"runs_undo_{fast_run.run_id}").click().run()
    assert len(session.at.dataframe) == 1


def names(session) -> list[str]:
    """The workspaces that the page names, the visitor's own first."""
    return re.findall(r"\*\*([0-9a-f]{6})\*\*", session.says("markdown"))


def test_the_address_of_the_workspace_is_shown_on_request_with_a_warning(session) -> None:
    assert codes(session) == []
    session.button("runs_bookmark").click().run()
    (address,) = codes(session)
    assert address.endswith("/runs?workspace=open#" + WORKSPACE)
    assert "full control" in session.says("warning")
    session.button("runs_bookmark").click().run()
    assert codes(session) == []


def test_an_empty_workspace_has_another_name_and_a_way_back(session, fast_run: Run) -> None:
    assert names(session) == [workspace_name(WORKSPACE)]
    session.button("runs_new_workspace").click().run()
    own, before = names(session)
    assert own != before == workspace_name(WORKSPACE)
    assert session.says("info") == "No runs yet."
    session.button(f"runs_back_to_{before}").click().run()
    assert names(session) == [before]  # the empty one is not worth a line
    assert session.at.sidebar.selectbox(key="run_box").value == fast_run.run_id


def test_another_key_takes_the_runs_along(session, fast_run: Run, runs_folder) -> None:
    session.button("runs_change_key").click().run()
    assert "stops working" in session.says("warning")
    assert RunStore(runs_folder).runs(WORKSPACE)
    session.button("runs_change_key_now").click().run()
    (own,) = names(session)
    (run,) = RunStore(runs_folder).runs()
    assert run.owner != WORKSPACE
    assert own == workspace_name(run.owner)
    assert len(session.at.dataframe) == 1


def test_a_key_that_is_kept_after_all(session, runs_folder) -> None:
    session.button("runs_change_key").click().run()
    session.button("runs_keep_key").click().run()
    assert not session.at.warning
    assert RunStore(runs_folder).runs(WORKSPACE)


def test_an_address_with_another_token_asks_first(visitor, fast_run: Run) -> None:
    theirs = "t" * 32
    session = visitor(theirs)
    session.at.query_params["workspace"] = WORKSPACE
    session.open("runs")
    assert session.at.title[0].value == "Open another workspace?"
    assert f"**{workspace_name(WORKSPACE)}**, with one run" in session.says("markdown")
    assert f"**{workspace_name(theirs)}**, without runs" in session.says("markdown")
    assert not session.at.sidebar.selectbox
    session.button("workspace_stay").click().run()
    assert names(session) == [workspace_name(theirs)]
    assert session.says("info") == "No runs yet."


def test_an_address_with_another_token_opens_it_on_request(visitor, fast_run: Run) -> None:
    session = visitor("t" * 32)
    session.at.query_params["workspace"] = WORKSPACE
    session.open("runs")
    session.button("workspace_open").click().run()
    assert names(session) == [workspace_name(WORKSPACE)]
    assert len(session.at.dataframe) == 1
    assert "workspace" not in session.at.query_params


def test_who_has_the_link_sees_the_run_and_steers_nothing(session, visitor, fast_run: Run, runs_folder) -> None:
    session.at.text_input(key=f"runs_name_{fast_run.run_id}").set_value("mine").run()
    session.button("runs_share").click().run()
    reader = visitor("y" * 32)
    reader.at.query_params["shared"] = RunStore(runs_folder).get(fast_run.run_id).share_token
    for page in ("train", "train", "movie_map"):
        reader.open(page)
        (option,) = reader.at.selectbox(key="run_box").options
        assert option.startswith("shared with you · mine · fast · 1 epoch")
    reader.open("train")
    assert "curves" in reader.plots()
    labels = {button.label for button in reader.at.button}
    assert "Train" in labels
    assert not any(label.startswith(("Train 3 more", "Resume", "Pause", "Stop")) for label in labels)
    reader.open("runs")
    assert "No runs yet." in reader.says("info")


def test_a_run_that_cannot_be_read_is_named_and_can_be_deleted(visitor, fast_run: Run, runs_folder) -> None:
    bad = RunStore(runs_folder).create(fast_run.spec, "x" * 32).run_id
    with contextlib.closing(sqlite3.connect(runs_folder / "runs.sqlite")) as connection, connection:
        connection.execute("UPDATE runs SET spec = '{}', outcome = 'stopped' WHERE run_id = ?", (bad,))
    session = visitor()
    session.open("train")
    session.open("runs")
    assert bad in session.says("warning")
    assert len(session.at.dataframe[0].value) == 1
    session.button(f"runs_delete_{bad}").click().run()
    assert not session.at.exception
    assert bad not in session.says("warning")


def test_a_run_can_be_downloaded_with_the_parts_that_are_wanted(session, fast_run: Run) -> None:
    parts = session.at.button_group(key=f"runs_parts_{fast_run.run_id}")
    assert parts.value == ["weights", "factors", "projector", "recommendations", "predictions", "history", "notebook"]
    button = session.at.download_button(key="runs_download")
    assert (button.label, button.proto.disabled) == ("Download (zip)", False)
    parts.set_value([]).run()
    assert session.at.download_button(key="runs_download").proto.disabled


def test_parts_that_take_long_are_left_to_the_command_line(session, fast_run: Run, monkeypatch) -> None:
    monkeypatch.setattr("cf_core.exports.zipped.SECONDS", 0.0)
    session.at.run()
    assert session.at.button_group(key=f"runs_parts_{fast_run.run_id}").value == ["history", "notebook"]
    assert f"python -m cf_core export {fast_run.run_id} --to FOLDER" in codes(session)


def zip_of_run(run: Run, runs_folder) -> bytes:
    contents = RunContents.of(RunStore(runs_folder), run, read_ratings(run.spec.data))
    return zip_of(contents, [PARTS["weights"]])


@pytest.fixture
def uploads(monkeypatch) -> None:
    """The server takes files."""
    monkeypatch.setattr(st, "get_option", lambda name, get=st.get_option: 50 if "UploadSize" in name else get(name))


def test_a_run_can_be_imported(uploads, visitor, fast_run: Run, runs_folder) -> None:
    session = visitor("z" * 32)
    session.open("runs")
    assert session.says("info") == "No runs yet."
    data = zip_of_run(fast_run, runs_folder)
    session.at.file_uploader(key="runs_upload").upload("run.zip", data).run()
    assert "Imported" in session.at.toast[0].value
    (run,) = RunStore(runs_folder).runs("z" * 32)
    assert (run.rmse, run.spec) == (fast_run.rmse, fast_run.spec)
    assert session.at.session_state["run"] == run.run_id
    session.open("best_and_worst")
    session.open("train")
    assert "curves" in session.plots()


def test_a_file_that_is_no_run_is_refused_in_words(uploads, visitor, runs_folder) -> None:
    session = visitor("z" * 32)
    session.open("runs")
    session.at.file_uploader(key="runs_upload").upload("run.zip", b"PK").run()
    assert "no zip of an exported run" in session.at.toast[0].value
    assert not session.at.exception
    assert RunStore(runs_folder).runs("z" * 32) == []


def test_an_import_counts_for_what_a_workspace_may_keep(
    uploads, visitor, fast_run: Run, runs_folder, monkeypatch
) -> None:
    monkeypatch.setenv("CF_LAB_QUOTA_MB", "1")
    data = zip_of_run(fast_run, runs_folder)
    session = visitor()
    session.open("runs")
    for number in range(3):
        session.at.file_uploader(key="runs_upload").set_value((f"{number}.zip", data, "application/zip")).run()
    assert "this lab keeps 1 MB" in session.at.toast[0].value


def test_a_server_that_takes_no_files_offers_no_import(session) -> None:
    if st.get_option("server.maxUploadSize") == 0:
        assert not session.at.file_uploader


def test_another_workspace_in_the_same_browser_does_not_lift_the_cap(monkeypatch, visitor, no_workers, tiny) -> None:
    monkeypatch.setenv("CF_LAB_CAP", "1")
    reset_pools()
    pool(os.environ["CF_LAB_RUNS"], n_workers=0)
    browser = visitor()
    browser.open("train")
    browser.button("start").click().run()
    assert not browser.says("toast")
    browser.at.session_state["workspace"] = "y" * 32
    browser.at.run()
    browser.button("start").click().run()
    assert "in a workspace that this browser has left" in browser.says("toast")
