"""The standard error of movies' biases, from the ratings that they were learnt from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cf_core.config import TrainingConfig
from cf_core.errors import MissingPartError
from cf_core.insight.fitted_ratings import FittedRatings


@dataclass(frozen=True, eq=False)
class BiasUncertainty:
    """The uncertainty of all movies' biases, in the unit of the biases.

    As a function of the bias b of one movie, with all other weights fixed, training minimises approximately

        Σ (e_j - s_j b)² + λ' b²,   over its training ratings j

    where e_j is the residual of rating j without the bias (stars) and s_j the slope of the prediction, dŷ/dx, which is
    1 without a sigmoid. This is a ridge regression with one coefficient. With A = Σ s_j², which is the number of
    ratings if there is no sigmoid, and noise of σ stars in each rating:

        b = Σ s_j e_j / (A + λ')
        standard_error = σ / √(A + λ')

    That is how far b lies from the bias that endless ratings would give. It is larger than σ √A / (A + λ'), the spread
    of b when the model is refitted to other ratings: standard_error² is this spread² plus the mean square of the
    shrinkage by weight decay, if biases scatter about 0 with the variance σ²/λ' that the decay implies. A movie with
    few ratings has a small spread, because its bias stays near 0 whatever it is rated, and a large standard error,
    because little is known about it. With more ratings, the standard error falls and the two come closer.

    λ' = N λ / 2 for N training ratings and the weight decay λ, because the loss is a mean over a batch and decay acts
    once per batch. Where training divides the squared errors by a (`RatingScale.loss_unit`, 1 for stars), λ' is a times
    as large.

    Approximations: the factors and the users' biases are learnt from the same ratings and absorb part of the noise;
    training ends before its minimum, which shrinks rarely rated movies further; the ratings of some movies scatter more
    than those of others; Adam scales the steps of each weight. Compared with refits of the lesson's models on resampled
    ratings, the spread is within a tenth for movies with 30 ratings or more, and up to half too large for movies with
    one or two; the more so, the weaker the decay and the shorter the training.

    Attributes:
        noise: σ, the root mean square of the training residuals, in stars.
        penalty: λ', in ratings.
        weight: A of each movie, shape (n_items,), in ratings; 0 for a movie without a training rating.

    Source: Hoerl & Kennard, "Ridge regression" (1970); for the standard error as a posterior deviation, Bishop,
    "Pattern Recognition and Machine Learning" (2006), section 3.3.
    """

    noise: float
    penalty: float
    weight: NDArray[np.float64]

    @cached_property
    def standard_error(self) -> NDArray[np.float64]:
        """σ / √(A + λ'), shape (n_items,); infinite for a movie with neither ratings nor decay."""
        with np.errstate(divide="ignore"):
            error: NDArray[np.float64] = self.noise / np.sqrt(self.weight + self.penalty)
        return error


def bias_uncertainty(fitted: FittedRatings, config: TrainingConfig) -> BiasUncertainty:
    """The uncertainty of the biases of a model that was trained by `config`.

    Raises:
        MissingPartError: weight decay with AdamW, where it is not part of the loss, or with sparse steps, which decay a
            movie only when they move it.
    """
    if config.update == "sparse" and config.weight_decay > 0:
        raise MissingPartError(
            f"Sparse steps decay {fitted.ratings.words.an_item} only when one of its ratings is in the batch, so there "
            "is no formula for the uncertainty of its bias. Train with dense steps to see it."
        )
    if config.optimizer == "adamw" and config.weight_decay > 0:
        raise MissingPartError(
            "AdamW applies weight decay outside the loss, so there is no formula for the uncertainty of a bias. "
            "Train with adam or sgd to see it."
        )
    sums, n_train = fitted.item_sums, len(fitted.split.train_rows)
    return BiasUncertainty(
        noise=float(np.sqrt(sums.train_squares.sum() / n_train)),
        penalty=n_train * config.weight_decay / 2 * fitted.scale.loss_unit,
        weight=sums.train_weight,
    )
