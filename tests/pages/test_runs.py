"""Your runs: name and note, the link to share, deleting with undo, an empty workspace."""

import pytest

from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore


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
    assert table[["factors", "rate", "decay", "seed"]].iloc[0].tolist() == [5, 0.05, 0.0002, 0]


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


def test_an_empty_workspace_has_another_address(session) -> None:
    (before,) = codes(session)
    assert before.endswith("/runs?workspace=" + "x" * 32)
    session.button("runs_new_workspace").click().run()
    (after,) = codes(session)
    assert after != before
    assert session.says("info") == "No runs yet."


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
