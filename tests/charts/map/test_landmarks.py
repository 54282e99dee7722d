import numpy as np

from cf_core.charts.map.landmarks import end_titles, in_lines, landmarks

LINE = np.column_stack([np.arange(10.0), np.zeros(10)])


def test_the_ends_come_first_then_the_most_rated_each_once() -> None:
    assert landmarks(LINE[:, :1], 5) == [0, 9, 1, 8, 2, 7, 3, 4]
    assert landmarks(LINE, 4, ends=False) == [0, 1, 2, 3]
    assert set(landmarks(LINE[:2], 9)) == {0, 1}


def test_end_titles_are_short_and_outermost_first() -> None:
    low, high = end_titles(LINE[:, 0], [f"Movie {i}, The (1990)" for i in range(10)])
    assert (low, high) == (["Movie 0", "Movie 1", "Movie 2"], ["Movie 9", "Movie 8", "Movie 7"])


def test_titles_that_do_not_fit_are_left_out() -> None:
    assert in_lines(["Fargo", "Heat", "A rather long title"], 2, 12) == ["Fargo, Heat", "A rather long title"]
    assert in_lines(["Fargo", "A rather long title"], 1, 12) == ["Fargo"]
