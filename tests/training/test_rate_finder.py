"""The finder on made-up losses with a known slope, and on real ones."""

import math

import numpy as np
import pytest

from cf_core.training.config import with_settings
from cf_core.training.events import BatchEnded
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.rate_finder import HIGHEST, N_STEPS, RULE, read_sweep, sweep_of
from cf_core.training.recipes import RECIPES
from cf_core.training.schedules import learning_rates
from cf_core.training.state import Training
from tests.small import make_split

BIAS = RECIPES["notebook-bias"].config


def swept(losses: list[float], low: float = -5, high: float = 1) -> History:
    rates = np.logspace(low, high, len(losses))
    n = len(losses)
    pairs = zip(losses, rates.tolist(), strict=True)
    return History.of([BatchEnded(1, i, n, 1, loss, rate) for i, (loss, rate) in enumerate(pairs, start=1)])


def valley(at: float, n: int = 200) -> list[float]:
    """Flat, then a fall whose middle is at 10^`at`, then a rise two decades later; rates from 1e-5 to 10."""
    x = np.linspace(-5, 1, n)
    return list(2 - 1 / (1 + np.exp(-6 * (x - at))) + np.exp(np.clip(4 * (x - at - 2), -50, 5)))


@pytest.mark.parametrize("at", [-3.0, -2.0, -1.5])
def test_it_suggests_where_the_loss_falls_fastest(at: float) -> None:
    found = read_sweep(swept(valley(at)))
    assert found.suggestion is not None
    assert math.log10(found.suggestion) == pytest.approx(at, abs=0.35)  # the average lags a little
    assert found.reason == RULE


def test_a_loss_that_never_falls_suggests_nothing() -> None:
    found = read_sweep(swept(list(np.linspace(1, 5, 200))))
    assert found.suggestion is None
    assert "never falls" in found.reason


def test_too_few_losses_suggest_nothing() -> None:
    found = read_sweep(swept([2.0, 1.0, 0.5]))
    assert found.suggestion is None
    assert "Only 3 losses" in found.reason
    assert read_sweep(History()).suggestion is None


def test_losses_that_are_not_finite_are_left_out() -> None:
    losses = [*valley(-2.0)[:-1], math.inf]
    found = read_sweep(swept(losses))
    assert len(found.rates) == 199
    assert np.isfinite(found.smoothed).all()


def test_the_sweep_of_a_configuration() -> None:
    sweep = sweep_of(BIAS, n_batches=1251)
    assert (sweep.model, sweep.seed, sweep.batch_size, sweep.n_epochs) == (BIAS.model, BIAS.seed, BIAS.batch_size, 1)
    assert sweep_of(BIAS, n_batches=3).n_epochs == math.ceil(N_STEPS / 3)
    rates = learning_rates(sweep.phases[0], 1251)
    assert (rates[0], rates[-1]) == (pytest.approx(1e-5), pytest.approx(HIGHEST))
    assert np.allclose(rates[1:] / rates[:-1], rates[1] / rates[0])  # by the same factor each step


def test_a_sweep_cannot_be_chosen_to_train_by() -> None:
    with pytest.raises(Exception, match="constant, cosine, one-cycle"):
        with_settings(BIAS, {"schedule": "sweep"})


def test_a_real_sweep_on_a_small_table() -> None:
    split = make_split()
    config = with_settings(BIAS, {"n_factors": 3, "batch_size": 8})
    n_batches = -(-len(split.train_rows) // 8)
    found = read_sweep(History.of(fit(Training.start(sweep_of(config, n_batches), split), None, 200)))
    assert found.suggestion is None or 1e-5 < found.suggestion < HIGHEST
    assert len(found.losses) >= N_STEPS / 2
    assert found.smoothed.min() < found.smoothed[0]
