"""Durations in words."""

import pytest

from pages.shared.duration import duration


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (59.6, "60 s"), (119, "119 s"), (120, "2 min"), (585, "10 min"), (7_200, "2 h"), (90_000, "25 h")],
)
def test_seconds_then_minutes_then_hours(seconds: float, said: str) -> None:
    assert duration(seconds) == said
