"""The finder in the Train page: a rate search is started, shown, and its suggestion taken by one click."""

import pytest

from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.own_pool import pool
from cf_core.settings import format_value
from tests.waiting import wait_until_ended

OWNER = "x" * 32


@pytest.fixture
def session(visitor, tiny):
    session = visitor()
    session.open("train")
    session.at.selectbox(key="recipe").set_value("notebook-dot").run()
    return session


def rate_search_of(runs_folder):
    return RunStore(runs_folder).runs(OWNER, purpose="rate-search")[0]


@pytest.fixture
def find(session, runs_folder):
    """Press the button and wait for the end of the rate search."""

    def press() -> None:
        session.button("rate_search").click().run()
        wait_until_ended(pool(runs_folder), rate_search_of(runs_folder).run_id)
        session.at.run()
        assert not session.at.exception

    return press


def test_finding_and_taking_a_rate(session, find) -> None:
    find()
    assert "rate_curve" in session.plots()
    (mark,) = session.figure("rate_curve")["layout"]["shapes"]
    assert f"Suggested rate: {format_value(mark['x0'])}." in session.alt("rate_curve")
    said = next(line for line in session.says("caption").splitlines() if line.startswith("Suggested"))
    suggestion = f"Suggested: {format_value(mark['x0'])}, a fifth of the rate at which the smoothed loss is lowest"
    assert said.startswith(suggestion)
    taken = session.button("take_rate").label.removeprefix("Take ")
    session.at.select_slider(key="notebook-dot.learning_rate").set_value(0.0001).run()
    session.button("take_rate").click().run()
    assert format_value(session.at.select_slider(key="notebook-dot.learning_rate").value) == taken != "0.0001"
    assert "other settings" not in session.says("caption")  # the rate is not among those of a rate search


def test_a_rate_search_of_other_settings_says_so_and_suggests_nothing(session, find) -> None:
    find()
    assert "other settings" not in session.says("caption")
    session.at.select_slider(key="notebook-dot.n_factors").set_value(5).run()
    assert "made with other settings (factors 50, now 5). Run the finder again." in session.says("caption")
    assert "take_rate" not in [button.key for button in session.at.button]


def test_a_rate_search_is_no_run_to_choose(session, runs_folder, no_workers) -> None:
    session.button("rate_search").click().run()
    assert [bar.proto.text for bar in session.at.get("progress")] == ["Waiting for a free worker…"]
    assert session.button("rate_search").disabled
    assert [box.label for box in session.at.sidebar.selectbox] == ["Data set", "Recipe"]
    session.button("stop_rate_search").click().run()
    assert rate_search_of(runs_folder).outcome == "stopped"
    session.at.run()
    assert not session.button("rate_search").disabled
    assert session.says("info").splitlines()[-1].startswith("No suggestion. Only 0 losses were reported")
