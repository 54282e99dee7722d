import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.charts.label_places import clear_labels, label_places, spread_out


def test_labels_of_one_spot_go_to_different_sides() -> None:
    crowd = np.array([[0.0, 0.0], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [1.0, 1.0]])
    places = label_places(crowd, [1, 2, 3], ["first", "second", "third"])
    assert len(set(places)) == 3


def test_labels_that_would_overlap_are_left_out_save_the_first() -> None:
    spot = np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0], *[[0.5, 0.5]] * 12])
    rows, texts = [1, *range(3, 15)], ["a label of some length"] * 13
    kept = clear_labels(spot, rows, texts, 25)
    assert 0 in kept
    assert 2 <= len(kept) <= 8
    assert len(clear_labels(spot, rows, texts, 1)) == 1
    assert len(clear_labels(spot, rows, texts, 25, n_kept=13)) == 13


def test_only_what_is_in_view_is_labelled() -> None:
    corners = np.array([[0.0, 0.0], [1.0, 1.0]])
    view = np.array([-0.5, -0.5]), np.array([0.5, 0.5])
    assert list(clear_labels(corners, [0, 1], ["in", "out"], 9, view=view)) == [0]


def test_labels_stay_inside_the_plot() -> None:
    corners = np.array([[0.0, 0.0], [1.0, 1.0]])
    left, right = label_places(corners, [0, 1], ["left bottom", "right top"])
    assert "right" in left
    assert "left" in right


@given(places=st.lists(st.integers(1, 3_000), min_size=1, max_size=30), gap=st.floats(0.1, 200))
def test_labels_keep_apart_and_in_order(places: list[int], gap: float) -> None:
    before = np.array(places, dtype=np.float64)
    after = spread_out(before, gap)
    order = np.argsort(before, kind="stable")
    assert (np.diff(after[order]) >= gap - 1e-6).all()
    assert after.mean() == pytest.approx(before.mean())


def test_labels_that_have_room_stay() -> None:
    assert spread_out(np.array([30.0, 10, 20]), 5).tolist() == [30, 10, 20]
    assert spread_out(np.array([10.0, 10]), 4).tolist() == [8, 12]
