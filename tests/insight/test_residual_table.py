"""The table of residuals: rating minus prediction, the largest first."""

import numpy as np
import pytest

from cf_core.errors import ConfigError
from cf_core.insight.fitted_ratings import fitted_ratings
from cf_core.insight.residual_table import residual_table, worst
from tests.insight.small_model import CONFIG, model
from tests.small import make_split


def test_the_small_model() -> None:
    factors, split = model()
    (row,) = residual_table(split, fitted_ratings(factors, CONFIG.model, split).predicted).to_dict("records")
    assert row == {
        "row": 5, "user_id": 30, "item_id": 7, "title": "A (1994)", "rating": 4.0, "predicted": 3.75, "residual": 0.25,
        "user_n_train": 1, "item_n_train": 2,
    }  # fmt: skip


def test_every_validation_rating_once_and_the_largest_error_first() -> None:
    split = make_split()
    predicted = np.random.default_rng(0).uniform(1, 5, split.ratings.n_ratings)
    table = residual_table(split, predicted)
    assert sorted(table["row"]) == sorted(split.valid_rows)
    assert table["residual"].to_numpy() == pytest.approx(table["rating"] - table["predicted"])
    assert table["predicted"].to_numpy() == pytest.approx(predicted[table["row"]])
    assert table["rating"].to_numpy() == pytest.approx(split.ratings.rating[table["row"]])
    assert (np.diff(table["residual"].abs()) <= 0).all()
    assert (table["residual"] ** 2).mean() == pytest.approx(
        np.mean((split.ratings.rating[split.valid_rows] - predicted[split.valid_rows]) ** 2)
    )


def test_only_too_high_or_too_low() -> None:
    split = make_split()
    table = residual_table(split, np.full(split.ratings.n_ratings, 3.25))
    high, low = worst(table, "too high"), worst(table, "too low")
    assert (high["predicted"] > high["rating"]).all() and (low["predicted"] < low["rating"]).all()
    assert len(high) + len(low) == len(worst(table)) == len(table)
    assert worst(table, n=3)["row"].tolist() == table["row"].tolist()[:3]
    with pytest.raises(ConfigError, match="n=0 shows no prediction"):
        worst(table, n=0)
