"""Sets of ratings: the last answer holds, undo is exact, nothing is lost or reached by others, there are limits."""

import threading

import pytest
from sqlalchemy import event

from cf_core.errors import ConfigError, StoreError, TooManyRatingsError, UnknownRatingSetError
from cf_core.runs.rating_set import MOST_ANSWERS, MOST_SETS, NAME_LENGTH, RatingSet
from cf_core.runs.store.rating_sets import OwnRatingSets
from cf_core.runs.store.run_store import RunStore
from tests.runs.store.conftest import in_a_folder

DATA = "f00d"


@pytest.fixture
def mine(store):
    return OwnRatingSets(store.database, "anna")


@pytest.fixture
def theirs(store):
    return OwnRatingSets(store.database, "ben")


def test_answers_are_kept_in_order_for_the_next_process(store, mine):
    me = mine.create("Me", DATA)
    mine.rate(me.set_id, 318, 4.5)
    mine.skip(me.set_id, 1)
    mine.rate(me.set_id, "tt77", 0.5)
    (again,) = OwnRatingSets(RunStore(store.address).database, "anna").all(DATA)
    assert again == RatingSet(me.set_id, "Me", DATA, ((318, 4.5), (1, "skipped"), ("tt77", 0.5)))
    assert again.stars == {318: 4.5, "tt77": 0.5} and again.skipped == [1]


def test_the_last_answer_about_a_movie_holds_and_undo_brings_back_the_one_before(mine):
    me = mine.create("Me", DATA)
    mine.rate(me.set_id, 318, 4.5)
    mine.skip(me.set_id, 1)
    assert mine.rate(me.set_id, 1, 3.0).skipped == []
    assert mine.rate(me.set_id, 318, 2.0).stars == {1: 3.0, 318: 2.0}
    assert mine.undo(me.set_id).stars == {318: 4.5, 1: 3.0}
    assert mine.remove(me.set_id, 318).stars == {1: 3.0}
    assert mine.undo(me.set_id).stars == {318: 4.5, 1: 3.0}
    assert mine.undo(me.set_id).skipped == [1]
    for _ in range(3):
        mine.undo(me.set_id)
    assert mine.get(me.set_id).answers == ()


def test_a_rating_of_no_stars_is_a_rating(mine):
    me = mine.create("Me", DATA)
    assert mine.rate(me.set_id, 318, 0.0).stars == {318: 0.0}


def test_sets_belong_to_one_owner_and_one_data_set(mine, theirs):
    me, other = mine.create("Me", DATA), mine.create("Me elsewhere", "cafe")
    assert mine.all(DATA) == [me] and mine.all("cafe") == [other]
    assert theirs.all(DATA) == []
    for forbidden in (
        lambda: theirs.get(me.set_id),
        lambda: theirs.rename(me.set_id, "mine now"),
        lambda: theirs.rate(me.set_id, 1, 1.0),
        lambda: theirs.skip(me.set_id, 1),
        lambda: theirs.remove(me.set_id, 1),
        lambda: theirs.undo(me.set_id),
        lambda: theirs.delete(me.set_id),
    ):
        with pytest.raises(UnknownRatingSetError):
            forbidden()
    assert mine.all(DATA) == [me]


def test_deleted_and_restored_as_it_was(mine):
    me = mine.create("Me", DATA)
    mine.rate(me.set_id, 318, 4.5)
    deleted = mine.delete(me.set_id)
    assert mine.all(DATA) == []
    with pytest.raises(UnknownRatingSetError, match="Choose another"):
        mine.rate(me.set_id, 1, 1.0)
    assert mine.restore(deleted) == mine.get(me.set_id) == deleted
    assert deleted.stars == {318: 4.5}


@pytest.mark.parametrize("name", ["", "  \n ", "\x07", "x" * (NAME_LENGTH + 1)])
def test_names_that_are_none_or_too_long(mine, name):
    with pytest.raises(ConfigError):
        mine.create(name, DATA)
    me = mine.create("Me", DATA)
    with pytest.raises(ConfigError):
        mine.rename(me.set_id, name)
    assert [one.name for one in mine.all(DATA)] == ["Me"]


def test_a_name_is_one_line_without_control_characters(mine):
    me = mine.create("my\n father\x1b[31m\u202e", DATA)
    assert me.name == "my father[31m"
    mine.rename(me.set_id, "x" * NAME_LENGTH)
    assert mine.get(me.set_id).name == "x" * NAME_LENGTH


def test_no_more_sets_than_there_may_be(mine, theirs):
    sets = [mine.create(f"set {n}", DATA if n % 2 else "cafe") for n in range(MOST_SETS)]
    with pytest.raises(TooManyRatingsError, match="Delete one"):
        mine.create("one more", DATA)
    assert theirs.create("Me", DATA).name == "Me"
    deleted = mine.delete(sets[1].set_id)
    mine.create("in its place", DATA)
    with pytest.raises(TooManyRatingsError):
        mine.restore(deleted)


def test_no_more_answers_than_there_may_be():
    full = RatingSet("a", "Me", DATA, tuple((n, 3.0) for n in range(MOST_ANSWERS)))
    with pytest.raises(TooManyRatingsError, match=f"{MOST_ANSWERS} answers"):
        full.answered(1, 4.0)
    assert full.undone().answered(1, 4.0).stars[1] == 4.0


@pytest.mark.parametrize("stars", [float("nan"), float("inf"), "5", None, True])
def test_stars_that_are_none(mine, stars):
    me = mine.create("Me", DATA)
    with pytest.raises(ConfigError, match="row of buttons"):
        mine.rate(me.set_id, 1, stars)
    assert mine.get(me.set_id) == me


@pytest.mark.parametrize("item_id", [None, 1.5, True, [1], "x" * 201])
def test_ids_that_are_none(mine, item_id):
    me = mine.create("Me", DATA)
    with pytest.raises(ConfigError, match="id of anything"):
        mine.skip(me.set_id, item_id)


def test_two_tabs_that_rate_at_once_lose_nothing(store, mine):
    me = mine.create("Me", DATA)

    def rate(first: int) -> None:
        own = OwnRatingSets(RunStore(store.address).database, "anna")
        for n in range(first, first + 20):
            own.rate(me.set_id, n, 4.0)

    tabs = [threading.Thread(target=rate, args=(first,)) for first in (0, 100)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert set(mine.get(me.set_id).stars) == {*range(20), *range(100, 120)}


@in_a_folder
def test_a_change_that_cannot_be_written_leaves_the_set_as_it_was(store, mine):
    me = mine.create("Me", DATA)
    before = mine.rate(me.set_id, 318, 4.5)
    event.listen(store.database._engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = 1"))
    with pytest.raises(StoreError, match="writable"):
        mine.rate(me.set_id, 1, 1.0)
    assert mine.get(me.set_id) == before


def test_another_owner_takes_the_sets_along(store, mine, theirs):
    me = mine.create("Me", DATA)
    kept = theirs.create("Ben", DATA)
    store.change_owner("anna", "anna's new key")
    assert mine.all(DATA) == [] and theirs.all(DATA) == [kept]
    assert OwnRatingSets(store.database, "anna's new key").all(DATA) == [me]
