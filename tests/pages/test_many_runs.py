"""The page Many runs: too few, the table and the charts, and how a choice in one view is one in all."""

import json
from types import SimpleNamespace

import pytest

from pages.parts.many_runs.keys import SELECTION, Key
from pages.shared.many import selection
from pages.shared.plot import ranges_of

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.fixture
def three(train) -> list[str]:
    """Three runs that differ in factors and in their rate."""
    settings = [(2, 0.01), (5, 0.02), (9, 0.1)]
    return [train("fast", n_epochs=2, n_factors=n, learning_rate=rate).run_id for n, rate in settings]


def view(session, name: str) -> None:
    session.at.segmented_control(key=Key.VIEW).set_value(name).run()
    assert not session.at.exception


def test_with_no_run_or_one_it_says_what_it_takes(visitor, train) -> None:
    session = visitor()
    session.open("many_runs")
    assert "two runs" in session.says("info")
    train("fast", n_epochs=1)
    session.at.run()
    assert "two runs" in session.says("info") and not session.plots()


def test_two_runs_with_the_same_settings_do_not_differ(visitor, train) -> None:
    train("fast", n_epochs=1)
    train("fast", n_epochs=1)
    session = visitor()
    session.open("many_runs")
    assert "differ in a setting" in session.says("info")


def test_the_table_has_the_settings_that_differ_and_every_view_its_chart(visitor, three) -> None:
    session = visitor()
    session.open("many_runs")
    (table,) = session.at.dataframe
    assert {"run", "RMSE", "gap", "seconds", "factors", "learning rate"} == set(table.value.columns)
    assert sorted(table.value["factors"]) == [2, 5, 9]
    assert session.plots() == {"many_scatter"}
    assert len(session.figure("many_scatter")["data"][0]["x"]) == 3
    view(session, "Parallel axes")
    assert len(session.figure("many_parallel")["data"][0]["dimensions"]) == 3
    view(session, "Curves")
    assert len(session.figure("many_curves")["data"]) == 3 and "none is chosen" in session.says("caption")
    view(session, "What counts")
    assert not session.plots() and "from 12 runs on" in session.says("info")


def test_what_is_chosen_in_one_view_is_chosen_in_all(visitor, three) -> None:
    session = visitor()
    session.open("many_runs")
    session.at.session_state[SELECTION.key] = three[:1]
    session.at.run()
    assert "1 of 3 runs chosen" in session.says("markdown").replace("*", "")
    assert [one[-1] for one in session.figure("many_scatter")["data"][1]["customdata"]] == three[:1]
    view(session, "Curves")
    assert len(session.figure("many_curves")["data"]) == 1
    assert session.at.query_params[SELECTION.key] in (three[0], three[:1])
    session.button("many_none").click().run()
    assert "none chosen" in session.says("markdown") and SELECTION.key not in session.at.query_params


def test_the_address_keeps_what_is_chosen(visitor, three) -> None:
    session = visitor()
    session.at.query_params[SELECTION.key] = f"{three[1]}.gone"
    session.open("many_runs")
    assert "1 of 3" in session.says("markdown").replace("*", "")


def test_another_setting_and_result_change_the_chart_and_recipes_filter(visitor, three, train) -> None:
    session = visitor()
    session.open("many_runs")
    before = json.dumps(session.figure("many_scatter")["data"])
    session.at.sidebar.selectbox(key=Key.SETTING).set_value("learning rate").run()
    after = json.dumps(session.figure("many_scatter")["data"])
    session.at.sidebar.selectbox(key=Key.RESULT).set_value("seconds").run()
    assert len({before, after, json.dumps(session.figure("many_scatter")["data"])}) == 3
    train("notebook-bias", n_epochs=1)
    session.at.run()
    assert len(session.at.dataframe[0].value) == 4
    session.at.sidebar.multiselect(key=Key.RECIPES).set_value(["fast"]).run()
    assert len(session.at.dataframe[0].value) == 3


def test_a_click_chooses_as_well_and_a_second_one_no_more(monkeypatch) -> None:
    state = {SELECTION.key: ["a"]}
    monkeypatch.setattr(selection, "st", SimpleNamespace(session_state=state))
    before = SELECTION.table_key
    SELECTION.toggle("b")
    assert state[SELECTION.key] == ["a", "b"] and SELECTION.table_key != before, "the table shows what another chose"
    SELECTION.toggle("a")
    ticked = SELECTION.table_key
    assert state[SELECTION.key] == ["b"]
    state[ticked] = {"selection": {"rows": [0, 2, 9]}}
    SELECTION.take_ticked(["x", "y", "z"])
    assert state[SELECTION.key] == ["x", "z"] and SELECTION.table_key == ticked, "the table shows its own ticks"


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ([None, [[0.5, 2]]], True),
        ([None, None], True),
        ([None], False),
        ("x", False),
        ([None, [[1]]], False),
        ([None, [[1, "2"]]], False),
        ([None, [[1, float("nan")]]], False),
        ([None, 5], False),
    ],
)
def test_only_ranges_are_taken_from_a_browser(told, taken) -> None:
    assert ranges_of(told, 2) == (told if taken else None)
