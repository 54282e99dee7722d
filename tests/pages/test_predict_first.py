"""Predict first: a guess is committed by the start, answered after the end, and scored; none is asked for."""

import pytest

from cf_core.runs.store.run_store import RunStore
from cf_core.teaching.guesses import Guess
from cf_core.training.events import FitEnded
from cf_core.training.recipes import RECIPES
from tests.runs.stored import two_epochs

OWNER = "x" * 32


@pytest.fixture
def session(visitor):
    session = visitor()
    session.open("train")
    session.at.selectbox(key="recipe").set_value("fast").run()
    return session


def newest(runs_folder):
    return RunStore(runs_folder).runs(OWNER)[0]


def test_a_start_without_a_guess_has_none(session, runs_folder, no_workers) -> None:
    session.button("start").click().run()
    assert newest(runs_folder).guess is None


def test_the_first_run_is_not_held_against_another(session) -> None:
    assert {box.key for box in session.at.button_group} >= {"guess_overfits", "guess_beats"}
    assert "guess_versus_last" not in {box.key for box in session.at.button_group}


def test_a_guess_is_committed_answered_and_scored(session, runs_folder, until_ended) -> None:
    session.at.select_slider(key="fast.n_epochs").set_value(2)
    session.at.button_group(key="guess_overfits").set_value("overfits")
    session.at.button_group(key="guess_beats").set_value("user and movie means").run()
    session.button("start").click().run()
    assert newest(runs_folder).guess == Guess(None, True, "user and movie means", None, 2)
    until_ended(session)
    said = session.says("markdown")
    assert {box.proto.popover.label for box in session.at.get("popover")} >= {"Your guess: 1 of 2 right"}
    assert "Overfitting. You said: overfits. In fact: does not overfit." in said
    assert "Your score 1 of 2." in session.says("caption")
    assert session.at.button_group(key="guess_overfits").value is None  # ready for the next guess


def test_while_the_run_is_under_way_the_guess_is_in_sight(session, no_workers) -> None:
    session.at.button_group(key="guess_overfits").set_value("does not")
    session.at.button_group(key="guess_beats").set_value("global mean").run()
    session.button("start").click().run()
    assert "You said: does not overfit; beats global mean." in session.says("markdown")


def test_the_next_run_is_held_against_the_last_that_has_a_result(fast_run, session, runs_folder, no_workers) -> None:
    store = RunStore(runs_folder)
    diverged = store.create(fast_run.spec, OWNER).run_id
    store.begin(diverged, fingerprint=fast_run.fingerprint, versions={})
    store.add_epoch(diverged, two_epochs())
    store.finish(diverged, FitEnded("diverged", 2, 1.0, "ran away"), None)
    session.open("train")
    session.at.button_group(key="guess_versus_last").set_value("worse").run()
    session.button("start").click().run()
    assert newest(runs_folder).guess == Guess("worse", None, None, fast_run.rmse, RECIPES["fast"].config.n_epochs)
