"""How a model's sum becomes stars, and the constant it starts from: the one place for both (lesson: "Bias")."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.config import ModelConfig
from cf_core.errors import ConfigError

LESSON_WIDTH = 4.5
"""From the lowest to the highest rating of the lesson, 0.5 to 5 stars."""
_ALIKE = 3, 6
"""Scales as wide as this are taken for stars, as they are."""


def star_size(rating_range: tuple[float, float]) -> float:
    """How much on a scale of ratings one of the lesson's stars is: 22.2 of 0 to 100, and 1 on any scale of about five
    stars. The settings of a run are in the lesson's stars, so that they mean the same on every scale.

    It jumps at both ends of what is taken for stars: there a run is one in plain stars, beyond it is the same on every
    scale, and little depends on where the one turns into the other. Of the lesson's data stretched to a width of 2.9
    and of 3.0, `fast` comes to an RMSE of 0.873 and 0.888 of the lesson's stars; of 6.0 and of 6.1, to 0.873 and 0.873.
    """
    width = rating_range[1] - rating_range[0]
    return 1.0 if _ALIKE[0] <= width <= _ALIKE[1] else width / LESSON_WIDTH


@dataclass(frozen=True)
class RatingScale:
    """ŷ = x, or with a sigmoid ŷ = low + (high - low) · σ(x), where x = start + p_u · q_i + b_u + b_i.

    Attributes:
        low, high: what the sigmoid reaches towards, in stars; None where there is no sigmoid.
        start: a constant c such that x = c gives the mean rating; 0 unless the model starts at the mean.
        star: how much on this scale one of the lesson's stars is, see `star_size`.
    """

    low: float | None = None
    high: float | None = None
    start: float = 0.0
    star: float = 1.0

    @property
    def loss_unit(self) -> float:
        """What the squared error is divided by before its gradient is taken, a.

        With s for `star`, a sigmoid's x is the same on every scale and its error s times as large: a = s² makes the
        steps, and the weight decay beside them, those of the lesson's stars. Without a sigmoid the products themselves
        are s times as large, so the factors √s times, and a = s does.
        """
        return self.star**2 if self.low is not None else self.star

    @classmethod
    def of(cls, config: ModelConfig, rating_range: tuple[float, float], train_mean: float) -> "RatingScale":
        """The scale of the model that `config` describes. Its range is that of the ratings, `range_margin` wider on
        both sides (in the lesson's stars), and c = log((μ - low) / (high - μ)) where it starts at the mean μ.

        Args:
            rating_range: lowest and highest rating of the data, in stars.
            train_mean: mean of the training ratings, in stars.

        Raises:
            ConfigError: a negative `range_margin` leaves the sigmoid no range, or one without the mean to start at.
        """
        star = star_size(rating_range)
        if not config.sigmoid:
            return cls(star=star)
        margin = config.range_margin * star
        low, high = rating_range[0] - margin, rating_range[1] + margin
        if low >= high:
            raise ConfigError(
                f"range_margin={config.range_margin} leaves nothing of ratings from {rating_range[0]:g} to "
                f"{rating_range[1]:g}. Choose more than {(rating_range[0] - rating_range[1]) / 2 / star:g}."
            )
        if not config.start_at_mean:
            return cls(low, high, star=star)
        if not low < train_mean < high:
            raise ConfigError(
                f"The mean rating of {train_mean:.2f}, where the model should start, is out of its range, "
                f"{low:g} to {high:g}. Turn start_at_mean off, or take a range_margin of 0 or more."
            )
        return cls(low, high, math.log((train_mean - low) / (high - train_mean)), star)

    def value_and_derivative(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """ŷ (stars) and dŷ/dx: x and 1, or low + (high - low) · σ(x) and (high - low) · σ(x) · (1 - σ(x))."""
        if self.low is None or self.high is None:
            return x, np.ones_like(x)
        share = 0.5 * (1 + np.tanh(0.5 * x))  # σ(x), in a form that never overflows
        width = self.high - self.low
        return self.low + width * share, width * share * (1 - share)

    def stars(self, x: float) -> float:
        """ŷ of one sum."""
        return float(self.value_and_derivative(np.array(x, dtype=np.float64))[0])
