"""The finder on made-up losses with a known lowest point, and on the recipes."""

import math

import numpy as np
import pytest

from cf_core.config import with_settings
from cf_core.data.split import Split
from cf_core.errors import ConfigError
from cf_core.teaching.rate_finder import HIGHEST, N_STEPS, RULE, rate_search_of, read_rate_search
from cf_core.training.events import BatchEnded
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from cf_core.training.schedules import learning_rates
from cf_core.training.state import TrainingState

BIAS = RECIPES["notebook-bias"].config


def swept(losses: list[float], low: float = -5, high: float = 1) -> History:
    rates = np.logspace(low, high, len(losses))
    n = len(losses)
    pairs = zip(losses, rates.tolist(), strict=True)
    return History.of([BatchEnded(1, i, n, 1, loss, rate) for i, (loss, rate) in enumerate(pairs, start=1)])


def steps(*levels: tuple[float, int]) -> list[float]:
    """Losses that stay at each level for so many reports."""
    return [level for level, n in levels for _ in range(n)]


@pytest.mark.parametrize("n_low", [20, 60])
def test_it_suggests_a_fifth_of_the_rate_of_the_lowest_average(n_low: int) -> None:
    """On a low plateau the average still falls to its last report, and the first of the high losses lifts it."""
    found = read_rate_search(swept(steps((2.0, 100), (1.0, n_low), (9.0, 100 - n_low))))
    rate = found.rates[100 + n_low - 1]
    assert found.suggestion == float(f"{rate / 5:.2g}")
    assert found.reason == RULE
    assert found.smoothed[100 + n_low - 1] == pytest.approx(1 + 0.9**n_low, abs=1e-4)


def test_a_single_lucky_batch_at_the_start_is_no_valley() -> None:
    losses = steps((2.0, 100), (1.0, 50), (9.0, 50))
    losses[0] = 0.1
    assert (
        read_rate_search(swept(losses)).suggestion
        == read_rate_search(swept(steps((2.0, 100), (1.0, 50), (9.0, 50)))).suggestion
    )


def test_a_fall_to_the_very_end_says_so() -> None:
    found = read_rate_search(swept(steps((2.0, 100), (1.0, 100))))
    assert found.suggestion == 2.0
    assert "where the search ended" in found.reason


@pytest.mark.parametrize("losses", [list(np.linspace(1, 5, 200)), [2.0] * 200])
def test_a_loss_that_never_falls_suggests_nothing(losses: list[float]) -> None:
    found = read_rate_search(swept(losses))
    assert found.suggestion is None
    assert "never falls" in found.reason


def test_noise_alone_suggests_nothing() -> None:
    draw = np.random.default_rng(0)
    found = [read_rate_search(swept(list(2 + 0.2 * draw.standard_normal(200)))).suggestion for _ in range(20)]
    assert found.count(None) >= 18


def test_too_few_losses_suggest_nothing() -> None:
    found = read_rate_search(swept([2.0, 1.0, 0.5]))
    assert found.suggestion is None
    assert "Only 3 losses" in found.reason
    assert read_rate_search(History()).suggestion is None


def test_losses_that_are_not_finite_are_left_out() -> None:
    losses = [*steps((2.0, 100), (1.0, 99)), math.inf]
    found = read_rate_search(swept(losses))
    assert len(found.rates) == 199
    assert np.isfinite(found.smoothed).all()


def test_the_rate_search_of_a_configuration() -> None:
    search = rate_search_of(BIAS, n_batches=1251)
    assert (search.model, search.seed, search.batch_size, search.n_epochs) == (
        BIAS.model,
        BIAS.seed,
        BIAS.batch_size,
        1,
    )
    assert rate_search_of(BIAS, n_batches=3).n_epochs == math.ceil(N_STEPS / 3)
    rates = learning_rates(search.phases[0], 1251)
    assert (rates[0], rates[-1]) == (pytest.approx(1e-5), pytest.approx(HIGHEST))
    assert np.allclose(rates[1:] / rates[:-1], rates[1] / rates[0])  # by the same factor each step


def test_a_rate_search_cannot_be_chosen_to_train_by() -> None:
    with pytest.raises(ConfigError, match="constant, cosine, one-cycle"):
        with_settings(BIAS, {"schedule": "rising"})


@pytest.mark.parametrize(
    ("name", "low", "high"), [("notebook-dot", 0.1, 0.2), ("notebook-learner", 0.003, 0.015), ("fast", 0.025, 0.25)]
)
def test_it_suggests_rates_at_which_the_recipes_train_well(split: Split, name: str, low: float, high: float) -> None:
    """The bounds are of the rates from which the recipe comes to within 0.03 of its best validation loss."""
    config = RECIPES[name].config
    n_batches = -(-len(split.train_rows) // config.batch_size)
    found = read_rate_search(History.of(fit(TrainingState.start(rate_search_of(config, n_batches), split), None, 200)))
    assert found.suggestion is not None
    assert low <= found.suggestion <= high
    assert len(found.losses) > 150
