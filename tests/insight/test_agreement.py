"""Maps superimposed on each other, and the neighbours that they share."""

import numpy as np
import pytest

from cf_core.errors import ShapeError
from cf_core.insight.agreement import neighbour_overlap, overlay
from cf_core.insight.similar import k_nearest


def cloud(n: int = 60, k: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, k))


@pytest.mark.parametrize("flip", [1, -1])
def test_a_copy_turned_flipped_grown_and_moved_comes_back(flip: int) -> None:
    fixed = cloud()
    turn, _ = np.linalg.qr(cloud(3, 3, seed=1))
    result = overlay(2.5 * fixed @ turn * [flip, 1, 1] + [3, -1, 8], fixed)
    assert result.moved == pytest.approx(fixed)
    assert result.agreement == pytest.approx(1)


def test_components_in_another_order_are_the_same_map() -> None:
    assert overlay(cloud()[:, [2, 0, 1]], cloud()).agreement == pytest.approx(1)


def test_agreement_falls_with_noise_to_almost_none() -> None:
    fixed = cloud(2_000)
    noisy = [overlay(fixed + spread * cloud(2_000, seed=1), fixed).agreement for spread in (0, 0.5, 1, 2)]
    assert noisy == sorted(noisy, reverse=True)
    assert noisy[2] == pytest.approx(0.5, abs=0.05)  # half of the moving map's variance is noise
    assert overlay(cloud(2_000, seed=2), fixed).agreement == pytest.approx(0, abs=0.02)


def test_what_cannot_be_superimposed() -> None:
    with pytest.raises(ShapeError, match="one spot"):
        overlay(np.ones((5, 2)), cloud(5, 2))
    with pytest.raises(ShapeError):
        overlay(cloud(5, 2), cloud(5, 3))


def test_neighbour_overlap_by_hand() -> None:
    # On a line 0, 1, 3, 7 the nearest are 1, 0, 1, 2; with the last brought to 2.5 they are 1, 0, 3, 2.
    maps = [np.array([[0.0], [1], [3], [last]]) for last in (7, 2.5)]
    for k, shares in ((1, [1, 1, 0, 1]), (3, [1, 1, 1, 1])):
        assert neighbour_overlap(*(k_nearest(places, k, "distance") for places in maps)).tolist() == shares
    assert neighbour_overlap(np.array([[1, 2, 3]]), np.array([[3, 4, 1]])).tolist() == pytest.approx([2 / 3])


def test_the_same_factors_share_all_and_unrelated_ones_what_chance_gives() -> None:
    one, other = k_nearest(cloud(400, 8)), k_nearest(cloud(400, 5, seed=3))
    assert (neighbour_overlap(one, one) == 1).all()
    assert neighbour_overlap(one, other).mean() == pytest.approx(10 / 399, abs=0.01)


def test_different_numbers_of_movies() -> None:
    with pytest.raises(ShapeError, match=r"\(5, 4\) and \(4, 3\)"):
        neighbour_overlap(k_nearest(cloud(5)), k_nearest(cloud(4)))
