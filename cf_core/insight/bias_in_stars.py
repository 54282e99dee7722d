"""What a bias is worth in stars."""

import numpy as np
from numpy.typing import NDArray

from cf_core.config import ModelConfig
from cf_core.data.split import Split
from cf_core.rating_scale import RatingScale

_ROOM = 0.01
"""Share of the range that stays between the mean and either end of a sigmoid, which reaches neither."""


def bias_in_stars(bias: NDArray[np.floating], config: ModelConfig, split: Split) -> NDArray[np.float64]:
    """How many stars each bias adds to a prediction that without it would be the mean rating. Behind a sigmoid that is
    only about right for other predictions: near the ends of the scale a bias moves them less.

    Args:
        bias: in the unit of the model's biases.
    """
    mean, logits = split.train_mean, bias.astype(np.float64)
    scale = RatingScale.of(config, split.ratings.rating_range, mean)
    if scale.low is None or scale.high is None:
        return logits
    share = np.clip((mean - scale.low) / (scale.high - scale.low), _ROOM, 1 - _ROOM)
    at_mean = np.log(share / (1 - share))
    with_bias, _ = scale.value_and_derivative(at_mean + logits)
    without, _ = scale.value_and_derivative(np.full_like(logits, at_mean))
    moved: NDArray[np.float64] = with_bias - without
    return moved
