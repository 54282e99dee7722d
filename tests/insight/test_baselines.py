"""Baselines against hand-computed answers, the known figures on the lesson's split, and what damping must do."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.data import chunks
from cf_core.data.split import Split, SplitConfig, split_ratings
from cf_core.errors import ConfigError
from cf_core.insight import baselines as module
from cf_core.insight.baselines import baselines, damped_biases, damped_means, global_mean
from tests.small import make_split


def by_hand() -> Split:
    """Training: user 0 gave item 0 five stars and item 1 two, user 1 gave item 0 four; validation: (1, 1) 3 stars.

    Users 0 and 1 and items 0 and 1 of a larger data set, so that the others have no rating at all.
    """
    ratings = make_split().ratings
    few = replace(
        ratings,
        user_idx=np.array([0, 0, 1, 1]),
        item_idx=np.array([0, 1, 0, 1]),
        rating=np.array([5, 2, 4, 3], dtype=np.float32),
    )
    return Split(few, SplitConfig(), np.array([0, 1, 2]), np.array([3]), 0, 0)


def test_the_global_mean_by_hand() -> None:
    baseline = global_mean(by_hand())  # μ = 11/3, 2/3 off
    assert baseline.valid_loss == pytest.approx(4 / 9)
    assert baseline.mae == pytest.approx(2 / 3)
    assert baseline.rmse == pytest.approx(2 / 3)


def test_damped_means_by_hand() -> None:
    """With d = 1: b_i of item 1 is (2 - 11/3)/2 = -5/6, of item 0 (4/3 + 1/3)/3 = 5/9.
    b_u of user 1 is (4 - 11/3 - 5/9)/2 = -1/9. So ŷ = 11/3 - 1/9 - 5/6 = 49/18, 5/18 off."""
    baseline = damped_means(by_hand(), damping=1)
    assert baseline.mae == pytest.approx(5 / 18)
    assert baseline.valid_loss == pytest.approx(25 / 324)
    assert "nᵢ + 1" in baseline.formula


def test_predictions_stay_within_the_rating_range() -> None:
    """Undamped: b_0 = 5/6, b_1 = -5/3, user 1: 4 - 11/3 - 5/6 = -1/2; ŷ = 3/2 lies below the lowest rating, 2."""
    assert damped_means(by_hand(), damping=0).mae == pytest.approx(1)


def test_the_figures_on_the_lessons_split(split: Split) -> None:
    by_name = {baseline.name: baseline for baseline in baselines(split)}
    mean, damped, best = by_name["global mean"], by_name["user and movie means"], by_name["best of other libraries"]
    assert (round(mean.rmse, 3), round(mean.mae, 3)) == (1.060, 0.851)
    assert (round(damped.rmse, 3), round(damped.mae, 3)) == (0.890, 0.687)
    assert best.rmse == pytest.approx(0.8556)
    assert list(by_name) == ["global mean", "user and movie means", "best of other libraries"]


def test_the_measured_figure_belongs_to_its_data_and_split_alone(split: Split) -> None:
    other_split = split_ratings(split.ratings, SplitConfig(seed=1))
    other_data = replace(split, ratings=replace(split.ratings, fingerprint="f" * 64))
    for elsewhere in (other_split, other_data):
        assert [baseline.name for baseline in baselines(elsewhere)] == ["global mean", "user and movie means"]


@settings(max_examples=30)
@given(seed=st.integers(0, 1_000), damping=st.floats(1e9, 1e15))
def test_endless_damping_gives_the_global_mean(seed: int, damping: float) -> None:
    split = make_split(seed=seed)
    assert damped_means(split, damping).valid_loss == pytest.approx(global_mean(split).valid_loss, abs=1e-5)
    assert damped_means(split, math.inf).valid_loss == pytest.approx(global_mean(split).valid_loss)


@pytest.mark.parametrize("damping", [-1, math.nan])
def test_damping_is_checked(damping: float) -> None:
    with pytest.raises(ConfigError, match="Choose 0 or more"):
        damped_means(by_hand(), damping)


def test_a_few_rows_at_a_time_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    split = split_ratings(make_split().ratings)
    whole = damped_biases(split, 2)
    monkeypatch.setattr(chunks, "CHUNK", 7)
    for few, all_at_once in zip(damped_biases(split, 2), whole, strict=True):
        np.testing.assert_allclose(few, all_at_once, atol=1e-12)


def test_those_of_large_data_are_computed_once(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CF_LAB_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "CACHED_FROM", 0)
    ratings = replace(make_split().ratings, fingerprint="a" * 64)
    one, other = split_ratings(ratings), split_ratings(ratings, SplitConfig(seed=1))
    computed, others = baselines(one), baselines(other)
    harder = baselines(one, damping=50)
    monkeypatch.setattr(module, "_losses", None)
    assert (baselines(one), baselines(other), baselines(one, 50)) == (computed, others, harder)
    assert len({repr(one) for one in (computed, others, harder)}) == 3


def test_a_damaged_file_of_them_is_computed_again(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CF_LAB_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "CACHED_FROM", 0)
    split = split_ratings(replace(make_split().ratings, fingerprint="a" * 64))
    computed = baselines(split)
    (file,) = tmp_path.glob("*.baselines")
    file.write_bytes(file.read_bytes()[:-1])
    assert baselines(split) == computed
