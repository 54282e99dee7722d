"""Fixtures for the whole suite: the embedded ratings, the lesson's split of them, and tiny folders to order."""

import csv
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from cf_core.data.ratings import Ratings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import Split, split_ratings
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.leases import end_leases
from cf_core.runs.store.postgres import PostgresDatabase
from tests.object_store import BUCKET, TestStore
from tests.postgres import Server, find_binaries

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile("patient", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("patient")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # on models as small as these a second thread only waits for the first

RATINGS = ((1, 31, 2.5, 1260759144), (1, 1029, 3.0, 1260759179), (2, 31, 4.0, 1260759182), (3, 10, 5.0, 1260759185))


class _BrowserAndTheRest(LoadScopeScheduling):
    """Tests stay together by file. The first process takes the files of browser tests, and the others take the rest
    first: two browsers make each other late. Only when the rest is done do both have a browser, and the others begin
    with the files of many small tests, the first having begun with the journeys."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        browser = [scope for scope in self.workqueue if scope.startswith("tests/browser/")]
        rest = [scope for scope in self.workqueue if scope not in browser]
        chosen = [*browser[::-1], *rest] if node is self.nodes[0] else [*rest, *browser]
        self.workqueue.move_to_end(chosen[0], last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    return _BrowserAndTheRest(config, log)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server, with a database `lab` that has the tables of a store."""
    server = Server(find_binaries())
    server.start()
    try:
        server.execute("CREATE DATABASE lab")
        PostgresDatabase(server.url("lab")).close()
        yield server
    finally:
        server.stop()
        server.remove()


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The URL of a database on it with the tables of a store, all empty. Much quicker than a new one for each test."""
    yield postgres_server.url("lab")
    end_leases()
    postgres_server.empty("lab")


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for all tests of a process: Playwright has one in a thread."""
    from tests.browser.conftest import launched

    with launched() as chromium:
        yield chromium


@pytest.fixture(params=["folder", "postgresql"])
def either_place(request: pytest.FixtureRequest, tmp_path: Path) -> StoreAddress:
    """Where the store of a test is: first a folder, then a database with its files in a folder."""
    if request.param == "folder":
        return StoreAddress.of(tmp_path / "runs")
    return StoreAddress.of(request.getfixturevalue("postgres_url"), str(tmp_path / "files"))


@pytest.fixture(scope="session")
def ratings() -> Ratings:
    return read_ratings(EMBEDDED)


@pytest.fixture(scope="session")
def split(ratings: Ratings) -> Split:
    return split_ratings(ratings)


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """small_folder(ratings, movies) writes a new MovieLens folder and gives its path.

    `ratings` are (user, movie, rating, timestamp), or all without the timestamp; `movies` are (movie, title, genres),
    and where they are left out each rated movie gets a line.
    """

    def write(ratings: Sequence[Sequence[object]] = RATINGS, movies: Sequence[Sequence[object]] | None = None) -> Path:
        folder = tmp_path_factory.mktemp("small")
        if movies is None:
            movies = [
                (item, f"Movie {item} (1994)", "Comedy|Drama") for item in dict.fromkeys(row[1] for row in ratings)
            ]
        header = ("userId", "movieId", "rating", "timestamp")[: len(ratings[0])]
        _write(folder / "ratings.csv", [header, *ratings])
        _write(folder / "movies.csv", [("movieId", "title", "genres"), *movies])
        return folder

    return write


@pytest.fixture(scope="session")
def _object_store() -> Iterator[TestStore]:
    server = TestStore()
    yield server
    server.stop()


@pytest.fixture
def object_store(_object_store: TestStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> TestStore:
    """An object store with an empty bucket, which the environment of this test reaches; local copies in `tmp_path`."""
    for variable, value in _object_store.environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("CF_LAB_CACHE", str(tmp_path / "cache"))
    _object_store.make_bucket()
    return _object_store


@pytest.fixture(params=["folder", "file://", "s3://"])
def files_place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty place for the files of a store, of each kind."""
    if request.param == "s3://":
        request.getfixturevalue("object_store")
        return f"s3://{BUCKET}/{uuid.uuid4().hex}"
    monkeypatch.setenv("CF_LAB_CACHE", str(tmp_path / "cache"))
    (tmp_path / "files").mkdir()
    return f"{request.param.removeprefix('folder')}{tmp_path / 'files'}"


def _write(file: Path, rows: Sequence[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
