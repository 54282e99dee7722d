"""The buttons of What to watch, on any scale."""

import pytest

from cf_core.words import ITEMS, MOVIES
from pages.parts.for_you.rating_buttons import keys_in_words, rating_label, rows_of, shortcuts

HALVES = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
TENS = [10.0 * k for k in range(11)]


def test_labels() -> None:
    assert [rating_label(stars, MOVIES) for stars in (0.5, 1, 4.5)] == ["½ ★", "1 ★", "4½ ★"]
    assert [rating_label(points, ITEMS) for points in (0, 2.5, 100)] == ["0", "2.5", "100"]


@pytest.mark.parametrize(
    ("steps", "keys", "words"),
    [
        (HALVES, "s1 1 s2 2 s3 3 s4 4 s5 5", "Keys 1 to 5, with Shift ½ less."),
        ([1, 2, 3, 4, 5], "1 2 3 4 5", "Keys 1 to 5."),
        ([1, 2], "1 2", "Keys 1 to 2."),
        (list(range(11)), "0 1 2 3 4 5 6 7 8 9 -", "Keys 0 to 9."),
        (TENS, "0 1 2 3 4 5 6 7 8 9 -", "Keys 0 to 9 for 0 to 90."),
        ([0, 0.2, 0.4, 0.6, 0.8, 1], "0 1 2 3 4 5", "Keys 0 to 5 for 0 to 1."),
        ([-10, -5, 0, 5, 10], "1 2 3 4 5", "Keys 1 to 5, from the lowest on."),
        (list(range(-10, 11, 2)), "1 2 3 4 5 6 7 8 9 0 -", "Keys 1 to 9 and 0, from the lowest on."),
        ([3, 10, 20, 30], "1 2 3 4", "Keys 1 to 4, from the lowest on."),
        ([7], "1", "Keys 1 to 1, from the lowest on."),
    ],
)
def test_keys(steps: list[float], keys: str, words: str) -> None:
    expected = [None if key == "-" else key.replace("s", "shift+") for key in keys.split()]
    assert list(shortcuts(steps).values()) == expected
    assert keys_in_words(steps) == words


def test_rows() -> None:
    assert rows_of(HALVES) == [[1, 2, 3, 4, 5], [0.5, 1.5, 2.5, 3.5, 4.5]]
    assert rows_of(TENS) == [TENS[:6], TENS[6:]]
    assert rows_of([1, 2]) == [[1, 2]]
