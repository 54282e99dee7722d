"""Planted against found: by hand, as identities, and on models that are really trained."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.config import ModelConfig, with_settings
from cf_core.data.id_map import IdMap
from cf_core.data.made_up.files import write_made_up
from cf_core.data.made_up.generation import make_up
from cf_core.data.made_up.options import MadeUpOptions
from cf_core.data.made_up.planted import Planted, noise_floor
from cf_core.data.ratings import Ratings, item_table
from cf_core.data.reading import read_ratings
from cf_core.data.split import Split, split_ratings
from cf_core.errors import MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight import planted as planted_module
from cf_core.insight.planted import FoundFactors, compare, find_planted
from cf_core.training.evaluate import evaluate
from cf_core.training.fit import fit
from cf_core.training.recipes import recipe
from cf_core.training.state import TrainingState

OPTIONS = MadeUpOptions(n_factors=3, noise=0.0, n_ratings=12_000, n_users=200, n_items=120, factor_spread=0.5)
IDS = np.arange(1, 121)


@cache
def truth() -> Planted:
    return make_up(OPTIONS).planted


def parts() -> np.ndarray:
    """What each planted factor adds, shape (3, n_users, n_items)."""
    planted = truth()
    return np.einsum("uk,ik->kui", planted.user_factors, planted.item_factors)


def compared(predicted: np.ndarray, n_found: int = 3) -> FoundFactors:
    return compare(predicted, truth(), IDS, n_found)


def with_biases(taste: np.ndarray) -> np.ndarray:
    return 3.5 + truth().user_bias[:, None] + truth().item_bias + taste


def test_the_truth_itself_is_found_whole() -> None:
    found = compared(with_biases(parts().sum(axis=0)))
    assert found.recovered == pytest.approx([1, 1, 1])
    assert found.noise == pytest.approx(0, abs=1e-12)
    assert found.total == pytest.approx(1)
    assert found.weight == pytest.approx(np.array([1, 0.75**2, 0.75**4]) / (1 + 0.75**2 + 0.75**4))
    assert found.found_strength == pytest.approx(found.planted_strength)
    assert found.planted_strength == pytest.approx(truth().strengths())
    assert found.found_items == pytest.approx(found.planted_items)
    assert (found.user_bias_correlation, found.item_bias_correlation) == pytest.approx((1, 1))


def test_a_model_without_factors_finds_nothing() -> None:
    found = compared(with_biases(0 * parts()[0]))
    assert found.recovered == pytest.approx([0, 0, 0])
    assert (found.noise, found.total) == pytest.approx((0, 0))
    assert found.item_bias_correlation == pytest.approx(1)


def test_a_missing_factor_is_missing_and_its_share_with_it() -> None:
    one, two, _ = parts()
    found = compared(with_biases(one + two), n_found=2)
    assert found.recovered == pytest.approx([1, 1, 0])
    assert found.total == pytest.approx(1 - found.weight[2])
    assert found.found_items[:, :2] == pytest.approx(found.planted_items[:, :2])
    assert found.found_items[:, 2] == pytest.approx(0)


def test_shrunk_and_reversed_factors_by_hand() -> None:
    """Half of a factor leaves a quarter of its variance; its opposite is four times worse than nothing: 1 - 2²."""
    one, two, three = parts()
    assert compared(one / 2 + two - three).recovered == pytest.approx([0.75, 1, -3])


def test_what_lies_beside_the_planted_factors_is_noise() -> None:
    rows, columns = np.zeros(200), np.zeros(120)
    rows[:2], columns[:2] = (1, -1), (1, -1)  # means of 0
    beside = 4 * np.outer(rows, columns)
    found = compared(with_biases(parts().sum(axis=0) + beside))
    in_all = np.square(parts().sum(axis=0)).sum()
    assert found.total == pytest.approx(1 - np.square(beside).sum() / in_all)
    assert found.noise == pytest.approx(np.square(beside).sum() / in_all, rel=0.1)  # all but what is along the planted


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(0, 3), st.integers(1, 6))
def test_recovered_less_noise_is_the_distance_from_the_truth(seed: int, size: float, n_found: int) -> None:
    planted = truth()
    draw = np.random.default_rng(seed)
    some = np.arange(0, 200, 3)
    part = Planted(
        OPTIONS, planted.user_factors[some], planted.item_factors, planted.user_bias[some], planted.item_bias
    )
    predicted = with_biases(parts().sum(axis=0))[some] + size * draw.standard_normal((len(some), 120))
    found = compare(predicted, part, IDS, n_found)

    def differing(values: np.ndarray) -> np.ndarray:
        return values - values.mean(axis=0) - values.mean(axis=1, keepdims=True) + values.mean()

    target = differing(part.user_factors @ part.item_factors.T)
    total = 1 - np.square(differing(predicted) - target).sum() / np.square(target).sum()
    assert found.weight @ found.recovered - found.noise == pytest.approx(total)
    assert found.found_items.shape == found.planted_items.shape
    assert len(found.found_strength) == n_found


@given(st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_turned_factors_are_turned_back(seed: int) -> None:
    """The same predictions from other factors: any invertible matrix between the two sides."""
    planted = truth()
    turn = np.random.default_rng(seed).standard_normal((3, 3)) + 2 * np.eye(3)
    taste = (planted.user_factors @ turn) @ (np.linalg.inv(turn) @ planted.item_factors.T)
    found = compared(with_biases(taste))
    assert found.found_items == pytest.approx(found.planted_items, abs=1e-6)


def test_biases_that_are_all_alike_have_no_correlation() -> None:
    flat = replace(truth(), user_bias=np.zeros(200))
    assert compare(with_biases(parts().sum(axis=0)), flat, IDS, 3).user_bias_correlation is None


def in_memory(options: MadeUpOptions) -> tuple[Split, Planted]:
    """Made-up ratings and their truth in the order of the indices, without files."""
    made = make_up(options)
    users, items = IdMap(np.arange(1, options.n_users + 1), "user"), IdMap(np.arange(1, options.n_items + 1), "item")
    names = np.array([f"Item {item_id}" for item_id in items.ids], dtype=object)
    table = item_table(items, names, names)
    rating = made.rating.astype(np.float32)
    ratings = Ratings("made up", users, items, made.user_idx, made.item_idx, rating, None, table, None)
    return split_ratings(ratings), made.planted


def trained(split: Split, n_factors: int, **changes: object) -> tuple[FittedFactors, ModelConfig, float]:
    """A model trained long enough to find what there is: its factors, configuration and validation RMSE."""
    changes = {"n_epochs": 40, "learning_rate": 0.03, "batch_size": 512, "weight_decay": 0.0, **changes}
    config = with_settings(recipe("fast").config, {"n_factors": n_factors, **changes})
    training = TrainingState.start(config, split)
    for event in fit(training):
        last = event
    assert last.outcome == "finished"
    rmse = validation_rmse(training)
    return training.fitted_factors(), config.model, rmse


def validation_rmse(training: TrainingState) -> float:
    squared, _ = evaluate(training.model, training.valid)
    return math.sqrt(squared)


@pytest.fixture(scope="module")
def without_noise() -> tuple[Split, Planted]:
    """Enough ratings on a fine scale: nothing keeps the truth from being found."""
    return in_memory(replace(OPTIONS, step=0.1, item_spread=0.2, user_spread=0.2))


def test_with_as_many_factors_as_planted_nearly_all_is_found(without_noise: tuple[Split, Planted]) -> None:
    split, planted = without_noise
    factors, model, _ = trained(split, 3)
    found = find_planted(factors, model, split, planted)
    assert (found.recovered > 0.95).all() and found.recovered_in_all > 0.95
    assert found.noise < 0.03
    assert found.total > 0.95
    for factor in range(3):
        assert np.corrcoef(found.planted_items[:, factor], found.found_items[:, factor])[0, 1] > 0.98
    assert found.user_bias_correlation > 0.97 and found.item_bias_correlation > 0.97


def test_with_one_factor_less_the_weakest_is_missing(without_noise: tuple[Split, Planted]) -> None:
    split, planted = without_noise
    factors, model, _ = trained(split, 2)
    found = find_planted(factors, model, split, planted)
    expected = 1 - found.weight[2]
    assert found.recovered_in_all == pytest.approx(expected, abs=0.08)
    assert found.recovered[2] < 0.3 < 0.85 < found.recovered[0]


def test_too_few_miss_the_truth_and_too_many_learn_the_noise() -> None:
    split, planted = in_memory(replace(OPTIONS, noise=0.5, n_ratings=10_000))
    floor = noise_floor(planted, split.ratings, split.valid_rows)
    results = {n: trained(split, n, n_epochs=20, weight_decay=6e-5) for n in (1, 3, 12)}
    found = {n: find_planted(one[0], one[1], split, planted) for n, one in results.items()}
    rmse = {n: one[2] for n, one in results.items()}
    assert floor < rmse[3] < min(rmse[1], rmse[12])
    assert found[1].recovered_in_all < found[3].recovered_in_all - 0.2
    assert found[12].noise > 2 * found[3].noise
    assert found[3].total > max(found[1].total, found[12].total)


@pytest.mark.parametrize("name", ["notebook-dot", "notebook-bias", "best"])
def test_models_of_other_kinds_are_compared_in_stars_too(name: str, without_noise: tuple[Split, Planted]) -> None:
    split, planted = without_noise
    config = with_settings(recipe(name).config, {"n_factors": 4, "n_epochs": 2})
    training = TrainingState.start(config, split)
    for _ in fit(training):
        pass
    found = find_planted(training.fitted_factors(), config.model, split, planted)
    assert np.isfinite(found.recovered).all() and np.isfinite(found.found_items).all()
    assert found.item_bias_correlation > 0.5


def test_a_net_has_no_factors_to_compare(without_noise: tuple[Split, Planted]) -> None:
    split, planted = without_noise
    with pytest.raises(MissingPartError, match="neural net"):
        find_planted(trained(split, 1, n_epochs=1)[0], ModelConfig("net"), split, planted)


def test_of_large_data_a_part_is_compared(
    without_noise: tuple[Split, Planted], monkeypatch: pytest.MonkeyPatch
) -> None:
    split, planted = without_noise
    factors, model, _ = trained(split, 3)
    whole = find_planted(factors, model, split, planted)
    monkeypatch.setattr(planted_module, "MOST_USERS", 100)
    monkeypatch.setattr(planted_module, "MOST_ITEMS", 60)
    part, again = (find_planted(factors, model, split, planted) for _ in range(2))
    assert len(part.item_ids) == 60 and np.array_equal(part.item_ids, again.item_ids)
    assert part.recovered == pytest.approx(whole.recovered, abs=0.03)


def test_items_without_a_rating_are_left_out(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("few")
    options = MadeUpOptions(n_factors=2, n_ratings=300, n_users=50, n_items=100, popularity_skew=2.0)
    made = make_up(options)
    write_made_up(folder, made)
    split = split_ratings(read_ratings(folder))
    assert split.ratings.n_items < 100
    factors, model, _ = trained(split, 2, n_epochs=1)
    found = find_planted(factors, model, split, made.planted.of_ratings(split.ratings))
    assert set(found.item_ids) == set(split.ratings.items.ids)
