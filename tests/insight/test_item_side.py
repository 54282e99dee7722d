"""The items that a new user's predictions are made from."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.config import ModelConfig
from cf_core.data.id_map import IdMap
from cf_core.errors import DataMismatchError, MissingPartError
from cf_core.insight.item_side import ItemSide
from tests.insight.small_model import CONFIG, model


def test_by_hand() -> None:
    factors, split = model()
    factors = replace(factors, n_train_by_item=np.array([2, 2, 0]))
    side = ItemSide.of(factors, CONFIG.model, split)
    assert side.design(np.array([0, 2])).tolist() == [[0.5, 1], [1, 1]]
    assert side.offset(np.array([0, 2])).tolist() == [3.5, 2.5]
    assert side.trained.tolist() == [True, True, False]
    assert (side.has_bias, side.rating_range, side.scale.low) == (True, (2, 5), None)


def test_a_model_that_starts_at_the_mean_has_its_constant() -> None:
    factors, split = model()
    side = ItemSide.of(factors, ModelConfig("bias", range_margin=1.0, start_at_mean=True), split)
    assert side.scale.stars(side.scale.start) == pytest.approx(split.train_mean)
    assert side.offset(np.array([1]))[0] == side.scale.start + 3


def test_without_biases_there_is_no_column_for_one() -> None:
    factors, split = model()
    side = ItemSide.of(replace(factors, item_bias=None), ModelConfig("dot", sigmoid=False), split)
    assert side.design(np.array([0])).tolist() == [[0.5]]
    assert (side.has_bias, side.item_bias.tolist()) == (False, [0, 0, 0])


def test_a_net_says_what_it_does_instead() -> None:
    factors, split = model()
    with pytest.raises(MissingPartError, match="through its layers"):
        ItemSide.of(factors, ModelConfig("net"), split)


def test_factors_of_other_movies_are_refused() -> None:
    factors, split = model()
    with pytest.raises(DataMismatchError):
        ItemSide.of(replace(factors, items=IdMap(np.arange(3), "item")), CONFIG.model, split)
