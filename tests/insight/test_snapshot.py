"""What a snapshot keeps of the weights, by hand and against NumPy's SVD; the file that it is kept in."""

import dataclasses

import numpy as np
import pytest

from cf_core.data.id_map import IdMap
from cf_core.errors import StoreError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.snapshot import MOST_USERS, Snapshot, principal_scores, snapshot

ITEM_FACTORS = np.array([[3, 4], [0, 0], [-3, 4], [9, 9]], np.float32)


def make(n_users: int = 3) -> FittedFactors:
    return FittedFactors(
        recipe="small",
        users=IdMap(np.arange(n_users), "user"),
        items=IdMap(np.arange(4), "item"),
        user_factors=np.arange(2 * n_users, dtype=np.float32).reshape(n_users, 2),
        item_factors=ITEM_FACTORS,
        user_bias=np.linspace(0, 1, n_users, dtype=np.float32),
        item_bias=np.array([0.5, -1, 0.25, 7], np.float32),
        bias_unit="logits",
        n_train_by_user=np.ones(n_users, np.int64),
        n_train_by_item=np.ones(4, np.int64),
    )


def test_a_snapshot_by_hand():
    now = snapshot(make(), np.array([2, 0]), epoch=3)
    assert (now.epoch, now.bias_unit, now.item_idx.tolist()) == (3, "logits", [2, 0])
    # The two movies differ in their first factor alone: one component has it all, 3 to either side of their centre.
    assert np.abs(now.positions).tolist() == [[3, 0], [3, 0]]
    assert now.positions[0, 0] == -now.positions[1, 0]
    assert now.explained_variance_ratio.tolist() == [1, 0]
    assert now.item_norm.tolist() == [5, 5]
    assert now.item_bias.tolist() == [0.25, 0.5]
    assert now.user_norm == pytest.approx(np.sqrt([1, 13, 41]))
    assert now.user_bias.tolist() == [0, 0.5, 1]


def test_scores_are_numpys_svd_up_to_signs():
    vectors = np.random.default_rng(0).normal(size=(60, 7)) * [3, 2, 1, 1, 1, 1, 1] + 5
    scores, ratio = principal_scores(vectors)
    left, singular, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    assert np.abs(scores) == pytest.approx(np.abs(left[:, :2] * singular[:2]))
    assert ratio == pytest.approx((singular**2 / np.sum(singular**2))[:2])


def test_scores_have_the_units_of_the_factors():
    vectors = np.random.default_rng(1).normal(size=(20, 3))
    assert np.abs(principal_scores(10 * vectors)[0]) == pytest.approx(10 * np.abs(principal_scores(vectors)[0]))


def test_one_factor_and_no_spread():
    scores, ratio = principal_scores(np.array([[1.0], [3.0]]))
    assert (np.abs(scores).tolist(), ratio.tolist()) == ([[1, 0], [1, 0]], [1, 0])
    scores, ratio = principal_scores(np.ones((4, 3)))
    assert not scores.any() and ratio.tolist() == [0, 0]


def test_of_many_users_evenly_spaced_ones_are_kept():
    n = 2 * MOST_USERS - 1
    now = snapshot(make(n), np.arange(2), epoch=0)
    assert len(now.user_norm) == len(now.user_bias) == MOST_USERS
    assert now.user_bias == pytest.approx(np.linspace(0, 1, MOST_USERS), abs=1e-6)


def test_a_snapshot_comes_back_from_its_file(tmp_path):
    with_biases = snapshot(make(), np.array([2, 0, 1]), epoch=12)
    without = dataclasses.replace(with_biases, item_bias=None, user_bias=None, bias_unit="stars")
    for number, kept in enumerate((with_biases, without)):
        kept.save(tmp_path / str(number))
        again = Snapshot.load(tmp_path / str(number))
        for name, value in vars(kept).items():
            assert np.array_equal(getattr(again, name), value), name
            if isinstance(value, np.ndarray):
                assert getattr(again, name).dtype == value.dtype, name


def test_a_snapshot_of_3000_movies_is_small(tmp_path):
    factors = dataclasses.replace(
        make(700), item_factors=np.ones((3_000, 50), np.float32), item_bias=np.ones(3_000, np.float32)
    )
    snapshot(factors, np.arange(3_000), epoch=0).save(tmp_path / "file")
    assert (tmp_path / "file").stat().st_size < 70_000


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "002.safetensors"
    now = snapshot(make(), np.array([2, 0]), epoch=2)
    with pytest.raises(StoreError, match=r"002\.safetensors cannot be read.*Delete the file"):
        Snapshot.load(path)
    now.save(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(StoreError, match=r"002\.safetensors cannot be read"):
        Snapshot.load(path)
    dataclasses.replace(now, positions=now.positions[:1]).save(path)
    with pytest.raises(StoreError, match="positions"):
        Snapshot.load(path)
