"""What identifies data sets and runs in the keys of cached functions."""

import functools
from dataclasses import dataclass, replace

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cf_core.data.filters import Filters
from cf_core.data.part import Part
from cf_core.data.ratings import Ratings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import DataMismatchError, UnknownRunError
from cf_core.runs.run_views import OwnRun, SharedRun
from cf_core.runs.spec import Run
from cf_core.runs.workers.own_pool import pool
from cf_core.runs.workspace import Workspace
from cf_core.words import MOVIES
from pages.shared import cached
from pages.shared.cached import KEYS, cache_for_all
from tests.books import write_books
from tests.pages.conftest import WORKSPACE
from tests.parts import take_rows


@pytest.fixture(autouse=True)
def empty_cache():
    st.cache_resource.clear()


@pytest.fixture
def ratings(tiny_data) -> Ratings:
    return read_ratings(tiny_data / "tiny")


@pytest.fixture
def run(tiny, visitor, train) -> Run:
    """One epoch on the tiny data; `visitor` prepares the server."""
    return train("fast", n_epochs=1)


@pytest.fixture
def workspace(run: Run, runs_folder) -> Workspace:
    return Workspace(pool(runs_folder), WORKSPACE)


@dataclass
class Counted:
    """A cached function and how often its body has run."""

    n_computed: int = 0

    def __post_init__(self) -> None:
        @cache_for_all(max_entries=4)
        def compute(argument) -> int:
            self.n_computed += 1
            return self.n_computed

        self.compute = compute


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_the_same_data_read_twice_are_one_entry(ratings, tiny_data, counted) -> None:
    counted.compute(ratings)
    counted.compute(read_ratings(tiny_data / "tiny"))
    assert counted.n_computed == 1


def test_a_part_of_the_data_is_refused(ratings) -> None:
    part = take_rows(ratings, np.arange(5))
    assert part.fingerprint is None
    with pytest.raises(ValueError, match="A part of 'tiny' has no fingerprint to be known by"):
        cached.split(part, SplitConfig())


def test_parts_are_known_by_their_data_and_filters(ratings, tiny_data, counted) -> None:
    again = read_ratings(tiny_data / "tiny")
    for part in (Part(ratings), Part(again), Part(ratings, Filters(rating=5.0)), Part(again, Filters(rating=5.0))):
        counted.compute(part)
    assert counted.n_computed == 2


def test_every_kind_of_view_is_known_by_the_version_of_its_run(workspace, run) -> None:
    own = OwnRun(workspace, run.run_id)
    shared = SharedRun(workspace._pool, workspace.share(run.run_id))
    assert {KEYS[type(view)](view) for view in (own, shared)} == {KEYS[Run](run)} == {run.version}


def test_a_run_that_has_continued_is_computed_anew(run, counted) -> None:
    counted.compute(run)
    counted.compute(replace(run, name="mine"))
    assert counted.n_computed == 1
    counted.compute(replace(run, n_epochs_done=2))
    assert counted.n_computed == 2


def test_the_key_reads_the_store_once(workspace, run, ratings, monkeypatch) -> None:
    view, reads = OwnRun(workspace, run.run_id), []
    cached.projection(view, ratings, 2, 100)
    get = Workspace.get
    monkeypatch.setattr(Workspace, "get", lambda self, run_id: reads.append(run_id) or get(self, run_id))
    cached.projection(view, ratings, 2, 100)
    cached.factors(view, ratings)
    assert reads == [run.run_id] * 2


def test_the_error_of_a_run_that_is_gone_comes_as_it_is(workspace, ratings) -> None:
    with pytest.raises(UnknownRunError):
        cached.factors(OwnRun(workspace, "gone"), ratings)


def test_a_run_on_other_data_is_refused_each_time(workspace, run) -> None:
    factors = functools.partial(cached.factors, OwnRun(workspace, run.run_id), read_ratings(EMBEDDED))
    for _ in range(2):
        with pytest.raises(DataMismatchError):
            factors()


class Slow:
    """A first reading that takes two looks."""

    step, looks = 1, 0

    def has_ended(self, seconds: float) -> bool:
        self.looks += 1
        return self.looks > 2


def test_the_first_reading_of_large_data_says_how_far_it_is(monkeypatch):
    slow, shown = Slow(), []
    monkeypatch.setattr(cached, "first_reading", lambda folder: slow if slow.looks <= 2 else None)

    def page():
        from cf_core.data.reading import EMBEDDED
        from pages.shared import cached

        cached.ratings(str(EMBEDDED))

    progress = st.delta_generator.DeltaGenerator.progress
    monkeypatch.setattr(
        st.delta_generator.DeltaGenerator,
        "progress",
        lambda self, value, text: (shown.append((value, text)), progress(self, value, text)),
    )
    at = AppTest.from_function(page, default_timeout=60).run()
    assert not at.exception
    assert shown == [(0.5, "Large data, read for the first time on this server: checking every value…")] * 2
    assert not at.get("progress"), "once it is read the page has no bar"


def test_what_is_rated_is_known_before_the_ratings_are_read(tmp_path, monkeypatch) -> None:
    """The navigation, which is drawn first, needs the words alone."""
    write_books(tmp_path / "books")
    monkeypatch.setattr(cached, "read_ratings", None)
    assert cached.words(str(tmp_path / "books")) == read_ratings(tmp_path / "books").words != MOVIES
