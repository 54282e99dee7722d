"""The standard error of a bias: by hand, its properties, and against refits on resampled ratings."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.config import TrainingConfig, with_settings
from cf_core.data.ratings import Ratings
from cf_core.data.split import split_ratings
from cf_core.errors import MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.fitted_ratings import fitted_ratings
from cf_core.insight.uncertainty import BiasUncertainty, bias_uncertainty
from cf_core.training.fit import fit
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState
from tests.insight.small_model import CONFIG, model
from tests.parts import take_rows

N_REFITS = 10


def refit_spread(found: BiasUncertainty) -> np.ndarray:
    """σ √A / (A + λ'), how far a bias scatters over refits to other ratings; 0 for a movie without a rating."""
    total = found.weight + found.penalty
    return np.divide(found.noise * np.sqrt(found.weight), total, out=np.zeros(len(total)), where=total > 0)


def test_by_hand() -> None:
    """Residuals of the training rows: 0.5, -0.5, 0.5, -0.5, 1.25; λ' = 5 · 0.8 / 2 = 2."""
    factors, split = model()
    found = bias_uncertainty(fitted_ratings(factors, CONFIG.model, split), CONFIG)
    noise = np.sqrt((4 * 0.25 + 1.5625) / 5)
    assert found.noise == pytest.approx(noise)
    assert found.penalty == pytest.approx(2)
    assert found.weight.tolist() == [2, 2, 1]
    assert found.standard_error == pytest.approx([noise / 2, noise / 2, noise / np.sqrt(3)])
    assert refit_spread(found) == pytest.approx([noise * np.sqrt(2) / 4, noise * np.sqrt(2) / 4, noise / 3])


def test_the_sigmoids_slope_weighs_the_ratings() -> None:
    """At x = 0 on a range of 2 to 5 stars, dŷ/dx = 3/4."""
    factors, split = model()
    flat = replace(factors, user_factors=0 * factors.user_factors, user_bias=np.zeros(3), item_bias=np.zeros(3))
    config = replace(CONFIG, model=replace(CONFIG.model, sigmoid=True))
    found = bias_uncertainty(fitted_ratings(flat, config.model, split), config)
    assert found.weight == pytest.approx(np.array([2, 2, 1]) * 9 / 16)


@pytest.mark.parametrize(("sigmoid", "times"), [(True, (30 / 4.5) ** 2), (False, 30 / 4.5)])
def test_decay_pulls_in_the_unit_of_the_loss(sigmoid: bool, times: float) -> None:
    """Ratings of 2 to 5 stars times ten: one of the lesson's stars is 30 / 4.5 points."""
    factors, split = model()
    config = replace(CONFIG, model=replace(CONFIG.model, sigmoid=sigmoid))
    points = replace(split, ratings=replace(split.ratings, rating=split.ratings.rating * 10))
    found = bias_uncertainty(fitted_ratings(factors, config.model, points), config)
    assert found.penalty == pytest.approx(2 * times)


def test_adamw_has_no_formula_unless_nothing_decays() -> None:
    factors, split = model()
    fitted = fitted_ratings(factors, CONFIG.model, split)
    with pytest.raises(MissingPartError, match="Train with adam or sgd"):
        bias_uncertainty(fitted, replace(CONFIG, optimizer="adamw"))
    found = bias_uncertainty(fitted, replace(CONFIG, optimizer="adamw", weight_decay=0.0))
    assert found.penalty == 0
    assert refit_spread(found) == pytest.approx(found.standard_error)


def test_sparse_steps_have_no_formula_unless_nothing_decays() -> None:
    factors, split = model()
    fitted = fitted_ratings(factors, CONFIG.model, split)
    with pytest.raises(MissingPartError, match="Train with dense steps"):
        bias_uncertainty(fitted, replace(CONFIG, update="sparse"))
    assert bias_uncertainty(fitted, replace(CONFIG, update="sparse", weight_decay=0.0)).penalty == 0


@given(noise=st.floats(0.01, 5), penalty=st.floats(1e-3, 1e3), n=st.integers(1, 10_000))
def test_error_is_spread_and_shrinkage_and_falls_with_the_ratings(noise: float, penalty: float, n: int) -> None:
    found = BiasUncertainty(noise, penalty, np.array([n, n + 1], np.float64))
    shrinkage = (penalty / (n + penalty)) ** 2 * noise**2 / penalty
    assert found.standard_error[0] ** 2 == pytest.approx(refit_spread(found)[0] ** 2 + shrinkage)
    assert found.standard_error[1] < found.standard_error[0]
    less_pull = BiasUncertainty(noise, penalty / 2, found.weight)
    assert (less_pull.standard_error > found.standard_error).all()


def test_without_ratings_nothing_is_known() -> None:
    found = BiasUncertainty(0.9, 8.0, np.array([0.0]))
    assert found.standard_error[0] == pytest.approx(0.9 / np.sqrt(8))
    assert refit_spread(found)[0] == 0
    unbound = BiasUncertainty(0.9, 0.0, np.array([0.0]))
    assert unbound.standard_error[0] == np.inf
    assert refit_spread(unbound)[0] == 0


def test_against_refits_on_resampled_ratings(ratings: Ratings) -> None:
    """A quarter of the users; a decay strong enough for the fit to come near its minimum."""
    part = take_rows(ratings, np.flatnonzero(ratings.user_idx % 4 == 0))
    split = split_ratings(part)
    config = with_settings(
        RECIPES["fast"].config, {"n_factors": 10, "batch_size": 256, "weight_decay": 2e-3, "n_epochs": 5}
    )
    factors, rows = _trained(config, split), split.train_rows
    found = bias_uncertainty(fitted_ratings(factors, config.model, split), config)
    draw = np.random.default_rng(0)
    samples = [np.sort(draw.choice(rows, len(rows))) for _ in range(N_REFITS)]
    refits = [_trained(config, replace(split, train_rows=sample)).need_item_bias() for sample in samples]
    spread = np.std(refits, axis=0, ddof=1)

    n = factors.n_train_by_item
    for low, high in ((1, 2), (3, 5), (6, 10), (11, 20), (21, 200)):
        movies = (n >= low) & (n <= high)
        assert movies.sum() >= 100
        ratio = _root_mean_square(spread[movies]) / _root_mean_square(refit_spread(found)[movies])
        assert 0.75 < ratio < 1.25, f"{low} to {high} ratings"
        # The standard error also counts what no refit shows, which is much where the ratings are few.
        assert _root_mean_square(spread[movies]) < _root_mean_square(found.standard_error[movies])


def _trained(config: TrainingConfig, split) -> FittedFactors:
    training = TrainingState.start(config, split)
    for _ in fit(training):
        pass
    return training.fitted_factors()


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.square(values).mean()))
