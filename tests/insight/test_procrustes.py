import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cf_core.errors import ShapeError
from cf_core.insight.procrustes import align

SQUARE = np.array([[2.0, 0.0], [0.0, 1.0], [-2.0, 0.0], [0.0, -1.0]])
clouds = arrays(np.float64, st.tuples(st.integers(4, 12), st.integers(1, 4)), elements=st.floats(-9, 9, width=32))


def test_a_quarter_turn_by_hand():
    # Each (x, y) of the square was taken to (-y, x); the turn back is (x, y) -> (y, -x).
    turned = np.array([[0.0, 2.0], [-1.0, 0.0], [0.0, -2.0], [1.0, 0.0]])
    assert align(turned, SQUARE) == pytest.approx(np.array([[0.0, -1.0], [1.0, 0.0]]), abs=1e-12)


def test_a_mirror_image_is_mirrored_back():
    crooked = np.array([[2.0, 1.0], [0.0, 1.0], [-2.0, 0.5], [0.5, -1.0]])  # no turn alone makes it its mirror image
    assert align(crooked * [-1, 1], crooked) == pytest.approx(np.diag([-1.0, 1.0]), abs=1e-12)


def test_nothing_is_scaled():
    assert align(SQUARE, 5 * SQUARE) == pytest.approx(np.eye(2), abs=1e-12)


@settings(max_examples=50)
@given(clouds, st.integers(0, 2**32 - 1))
def test_a_turned_copy_gives_back_the_original(cloud, seed):
    k = cloud.shape[1]
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(k, k)))
    rotation = align(cloud @ turn, cloud)
    assert cloud @ turn @ rotation == pytest.approx(cloud, abs=1e-6)
    assert rotation.T @ rotation == pytest.approx(np.eye(k), abs=1e-9)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.floats(0, 2 * np.pi), st.sampled_from([-1, 1]))
def test_no_other_turn_comes_nearer(seed, angle, mirror):
    moving, fixed = np.random.default_rng(seed).normal(size=(2, 9, 2))
    other = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * [1, mirror]
    best, tried = (np.linalg.norm(moving @ turn - fixed) for turn in (align(moving, fixed), other))
    assert best <= tried + 1e-9


def test_other_shapes_are_refused():
    with pytest.raises(ShapeError, match=r"\(4, 2\) and \(3, 2\)"):
        align(SQUARE, SQUARE[:3])
    with pytest.raises(ShapeError, match="same points"):
        align(SQUARE[0], SQUARE[0])
