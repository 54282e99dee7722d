"""A file of one's own in a real browser: dropped, mended, imported, trained on, recommended from, and taken home as a
notebook that runs beside the data."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cf_core.runs.store.run_store import RunStore
from tests.browser.conftest import COOKIE, ROOT, navigate, wait_until_idle, wait_until_settled

pytestmark = pytest.mark.browser

RUNNER = ROOT / "tests" / "exports" / "run_notebooks.py"


def write_books(file: Path, mistake: str = "") -> Path:
    """Some 1,000 ratings of books, 0 to 100 points; `mistake` takes the place of the first."""
    rows = [f"reader {user},Book {book},{10 * ((user * book + user + book) % 11)}" for user in range(60)
            for book in range(40) if (user * 7 + book * 3) % 5 < 2]  # fmt: skip
    rows[0] = rows[0].rpartition(",")[0] + f",{mistake}" if mistake else rows[0]
    file.write_text("\n".join(["reader,book,points", *rows, ""]), encoding="utf-8")
    return file


def drop(page: Page, file: Path) -> None:
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(file)


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def download(page: Page, name: str, to: Path) -> Path:
    with page.expect_download() as found:
        button(page, name).click()
    found.value.save_as(to)
    return to


def test_own_file_train_recommend_notebook(page: Page, lab: str, lab_store: RunStore, tmp_path: Path) -> None:
    page.goto(f"{lab}/your_data")
    drop(page, write_books(tmp_path / "books.csv", mistake="lots"))
    expect(page.get_by_text("one thing is wrong")).to_be_visible()
    expect(button(page, "Import")).to_be_disabled()
    button(page, "Another file").click()
    drop(page, write_books(tmp_path / "books.csv"))
    expect(page.get_by_text("Every row can be imported")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Every row can be imported")).to_be_visible()
    button(page, "Import").click()
    expect(page.get_by_text("books is here: 960 ratings of 60 users for 40 books.")).to_be_visible()
    data_box = page.get_by_test_id("stSidebar").get_by_role("combobox", name="Data set")
    expect(data_box).to_have_value("books · yours")

    page.get_by_role("link", name="Train on it").click()
    page.locator(".st-key-start button").click()
    expect(page.locator(".st-key-run_state")).to_contain_text("Validation MSE", timeout=60_000)

    page.get_by_test_id("stTopNavSection").filter(has_text="Results").click()
    page.get_by_role("menuitem", name="What to pick", exact=True).click()
    asked = page.locator(".st-key-for_you_movie").get_by_role("heading")
    expect(asked).to_contain_text("Book")
    title = asked.inner_text()
    wait_until_idle(page)
    page.locator(".st-key-for_you_stars_100 button").click()
    expect(asked).not_to_have_text(title)
    expect(page.locator(".st-key-for_you_parts [role=img]")).to_have_attribute("aria-label", re.compile("The parts of"))

    navigate(page, "Train")
    page.get_by_role("radio", name="Code").click()
    notebook = download(page, "Notebook", tmp_path / "home" / "run.ipynb")
    navigate(page, "Your data")
    data = download(page, "Download", tmp_path / "data.zip")
    zipfile.ZipFile(data).extractall(notebook.parent)
    (cookie,) = (one for one in page.context.cookies() if one["name"] == COOKIE)
    (run,) = lab_store.runs(cookie["value"])
    result = run_notebook(notebook)
    assert result["error"] == ""
    assert result["valid_losses"][-1] == pytest.approx(run.valid_loss, abs=0.01)
    assert page.complaints == []


def run_notebook(file: Path) -> dict:
    ran = subprocess.run(
        [sys.executable, RUNNER, file.name], cwd=file.parent, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def files_of_data(store: RunStore) -> set[Path]:
    """All that workspaces have uploaded or imported."""
    return {*(store.folder / "data").rglob("*")}


def test_an_import_is_stopped_and_leaves_nothing(page: Page, lab: str, lab_store: RunStore, tmp_path: Path) -> None:
    kept = files_of_data(lab_store)
    rows = "\n".join(f"r{user},b{book},{(user + book) % 9}" for user in range(20_000) for book in range(40))
    (tmp_path / "big.csv").write_text(f"user,item,rating\n{rows}\n", encoding="utf-8")
    page.goto(f"{lab}/your_data")
    drop(page, tmp_path / "big.csv")
    expect(page.get_by_text("Every row can be imported")).to_be_visible(timeout=90_000)
    button(page, "Import").click()
    button(page, "Stop").click()
    expect(button(page, "Import")).to_be_enabled()
    expect(page.get_by_text("Yours will be listed here")).to_be_visible()
    wait_until_settled(page)
    button(page, "Another file").click()
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    assert files_of_data(lab_store) == kept
    assert page.complaints == []
