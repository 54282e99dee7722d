"""Which data sets a visitor is offered: the lab's, their own, and that of a run that a link shares."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cf_core.config import with_settings
from cf_core.data.split import SplitConfig
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.own_pool import pool
from cf_core.runs.workspace import Workspace
from cf_core.training.recipes import RECIPES
from cf_core.words import Words
from tests.pages.conftest import ROOT, WORKSPACE
from tests.tiny import write_tiny_data

pytestmark = pytest.mark.usefixtures("no_workers")


def books(folder) -> Words:
    write_tiny_data(folder, n_items=40)
    return Words("book", "books", "points")


@pytest.fixture
def mine(runs_folder) -> Workspace:
    return Workspace(pool(runs_folder), WORKSPACE)


def offered(session) -> list[str]:
    return session.at.sidebar.selectbox(key="data").options


def test_an_own_data_set_is_offered_to_its_owner_alone_and_can_be_trained_on(visitor, mine) -> None:
    own = mine.data_sets.add("My books", books)
    session = visitor()
    assert offered(session) == ["ml-latest-small", "My books · yours"]
    assert offered(visitor("y" * 32)) == ["ml-latest-small"]
    session.at.sidebar.selectbox(key="data").set_value(own.data_id).run()
    session.open("train")
    session.button("start").click().run()
    assert not session.at.exception
    (run,) = mine.runs()
    assert run.spec.data == str(own.folder)


def test_the_code_of_a_run_names_an_own_data_set_as_its_owner_does(visitor, mine, runs_folder) -> None:
    own = mine.data_sets.add("My books", books)
    store = RunStore(runs_folder)
    config = with_settings(RECIPES["fast"].config, {"n_epochs": 1})
    run_id = store.create(RunSpec(str(own.folder), SplitConfig(), config, "cpu"), WORKSPACE).run_id
    for _ in execute(store, run_id):
        pass
    session = visitor()
    session.at.sidebar.selectbox(key="data").set_value(own.data_id).run()
    session.open("train")
    session.at.button_group(key="train_view").set_value("Code").run()
    assert 'DATA = "My books/ratings.csv"' in session.at.code[0].value
    assert own.data_id not in session.at.code[0].value


@pytest.fixture
def navigation(monkeypatch) -> list[set[str]]:
    """The titles in the navigation, a set for each run of the app."""
    sent, declare = [], st.navigation

    def spy(sections, **options):
        sent.append({page.title for pages in sections.values() for page in pages})
        return declare(sections, **options)

    monkeypatch.setattr(st, "navigation", spy)
    return sent


def test_the_navigation_follows_the_data_at_once(visitor, mine, navigation) -> None:
    own = mine.data_sets.add("My books", books)
    session = visitor()
    assert "Best & worst movies" in navigation[-1]
    box = session.at.sidebar.selectbox(key="data")
    box.set_value(own.data_id).run()
    assert "Best & worst books" in navigation[-1]
    session.open("data")
    assert "Best & worst books" in navigation[-1]
    session.at.sidebar.selectbox(key="data").set_value("ml-latest-small").run()
    assert "Best & worst movies" in navigation[-1]


def test_the_navigation_follows_an_address_at_once(runs_folder, visitor, mine, navigation) -> None:
    own = mine.data_sets.add("My books", books)
    run = RunStore(runs_folder).create(RunSpec(str(own.folder), SplitConfig(), RECIPES["fast"].config), WORKSPACE)
    link = Workspace(pool(runs_folder), WORKSPACE).share(run.run_id)
    for token, parameter, value, noun in (
        (WORKSPACE, "data", own.data_id, "books"),
        ("y" * 32, "data", own.data_id, "movies"),
        ("y" * 32, "shared", link, "books"),
        ("y" * 32, "shared", "z" * 32, "movies"),
    ):
        arriving = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        arriving.session_state["workspace"] = token
        arriving.query_params[parameter] = value
        arriving.run()
        assert not arriving.exception
        assert f"Best & worst {noun}" in navigation[-1], (parameter, noun)


def test_a_deleted_data_set_leaves_the_first_of_the_lab_selected(visitor, mine) -> None:
    own = mine.data_sets.add("My books", books)
    session = visitor()
    session.at.sidebar.selectbox(key="data").set_value(own.data_id).run()
    mine.data_sets.delete(own.data_id)
    session.at.run()
    assert not session.at.exception
    assert session.at.sidebar.selectbox(key="data").value == "ml-latest-small"


def test_the_address_opens_ones_own_data_set_and_nobody_elses(visitor, mine) -> None:
    own = mine.data_sets.add("My books", books)
    for workspace, selected in ((WORKSPACE, own.data_id), ("y" * 32, "ml-latest-small")):
        arriving = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        arriving.session_state["workspace"] = workspace
        arriving.query_params["data"] = own.data_id
        arriving.run()
        assert not arriving.exception
        assert arriving.sidebar.selectbox(key="data").value == selected


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_link_to_a_run_shares_its_data_set_until_that_is_deleted(visitor, mine, is_deleted) -> None:
    own = mine.data_sets.add("My *books*", books)
    at_home = visitor()
    at_home.at.sidebar.selectbox(key="data").set_value(own.data_id).run()
    at_home.open("train")
    at_home.button("start").click().run()
    link = mine.share(mine.runs()[0].run_id)
    if is_deleted:
        mine.data_sets.delete(own.data_id)
    guest = visitor("y" * 32)
    guest.at.query_params["shared"] = link
    guest.at.run()
    assert not guest.at.exception
    assert guest.at.sidebar.selectbox(key="data").value == ("ml-latest-small" if is_deleted else "shared")
    assert ("has deleted the data set" in guest.says("warning")) is is_deleted


def test_your_runs_tell_data_sets_apart(visitor, mine, train) -> None:
    train("fast", n_epochs=1)
    own = mine.data_sets.add("My books", books)
    session = visitor()
    session.open("runs")
    assert "data" not in session.at.dataframe[0].value
    session.at.sidebar.selectbox(key="data").set_value(own.data_id).run()
    session.open("train")
    session.button("start").click().run()
    session.open("runs")
    assert session.at.dataframe[0].value["data"].tolist() == ["My books · yours", "ml-latest-small"]
