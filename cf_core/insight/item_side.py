"""What a fitted model knows of the items: all that a new user's predictions are made from, and that stays as it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.config import ModelConfig
from cf_core.data.split import Split
from cf_core.errors import DataMismatchError, MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.rating_scale import RatingScale
from cf_core.words import MOVIES, Words


@dataclass(frozen=True, eq=False)
class ItemSide:
    """The items of a fitted model, float64. The sum of user p, b for item i is x = c + b + b_i + p · q_i.

    Attributes:
        item_factors: q_i, shape (n_items, n_factors).
        item_bias: b_i, shape (n_items,), in the unit of the sum; zeros where the model has no biases.
        has_bias: whether the model has biases; where not, b is 0 and is not fitted.
        scale: has the constant c, and turns x into stars.
        trained: shape (n_items,), whether the item has a training rating; one without takes no part.
        rating_range: lowest and highest rating of the data, stars.
        words: what the items are called.
    """

    item_factors: NDArray[np.float64]
    item_bias: NDArray[np.float64]
    has_bias: bool
    scale: RatingScale
    trained: NDArray[np.bool_]
    rating_range: tuple[float, float]
    words: Words = MOVIES

    @classmethod
    def of(cls, factors: FittedFactors, config: ModelConfig, split: Split) -> "ItemSide":
        """The items of a model trained by `config` on `split`.

        Raises:
            MissingPartError: a neural net.
            DataMismatchError: the factors belong to other items.
        """
        if config.kind == "net":
            raise MissingPartError(
                "The neural net has factors for its users too, but predicts by putting them through its layers, so no "
                "ridge regression gives a new user's. Choose a run of a model with a dot product, such as fast."
            )
        if factors.items != split.ratings.items:
            raise DataMismatchError(
                f"These factors do not belong to the {split.ratings.words.items} of '{split.ratings.name}'. "
                "Choose the data that the run was trained on."
            )
        bias = factors.item_bias
        return cls(
            item_factors=factors.item_factors.astype(np.float64),
            item_bias=np.zeros(len(factors.items)) if bias is None else bias.astype(np.float64),
            has_bias=bias is not None,
            scale=RatingScale.of(config, split.ratings.rating_range, split.train_mean),
            trained=factors.n_train_by_item > 0,
            rating_range=split.ratings.rating_range,
            words=split.ratings.words,
        )

    def design(self, item_idx: NDArray[np.int64]) -> NDArray[np.float64]:
        """q̃_i of each item, shape (n, n_factors + 1): q_i and a 1 that stands for the user's bias, or q_i alone where
        the model has no biases. With w = (p, b), p · q_i + b is w · q̃_i."""
        factors = self.item_factors[item_idx]
        return np.column_stack([factors, np.ones(len(factors))]) if self.has_bias else factors

    def offset(self, item_idx: NDArray[np.int64]) -> NDArray[np.float64]:
        """c + b_i of each item, shape (n,): the part of the sum that the user has no say in."""
        offset: NDArray[np.float64] = self.scale.start + self.item_bias[item_idx]
        return offset
