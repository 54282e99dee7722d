"""What settings are worth, on results that are made to depend on them."""

import numpy as np
import pandas as pd
import pytest

from cf_core.errors import TooFewError
from cf_core.insight.importance import FEWEST, importances


@pytest.fixture
def settings() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "noise": draw.random(60),
            "rate": 10 ** draw.uniform(-4, 0, 60),
            "kind": draw.choice(["bias", "dot"], 60),
            "hidden": np.where(draw.random(60) < 0.5, np.nan, 10.0),
        }
    )


def test_what_the_result_depends_on_comes_first_and_noise_is_worth_nothing(settings) -> None:
    result = np.log10(settings["rate"]) + 1.5 * (settings["kind"] == "dot")
    found = {one.setting: one for one in importances(settings, result)}
    assert next(iter(found)) == "rate"
    assert found["rate"].share > found["kind"].share > 0.05 > abs(found["noise"].share)
    assert all(one.low <= one.share <= one.high for one in found.values())
    assert found["rate"].low > found["noise"].high


def test_that_a_setting_is_missing_can_be_what_counts(settings) -> None:
    best = importances(settings, settings["hidden"].isna().astype(float))[0]
    assert best.setting == "hidden" and best.share == pytest.approx(2, abs=0.5), "shuffled: MSE p(1-p)·2 over p(1-p)"


def test_neither_scale_nor_order_matters_and_the_same_seed_gives_the_same(settings) -> None:
    result = settings["rate"]
    before = importances(settings, result)
    assert importances(settings, result) == before
    scaled = importances(settings.assign(rate=np.log10(settings["rate"])), 100 * result + 7)
    assert scaled[0].setting == "rate"
    assert scaled[0].share == pytest.approx(before[0].share, rel=0.1)
    assert importances(settings, result, seed=1) != before


def test_few_runs_are_surer_of_less(settings) -> None:
    result = np.log10(settings["rate"]) + np.random.default_rng(1).normal(0, 0.5, 60)
    wide, narrow = importances(settings.head(15), result.head(15)), importances(settings, result)
    widths = [next(one.high - one.low for one in found if one.setting == "rate") for found in (wide, narrow)]
    assert widths[0] > widths[1]


def test_too_few_runs_or_one_result_are_refused(settings) -> None:
    with pytest.raises(TooFewError, match=f"{FEWEST - 1} runs"):
        importances(settings.head(FEWEST - 1), settings["rate"].head(FEWEST - 1))
    with pytest.raises(TooFewError, match="the same"):
        importances(settings, pd.Series(np.ones(60)))
