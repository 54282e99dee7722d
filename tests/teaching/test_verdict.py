"""The verdict on a run, of histories made by hand."""

from dataclasses import replace

import pytest

from cf_core.config import with_settings
from cf_core.insight.baselines import Baseline
from cf_core.teaching.noise import SEED_NOISE, seed_noise
from cf_core.teaching.verdict import FACTORS_GONE, verdict
from cf_core.training.events import EpochEnded
from cf_core.training.history import History
from cf_core.words import ITEMS
from tests.training.fitting import CONFIG, run

MEANS = [
    Baseline("global mean", 1.1**2, 0.8, "ŷ = μ", "computed"),
    Baseline("user and movie means", 0.9**2, 0.7, "ŷ = μ + b", "computed"),
    Baseline("best of other libraries", 0.85**2, None, "?", "measured"),
]


def ended(*rmses: float) -> History:
    return History.of(
        EpochEnded(epoch, 1, 1.0, rmse**2, rmse, 0.8, 0.1, 1.0, 80.0) for epoch, rmse in enumerate(rmses, start=1)
    )


def test_one_sentence_against_all_of_them() -> None:
    judged = verdict(ended(1.0, 0.87), MEANS, (0.8, 0.88**2), previous_rmse=0.86)
    assert judged is not None
    assert judged.text == (
        "Validation RMSE 0.870: 0.230 better than guessing the mean, 0.030 better than user and movie means, 0.010 "
        "better than the lesson (0.880), 0.010 worse than your last run (0.860). A new seed alone moves it by 0.003."
    )
    assert judged.tone == "good"


def test_the_figures_follow_the_metric_and_the_judgement_does_not() -> None:
    judged = verdict(ended(0.87), MEANS, (0.88**2,), metric="mse")
    assert judged is not None
    assert judged.text.startswith("Validation MSE 0.757: 0.453 better than guessing the mean, 0.053 better than")
    assert judged.text.endswith("0.017 better than the lesson (0.774). A new seed alone moves it by 0.005.")


@pytest.mark.parametrize("rmse", [0.8781, 0.88, 0.8829])
def test_what_a_seed_moves_is_no_difference(rmse: float) -> None:
    """Never "-0.000 better"."""
    judged = verdict(ended(rmse), MEANS, (0.88**2,), previous_rmse=0.88)
    assert judged is not None
    assert "level with the lesson (0.880), level with your last run (0.880)." in judged.text
    assert judged.tone == "good"


def test_the_lesson_counts_whatever_the_number_of_epochs() -> None:
    for losses in ((0.88**2,), (1.0, 0.9, 0.88**2)):
        judged = verdict(ended(0.87, 0.87), MEANS, losses)
        assert judged is not None and "0.010 better than the lesson (0.880)" in judged.text


def test_worse_than_a_guess() -> None:
    judged = verdict(ended(1.2), MEANS, (1.129,))
    assert judged is not None and judged.tone == "bad"
    assert "0.100 worse than guessing the mean, 0.300 worse than user and movie means" in judged.text


def test_a_run_whose_factors_are_gone_is_told_why() -> None:
    config = with_settings(replace(CONFIG, optimizer="adam", weight_decay=0.9), {"n_epochs": 15})
    judged = verdict(run(config), MEANS)
    assert judged is not None and judged.text.endswith(FACTORS_GONE)
    assert FACTORS_GONE not in str(verdict(run(replace(config, weight_decay=0)), MEANS))


def test_between_the_means_and_the_lesson() -> None:
    judged = verdict(ended(0.89), MEANS, (0.88**2,))
    assert judged is not None and judged.tone == "fair"


def test_without_anything_to_compare_with() -> None:
    assert verdict(ended(0.87)) == ("Validation RMSE 0.870.", "fair")
    assert verdict(History()) is None


def test_the_noise_of_a_seed_grows_with_the_scale() -> None:
    tenfold = [Baseline("user and movie means", 9.0**2, 7.0, "", "")]
    judged = verdict(ended(8.98), tenfold, seed_noise=seed_noise((0, 45)), words=ITEMS)
    assert judged is not None
    assert judged.text == ("Validation RMSE 8.980: level with user and item means. A new seed alone moves it by 0.030.")
    assert seed_noise((0.5, 5)) == SEED_NOISE
