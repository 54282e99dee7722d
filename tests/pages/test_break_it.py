"""The gallery of failures: a click starts the broken run and its healthy twin, and the words come from the numbers."""

from collections.abc import Callable

import pytest

from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore
from cf_core.teaching.failures import FAILURES

ADAMW = FAILURES["adamw"]


@pytest.fixture
def session(tiny, visitor):
    session = visitor()
    session.open("break_it")
    return session


@pytest.fixture
def adamw(tiny, train: Callable[..., Run]) -> tuple[Run, Run]:
    """The healthy run and the broken one, trained."""
    return train("notebook-learner"), train("notebook-learner", optimizer="adamw")


def choose(session, name: str) -> None:
    session.at.button_group(key="failure").set_value(name).run()
    assert not session.at.exception


def curves(session) -> set[str]:
    return {line["name"] for line in session.figure("curves_adamw")["data"]}


@pytest.mark.parametrize("name", FAILURES)
def test_before_the_click_it_says_what_to_watch_for(session, name: str) -> None:
    choose(session, name)
    failure = FAILURES[name]
    assert [title.value for title in session.at.subheader] == [failure.title]
    text = session.says("markdown")
    assert failure.change in text and failure.watch_for in text
    assert session.button("break").label == "Break it"
    assert failure.why not in text


def test_one_click_starts_both_and_a_second_only_the_broken_one(session, no_workers, runs_folder) -> None:
    choose(session, "adamw")
    session.button("break").click().run()
    assert not session.at.exception
    healthy, broken = RunStore(runs_folder).runs()
    assert (broken.spec.config, healthy.spec.config) == (ADAMW.config, ADAMW.control)
    assert broken.name == "broken"
    assert session.at.session_state["run"] != broken.run_id
    assert session.button("break").disabled
    assert "the broken run waits for a free worker, 0 ahead of it" in session.says("caption")
    choose(session, "one-factor")
    session.button("break").click().run()
    assert len(RunStore(runs_folder).runs()) == 3  # its healthy twin is the one that waits already


def test_who_chooses_and_presses_at_once_breaks_what_they_chose(session, no_workers, runs_folder) -> None:
    choose(session, "adamw")
    session.at.button_group(key="failure").set_value("one-factor")
    session.button("break").click().run()
    broken = next(run for run in RunStore(runs_folder).runs() if run.name == "broken")
    assert broken.spec.config == FAILURES["one-factor"].config


def test_a_full_queue_is_said(session, no_workers, runs_folder) -> None:
    for name in ("adamw", "one-factor", "no-bias", "wrong-range", "huge-weights"):
        choose(session, name)
        session.button("break").click().run()
    assert len(RunStore(runs_folder).runs()) == 5
    assert session.at.toast[0].value.startswith("You have 5 runs in training or waiting")


def test_afterwards_it_says_what_happened(adamw: tuple[Run, Run], session) -> None:
    healthy, broken = adamw
    choose(session, "adamw")
    assert [tab.label for tab in session.at.tabs] == ["What happened", "Why", "The setting"]
    text = session.says("markdown")
    assert f"Its validation loss of {broken.valid_loss:.3f} " in text
    assert f"The healthy run ended at {healthy.valid_loss:.3f}" in text
    assert ADAMW.why in text and ADAMW.watch_for in text
    assert curves(session) > {"healthy, validation", "broken, validation"}
    assert f"broken: validation MSE {broken.valid_loss:.4f}" in session.alt("curves_adamw")
    assert session.button("break").label == "Break it again"


def test_a_healthy_run_that_is_there_is_shown_before(session, train: Callable[..., Run]) -> None:
    train("notebook-learner")
    choose(session, "adamw")
    assert "healthy, validation" in curves(session)
    assert "broken, validation" not in curves(session)


def test_a_broken_run_is_never_selected_by_itself(adamw: tuple[Run, Run], visitor) -> None:
    healthy, broken = adamw
    session = visitor()
    box = session.at.sidebar.selectbox(key="run_box")
    assert box.value == healthy.run_id and len(box.options) == 2
    session.open("best_and_worst")
    assert session.at.sidebar.selectbox(key="run_box").value == healthy.run_id
    session.at.sidebar.selectbox(key="run_box").set_value(broken.run_id).run()
    assert session.at.session_state["run"] == broken.run_id


def test_where_there_are_only_broken_runs_none_is_selected(tiny, train: Callable[..., Run], visitor) -> None:
    train("notebook-learner", optimizer="adamw")
    session = visitor()
    assert session.at.sidebar.selectbox(key="run_box").value is None
    session.open("movie_map")
    assert session.says("info") == "This page reads a trained model, and you have none yet."


def test_the_failure_stands_in_the_address(tiny, visitor) -> None:
    session = visitor()
    session.at.query_params["failure"] = "Batch of everything"
    session.open("break_it")
    assert session.at.button_group(key="failure").value == "one-batch"
