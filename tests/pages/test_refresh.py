"""How often pages ask: quickly for a few, and never more often in all than the server has been measured to bear."""

from pages.shared.refresh import A_SECOND, FASTEST_SECONDS, FORGOTTEN_AFTER_SECONDS, Watchers, is_off


def pace_of(n_watching: int) -> float:
    watchers = Watchers()
    return [watchers.seconds(str(number), now=0.0) for number in range(n_watching)][-1]


def test_a_few_are_served_four_times_a_second() -> None:
    assert pace_of(1) == pace_of(2) == FASTEST_SECONDS == 0.25


def test_a_class_shares_what_there_is() -> None:
    for n_watching in (3, 12, 30, 100):
        assert n_watching / pace_of(n_watching) <= A_SECOND
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
    assert is_off(0.25, 0.5)
    assert not is_off(0.5, 0.5)
    assert not is_off(1.25, 1.0)
    assert not is_off(1.0, 1.25)
    assert is_off(1.25, 0.5)
