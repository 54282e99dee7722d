"""Parts of a page that refresh by themselves: how often, and what becomes of their errors."""

import pytest
from streamlit.testing.v1 import AppTest

from cf_core.training.events import BatchEnded, FitStarted
from cf_core.training.history import History
from pages.shared import refresh
from pages.shared.refresh import (
    FASTEST_SECONDS,
    FORGOTTEN_AFTER_SECONDS,
    REFRESHES_PER_SECOND,
    Watchers,
    interval,
    is_outdated,
    seconds_worth,
)


def pace_of(n_watching: int) -> float:
    watchers = Watchers()
    return [watchers.seconds(str(number), now=0.0) for number in range(n_watching)][-1]


def test_a_few_are_served_four_times_a_second() -> None:
    assert pace_of(1) == pace_of(2) == FASTEST_SECONDS == 0.25


def test_a_class_shares_what_there_is() -> None:
    for n_watching in (3, 12, 30, 100):
        assert n_watching / pace_of(n_watching) <= REFRESHES_PER_SECOND
    assert pace_of(30) == 3.0


def test_who_asks_again_is_counted_once() -> None:
    watchers = Watchers()
    assert {watchers.seconds("one", now=at) for at in range(50)} == {FASTEST_SECONDS}


def test_who_has_left_is_forgotten() -> None:
    watchers = Watchers()
    for number in range(30):
        watchers.seconds(str(number), now=0.0)
    assert watchers.seconds("late", now=FORGOTTEN_AFTER_SECONDS - 0.1) > 1
    assert watchers.seconds("later", now=2 * FORGOTTEN_AFTER_SECONDS) == FASTEST_SECONDS


def test_a_page_changes_over_for_a_large_step_alone() -> None:
    assert is_outdated(0.25, 0.5)
    assert not is_outdated(0.5, 0.5)
    assert not is_outdated(1.25, 1.0)
    assert not is_outdated(1.0, 1.25)
    assert is_outdated(1.25, 0.5)


@pytest.mark.parametrize(
    ("seconds_per_epoch", "seconds"),
    [(0.9, 0.25), (1.4, 0.25), (1.6, 0.5), (3.1, 1.0), (4.7, 1.5), (6.1, 2.0), (600, 2.0)],
)
def test_the_longer_an_epoch_takes_the_fewer_refreshes(seconds_per_epoch: float, seconds: float) -> None:
    history = History.of([FitStarted(80, 20, 100, 9, 1_000, "cpu", "Model()")])
    assert seconds_worth(History()) == seconds_worth(history) == 0.25
    for batch in range(1, 101):
        trained = batch / 100 * seconds_per_epoch
        history.add(BatchEnded(1, batch, 100, 1, 1.0, 0.1, seconds=trained))
        assert seconds_worth(history) == (seconds if trained > 1 else 0.25)


@pytest.mark.parametrize(
    ("under_way", "at_least", "times", "expected"),
    [(False, 0.5, 1, None), (True, 0.5, 1, 3.0), (True, 4.0, 1, 4.0), (True, 2.0, 2, 6.0)],
)
def test_nothing_refreshes_that_cannot_change(
    monkeypatch, under_way: bool, at_least: float, times: float, expected: float | None
) -> None:
    monkeypatch.setattr(refresh, "refresh_seconds", lambda: 3.0)
    assert interval(under_way, at_least, times) == expected


def test_an_error_in_a_live_part_is_shown_there_and_the_rest_of_the_page_goes_on() -> None:
    def app() -> None:
        import streamlit as st

        from cf_core.errors import UnknownRunError
        from pages.shared.refresh import live

        def body(run_id: str) -> None:
            st.write(f"Looking for {run_id}")
            raise UnknownRunError(f"There is no run '{run_id}'.")

        live(body, "dot_1", every=5.0)
        st.caption("below")

    at = AppTest.from_function(app).run()
    assert not at.exception
    assert [error.value for error in at.error] == ["There is no run 'dot\\_1'\\."]
    assert at.markdown[0].value == "Looking for dot_1" and at.caption[0].value == "below"


def test_what_is_no_error_of_ours_is_raised() -> None:
    def app() -> None:
        from pages.shared.refresh import live

        live(lambda: 1 / 0)

    at = AppTest.from_function(app).run()
    assert len(at.exception) == 1 and not at.error
