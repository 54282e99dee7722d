"""Pages under Streamlit's AppTest, as a visitor of a running server sees them, and runs for them to look at.

Nothing in here starts a browser. Charts reach a browser as bytes of one component: `Visitor.figure` reads them.
"""

import functools
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

from cf_core.config import with_settings
from cf_core.data.split import SplitConfig
from cf_core.runs.execute import execute
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.own_pool import pool, reset_pools
from cf_core.training.recipes import RECIPES
from pages.shared import server
from tests.books import write_books
from tests.tiny import write_tiny_data
from tests.waiting import wait_until_ended

ROOT = Path(__file__).parents[2]
WORKSPACE = "x" * 32


class Visitor:
    """One browser's session of the app."""

    def __init__(self, workspace: str) -> None:
        self.at = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        self.at.session_state["workspace"] = workspace
        self.at.run()

    def open(self, page: str) -> AppTest:
        """Go to a page by its file's name; nothing may raise."""
        self.at.switch_page(f"pages/{page}.py").run()
        assert not self.at.exception
        return self.at

    def figure(self, key: str) -> dict[str, Any]:
        """The Plotly figure of the plot with that key, as the browser gets it."""
        return self._sent(key)["figure"]

    def alt(self, key: str) -> str:
        """What the plot with that key tells those who cannot see it."""
        return self._sent(key)["head"]["alt"]

    def height(self, key: str) -> int:
        """The height in pixels of the plot with that key."""
        return self._sent(key)["head"]["height"]

    def plots(self) -> set[str]:
        """The keys of all plots of the page, and of the dialog over it."""
        return {plot.key for plot in self.at.get("bidi_component") if plot.key}

    def says(self, kind: str) -> str:
        """All text of one kind of element ("info", "error", "caption", …), Markdown's backslashes taken out."""
        return re.sub(r"\\(.)", r"\1", "\n".join(element.value for element in getattr(self.at, kind)))

    def button(self, key: str) -> Any:
        """The button with that key."""
        return self.at.button(key=key)

    def _sent(self, key: str) -> dict[str, Any]:
        (plot,) = (plot for plot in self.at.get("bidi_component") if plot.key == key)
        return json.loads(plot.proto.bytes)


class WarmPagesManager(PagesManager):
    """What a server has once some session has run `st.navigation`. AppTest makes every run the first of its server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        PagesManager.uses_pages_directory = False


@pytest.fixture(scope="session", autouse=True)
def components_found_once() -> Iterator[None]:
    """What is installed is searched for components once, as a server does when it starts. AppTest reads the metadata of
    every package again for each session, which takes longer than most pages."""
    with pytest.MonkeyPatch.context() as patch:
        found_once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found_once)
        yield


@pytest.fixture
def runs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of runs that the app uses: empty."""
    monkeypatch.setenv("CF_LAB_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def visitor(runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Visitor]]:
    """`visitor()` opens a session on a running server, which has one worker."""
    monkeypatch.setenv("CF_LAB_WORKERS", "1")
    monkeypatch.setattr(app_test, "PagesManager", WarmPagesManager)
    monkeypatch.setattr(type(st.context), "ip_address", None)  # the server's own machine; AppTest's mock is no text
    yield lambda workspace=WORKSPACE: Visitor(workspace)
    reset_pools()


@pytest.fixture
def no_workers(visitor: Callable[..., Visitor], runs_folder: Path) -> None:
    """Submitted runs stay in the queue."""
    reset_pools()
    pool(runs_folder, n_workers=0)


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one data set, "tiny": 30 users, 150 movies; an epoch takes milliseconds."""
    home = tmp_path_factory.mktemp("data")
    write_tiny_data(home / "tiny", n_items=150)
    return home


@pytest.fixture
def tiny(tiny_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app offers the tiny data set alone."""
    monkeypatch.setenv("CF_LAB_DATA", str(tiny_data))


@pytest.fixture(scope="session")
def books_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one data set, "books": ids are texts, 0 to 100 points, no timestamps, no genres."""
    home = tmp_path_factory.mktemp("books")
    write_books(home / "books")
    return home


@pytest.fixture
def books(books_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app offers the books alone."""
    monkeypatch.setenv("CF_LAB_DATA", str(books_data))


@pytest.fixture(scope="session")
def books_folder(books_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs with three epochs of `fast` on the books, trained once for all tests."""
    folder = tmp_path_factory.mktemp("books_runs") / "runs"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CF_LAB_DATA", str(books_data))
        train_into(folder, "fast", n_epochs=3, batch_size=64)
    return folder


@pytest.fixture
def books_run(books: None, books_folder: Path, runs_folder: Path) -> Run:
    """Three epochs of `fast` on the books, the only run that the app knows; it offers the books alone."""
    shutil.copytree(books_folder, runs_folder)
    return RunStore(runs_folder).runs()[0]


@pytest.fixture
def train(runs_folder: Path) -> Callable[..., Run]:
    """`train(recipe, owner=…, n_epochs=…, …)` trains on the app's first data set, in this process, into its runs."""
    return functools.partial(train_into, runs_folder)


@pytest.fixture(scope="session")
def fast_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs with one epoch of `fast`, trained once for all tests."""
    folder = tmp_path_factory.mktemp("fast") / "runs"
    train_into(folder, "fast", n_epochs=1)
    return folder


@pytest.fixture
def fast_run(fast_folder: Path, runs_folder: Path) -> Run:
    """One epoch of `fast`, the oldest run that the app knows."""
    shutil.copytree(fast_folder, runs_folder)
    return RunStore(runs_folder).runs()[0]


@pytest.fixture
def run_without_biases(train: Callable[..., Run]) -> Run:
    """A plain dot product."""
    return train("notebook-dot", n_epochs=1, n_factors=5, batch_size=8192)


def train_into(
    runs_folder: Path, recipe: str, owner: str = WORKSPACE, split: SplitConfig | None = None, **settings: Any
) -> Run:
    """Train on the first data set that the app offers, on the lesson's split where none is given."""
    store, data = RunStore(runs_folder), next(iter(server.data_folders().values()))
    spec = RunSpec(data, split or SplitConfig(), with_settings(RECIPES[recipe].config, settings), "cpu")
    run_id = store.create(spec, owner).run_id
    for _ in execute(store, run_id):
        pass
    return store.get(run_id)


@pytest.fixture
def until_ended(runs_folder: Path) -> Callable[[Visitor], None]:
    """`until_ended(visitor)` waits for the end of the chosen run, then runs the page again, as its live part would."""

    def wait(visitor: Visitor) -> None:
        wait_until_ended(pool(runs_folder), visitor.at.session_state["run"])
        visitor.at.run()
        assert not visitor.at.exception

    return wait
