"""Data sets of a workspace: whole or not at all, their owner's alone, deleted with a way back, in the quota."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cf_core.data.about import About, read_about, write_about
from cf_core.data.reading import read_ratings
from cf_core.data.source import Folder
from cf_core.errors import ConfigError, DiskQuotaError, StoreError, UnknownDataSetError
from cf_core.runs.data_set import NAME_LENGTH
from cf_core.runs.limits import Limits
from cf_core.runs.texts import one_line
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace
from cf_core.words import Words
from tests.runs.stored import files_folder
from tests.tiny import write_tiny_data

BOOKS = Words("book", "books", "points")
ANNA, BEN = "a" * 32, "b" * 32


@pytest.fixture
def workers(place):
    workers = WorkerPool(place, n_workers=0, limits=Limits(quota=10**6, free=1))
    yield workers
    workers.close()


@pytest.fixture
def mine(workers):
    return Workspace(workers, ANNA, lab_data=lambda: ["ml-latest-small"]).data_sets


def books(folder):
    write_tiny_data(folder, n_items=40)
    return BOOKS


def left(workers):
    return sorted(path.name for path in (files_folder(workers.store) / "data").glob("*"))


def test_a_data_set_is_there_whole_and_for_its_owner_alone(workers, mine):
    added = mine.add(" My\nbooks ", books)
    assert mine.all() == [added] == [mine.get(added.data_id)] and added.name == "My books"
    ratings = read_ratings(added.folder)
    assert ratings.words == BOOKS and ratings.n_ratings == added.n_ratings
    assert ratings.name == "My books", "messages call it as its owner does, not by its id"
    assert added.n_bytes == sum(path.stat().st_size for path in Path(added.folder).iterdir())
    theirs = Workspace(workers, BEN).data_sets
    assert theirs.all() == []
    for forbidden in (theirs.get, theirs.delete, theirs.restore):
        with pytest.raises(UnknownDataSetError):
            forbidden(added.data_id)


@settings(deadline=None)
@given(st.text(max_size=NAME_LENGTH))
@example("\U0001f468\u200d\U0001f469 *books* <b>\x85\u2028\u202e")
def test_data_can_be_read_whatever_their_owner_calls_them(tmp_path_factory, name):
    assume(one_line(name))
    folder = tmp_path_factory.mktemp("named")
    write_about(folder, About(BOOKS, one_line(name)))
    assert read_about(Folder(folder)).name == one_line(name)


@pytest.mark.parametrize("name", ["", "ML-Latest-SMALL", "x" * 61, "my BOOKS"])
def test_a_name_that_is_empty_long_or_taken_is_refused(workers, mine, name):
    mine.add("My books", books)
    with pytest.raises(ConfigError):
        mine.add(name, books)
    assert len(left(workers)) == 1


@pytest.mark.parametrize(("raised", "seen"), [(ValueError, ValueError), (OSError(28, "No space left"), StoreError)])
def test_half_a_data_set_leaves_nothing(workers, mine, raised, seen):
    def write(folder):
        books(folder)
        raise raised

    with pytest.raises(seen):
        mine.add("My books", write)
    assert mine.all() == [] and left(workers) == []


def test_of_two_tabs_with_one_name_one_wins(workers, mine):
    both, refused = threading.Barrier(2), []

    def write(folder):
        both.wait(30)
        return books(folder)

    def add():
        try:
            mine.add("My books", write)
        except ConfigError as error:
            refused.append(error)

    tabs = [threading.Thread(target=add) for _ in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert len(refused) == len(mine.all()) == len(left(workers)) == 1


def test_two_at_once_do_not_exceed_the_quota_together(workers, mine):
    """Each is written whole before either is let in, and would fit alone."""
    written, refused = threading.Barrier(2, timeout=30), []

    def large(folder):
        words = books(folder)
        (folder / "planted.safetensors").write_bytes(bytes(600_000))
        written.wait()
        return words

    def slow(more):
        mine.check_room(more)
        time.sleep(0.2)  # time enough for the other to be let in, if that could be

    def add(name):
        try:
            replace(mine, check_room=slow).add(name, large)
        except DiskQuotaError:
            refused.append(name)

    tabs = [threading.Thread(target=add, args=(name,)) for name in "ab"]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert len(refused) == len(mine.all()) == len(left(workers)) == 1


def test_deleting_has_a_way_back_until_the_name_is_taken(mine):
    first = mine.add("My books", books)
    mine.delete(first.data_id)
    assert mine.all() == [] and [gone.data_id for gone in mine.deleted()] == [first.data_id]
    assert read_ratings(first.folder).n_ratings == first.n_ratings  # a run in training may still read it
    mine.restore(first.data_id)
    assert mine.all() == [first]
    mine.delete(first.data_id)
    mine.add("My books", books)
    with pytest.raises(ConfigError, match="already"):
        mine.restore(first.data_id)


def test_too_large_a_data_set_is_refused_and_a_deleted_one_makes_room(workers, mine):
    def large(folder):
        words = books(folder)
        (folder / "planted.safetensors").write_bytes(bytes(600_000))
        return words

    first = mine.add("First", large)
    with pytest.raises(DiskQuotaError, match="of this one"):
        mine.add("Second", large)
    assert left(workers) == [first.data_id]
    mine.delete(first.data_id)
    second = mine.add("Second", large)
    assert left(workers) == [second.data_id] and mine.deleted() == []


def test_a_new_token_takes_them_along(workers, mine):
    added = mine.add("My books", books)
    workspace = Workspace(workers, ANNA)
    workspace.change_token(BEN)
    assert mine.all() == [] and workspace.data_sets.all() == [added]
