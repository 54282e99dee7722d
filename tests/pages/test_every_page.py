"""What holds for all pages: the header, the sidebar, keys of their own, and errors in words in place of a traceback."""

import ast
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

from cf_core.data.reading import EMBEDDED
from cf_core.runs.spec import Run

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("[!_]*.py"))
READING_RATINGS = ["data", "train", "best_and_worst", "movie_map"]


def check_header(at: AppTest) -> None:
    """One row: the title, what there is to see behind (?) with the terms explained, and one line of what to try."""
    (title,) = at.title
    assert title.value
    see, terms, try_next = (element.value for element in at.main.markdown[:3])
    assert len(see) > 40
    assert terms.startswith("- **")
    assert try_next.startswith("**Try:** ")
    assert len(try_next) < 120
    assert not at.error


def boxes(at: AppTest) -> dict[str, Any]:
    """The boxes of the sidebar that every page has, by label."""
    return {box.label: box for box in at.sidebar.selectbox if box.label in ("Data set", "Run")}


@pytest.mark.parametrize("page", PAGES)
def test_header_without_a_run(visitor, page: str) -> None:
    check_header(visitor().open(page))


@pytest.mark.parametrize("page", PAGES)
def test_header_and_sidebar_with_a_run(visitor, fast_run: Run, page: str) -> None:
    at = visitor().open(page)
    check_header(at)
    data, run = boxes(at)["Data set"], boxes(at)["Run"]
    assert (data.options, data.value) == (["ml-latest-small"], "ml-latest-small")
    assert run.value == fast_run.run_id
    assert run.options == [f"fast · 1 epoch · {fast_run.rmse:.3f}"]


@pytest.mark.parametrize("page", PAGES)
def test_the_address_of_a_page_on_a_fresh_server(visitor, monkeypatch, page: str) -> None:
    monkeypatch.setattr(app_test, "PagesManager", PagesManager)
    at = AppTest.from_file(ROOT / "app.py", default_timeout=60)
    at.switch_page(f"pages/{page}.py").run()
    assert not at.exception
    check_header(at)
    assert list(boxes(at)) == ["Data set"]


def test_no_data_set_is_an_error_in_words(visitor, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path))
    session = visitor()
    for page in PAGES:
        session.open(page)
        assert str(tmp_path) not in session.says("error")
        assert "Put a folder with ratings.csv and movies.csv there," in session.says("error")


@pytest.mark.parametrize("page", READING_RATINGS)
def test_a_broken_file_is_named_with_its_line(visitor, tmp_path: Path, monkeypatch, page: str) -> None:
    broken = tmp_path / "data" / "broken"
    broken.mkdir(parents=True)
    (broken / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,31,2.5,1\n2,31,good,2\n")
    (broken / "movies.csv").write_text("movieId,title,genres\n31,Dangerous Minds (1995),Drama\n")
    monkeypatch.setenv("CF_LAB_DATA", str(broken.parent))
    session = visitor()
    session.open(page)
    assert session.says("error").startswith("ratings.csv, line 3: ")
    assert len(session.at.title) == 1


def test_a_data_set_that_went_away(visitor, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "data").mkdir()
    shutil.copytree(EMBEDDED, tmp_path / "data" / "a")
    shutil.copytree(EMBEDDED, tmp_path / "data" / "b")
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "data"))
    session = visitor()
    session.open("data")
    shutil.rmtree(tmp_path / "data" / "a")
    session.open("data")
    assert boxes(session.at)["Data set"].value == "b"
    assert not session.at.error


def test_runs_of_other_workspaces_stay_out_of_sight(visitor, fast_run: Run, train: Callable[..., Run]) -> None:
    theirs = train("notebook-dot", owner="y" * 32, n_epochs=1, batch_size=8192)
    session = visitor()
    session.at.query_params["run"] = theirs.run_id
    at = session.open("train")
    assert boxes(at)["Run"].value == fast_run.run_id
    assert len(boxes(at)["Run"].options) == 1
    stranger = visitor("z" * 32)
    stranger.at.query_params["run"] = theirs.run_id
    stranger.open("train")
    assert list(boxes(stranger.at)) == ["Data set"]
    assert stranger.says("info").endswith("and the curves grow here.")


def test_the_run_in_the_address_is_chosen(visitor, fast_run: Run, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=1, seed=1)
    session = visitor()
    assert boxes(session.at)["Run"].value != fast_run.run_id
    reloaded = visitor()
    del reloaded.at.session_state["run"]
    reloaded.at.query_params["run"] = fast_run.run_id
    assert boxes(reloaded.open("best_and_worst"))["Run"].value == fast_run.run_id


def test_a_chosen_run_stays_chosen_on_the_next_page(visitor, fast_run: Run, train: Callable[..., Run]) -> None:
    train("fast")  # better, so that the page shows it at first
    session = visitor()
    at = session.open("best_and_worst")
    newest = session.alt("best"), session.figure("best")
    at.sidebar.selectbox(key="run_box").set_value(fast_run.run_id).run()
    assert (session.alt("best"), session.figure("best")) != newest
    at = session.open("train")
    assert boxes(at)["Run"].value == fast_run.run_id
    assert at.query_params["run"] == fast_run.run_id


def test_runs_begun_in_the_same_second_are_told_apart(visitor, no_workers) -> None:
    session = visitor()
    session.open("train")
    session.button("start").click().run()
    session.button("start").click().run()
    box = session.at.sidebar.selectbox(key="run_box")
    newest, oldest = box.options
    assert newest != oldest
    box.select_index(1).run()
    assert session.at.sidebar.selectbox(key="run_box").index == 1


def test_another_data_set_has_runs_of_its_own(visitor, fast_run: Run, tiny_data: Path, tmp_path, monkeypatch) -> None:
    home = tmp_path / "both"
    home.mkdir()
    os.symlink(EMBEDDED, home / "ml-latest-small")
    os.symlink(tiny_data / "tiny", home / "tiny")
    monkeypatch.setenv("CF_LAB_DATA", str(home))
    session = visitor()
    session.at.session_state["run"] = fast_run.run_id
    session.at.sidebar.selectbox(key="data").set_value("tiny").run()
    for page in ("best_and_worst", "movie_map"):
        session.open(page)
        assert not session.at.error
        assert session.says("info") == "This page reads a trained model, and you have none yet."


def keys_of(path: Path) -> set[str]:
    """The session keys that a file of pages names: members of a `StrEnum`, and constants given as `key`."""
    tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    enums = [node for node in tree if isinstance(node, ast.ClassDef) and "StrEnum" in map(ast.unparse, node.bases)]
    members = [line.value for enum in enums for line in enum.body if isinstance(line, ast.Assign)]
    given = [word.value for node in tree if isinstance(node, ast.Call) for word in node.keywords if word.arg == "key"]
    return {value.value for value in members + given if isinstance(value, ast.Constant)}


def test_no_two_pages_share_a_key() -> None:
    pages: dict[str, set[str]] = {}
    for path in (ROOT / "pages").rglob("*.py"):
        parts = path.relative_to(ROOT / "pages").with_suffix("").parts
        page = parts[1] if parts[0] == "parts" else "/".join(parts)
        pages.setdefault(page, set()).update(keys_of(path))
    assert {"train_view", "start", "train_film_epoch"} <= pages["train"] and "run_box" in pages["shared/session"]
    keys = [key for page in pages.values() for key in page]
    assert sorted(keys) == sorted(set(keys))
