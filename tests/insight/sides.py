"""Items of a model, to order, and a run of the recipe `fast` on the embedded data."""

import functools

import numpy as np

from cf_core.config import TrainingConfig
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import Split, split_ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.item_side import ItemSide
from cf_core.rating_scale import RatingScale
from cf_core.training.fit import fit
from cf_core.training.recipes import recipe
from cf_core.training.state import TrainingState

LINEAR, SIGMOID = RatingScale(), RatingScale(0.0, 5.5, 0.4)


def make_side(scale: RatingScale = LINEAR, n_items: int = 12, n_factors: int = 3, has_bias: bool = True) -> ItemSide:
    """Random items, all trained."""
    draw = np.random.default_rng(0)
    bias = draw.normal(0, 0.3, n_items) + (0 if scale.low is not None else 3)
    return ItemSide(
        item_factors=draw.normal(0, 0.7, (n_items, n_factors)),
        item_bias=bias if has_bias else np.zeros(n_items),
        has_bias=has_bias,
        scale=scale,
        trained=np.ones(n_items, dtype=np.bool_),
        rating_range=(0.5, 5.0),
    )


@functools.cache
def fast_run() -> tuple[FittedFactors, TrainingConfig, Split, ItemSide]:
    """What the recipe `fast` learns on the embedded data."""
    config, split = recipe("fast").config, split_ratings(read_ratings(EMBEDDED))
    training = TrainingState.start(config, split)
    list(fit(training))
    factors = training.fitted_factors()
    return factors, config, split, ItemSide.of(factors, config.model, split)
