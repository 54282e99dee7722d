"""The film: earlier epochs aligned with later ones, the latest on its own components with the rule for signs."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.errors import DataMismatchError
from cf_core.insight.film import Film
from cf_core.insight.snapshot import Snapshot

MEAN_RATING = np.array([4.5, 9, 3, 2.5, 4])  # of five items, of which the film shows the last three and the first


def make(epoch: int, positions: np.ndarray) -> Snapshot:
    n = len(positions)
    return Snapshot(
        epoch=epoch,
        item_idx=np.array([4, 0, 3, 2], np.int32)[:n],
        positions=np.asarray(positions, np.float32),
        explained_variance_ratio=np.array([0.5, 0.25], np.float32),
        item_norm=np.ones(n, np.float32),
        user_norm=np.ones(2, np.float32),
        item_bias=None,
        user_bias=None,
        bias_unit="stars",
    )


# Mean ratings 4, 4.5, 2.5, 3: on both axes the cloud rises with them, so that the film turns both about.
CLOUD = np.array([[1, 1], [2, 0], [-2, 0], [-1, -1]], np.float32)
QUARTER = np.array([[0, 1], [-1, 0]], np.float32)


def test_the_latest_epoch_does_not_rise_with_the_mean_rating():
    assert Film.of([make(0, CLOUD)], MEAN_RATING).positions.tolist() == [(-CLOUD).tolist()]
    assert Film.of([make(0, -CLOUD)], MEAN_RATING).positions.tolist() == [(-CLOUD).tolist()]


def test_turned_copies_all_lie_upon_the_latest():
    turns = [QUARTER, QUARTER @ QUARTER, np.diag([1, -1]), np.eye(2)]
    snapshots = [make(epoch, CLOUD @ turn) for epoch, turn in enumerate(turns)]
    film = Film.of(snapshots[::-1], MEAN_RATING)
    assert film.epochs == [0, 1, 2, 3]
    assert film.positions == pytest.approx(np.stack([-CLOUD] * 4), abs=1e-6)
    assert film.item_idx.tolist() == [4, 0, 3, 2]


def test_each_epoch_is_turned_onto_the_one_that_follows():
    # Twice the cloud, mirrored: turned onto the aligned next one it is twice the aligned cloud.
    film = Film.of([make(2, 2 * CLOUD * [1, -1]), make(5, CLOUD @ QUARTER), make(9, CLOUD)], MEAN_RATING)
    assert film.positions == pytest.approx(np.stack([-2 * CLOUD, -CLOUD, -CLOUD]), abs=1e-6)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_distances_stay_as_they_are(seed, n_epochs):
    clouds = np.random.default_rng(seed).normal(size=(n_epochs, 4, 2))
    film = Film.of([make(epoch, cloud) for epoch, cloud in enumerate(clouds)], MEAN_RATING)
    for before, after in zip(clouds, film.positions, strict=True):
        for one in range(4):
            assert np.linalg.norm(after - after[one], axis=1) == pytest.approx(
                np.linalg.norm(before - before[one], axis=1), abs=1e-5
            )


def test_the_spread_by_hand():
    film = Film.of([make(0, CLOUD), make(1, 3 * CLOUD)], MEAN_RATING)
    assert film.spread(0) == pytest.approx(np.sqrt((2 + 4 + 4 + 2) / 4))
    assert film.spread(1) == pytest.approx(3 * film.spread(0))


def test_epochs_of_other_movies_are_refused():
    other = dataclasses.replace(make(1, CLOUD), item_idx=np.array([4, 0, 2, 3], np.int32))
    with pytest.raises(DataMismatchError, match="different items"):
        Film.of([make(0, CLOUD), other], MEAN_RATING)
