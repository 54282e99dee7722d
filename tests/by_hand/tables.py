"""Small tables to factor by hand, for the tests of this folder, and their models as PyTorch modules."""

import numpy as np
import torch

from cf_core.by_hand.factors import Factors
from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.table import SmallTable
from cf_core.models.modules import EmbeddingDot, EmbeddingDotBias, RatingRange, Unbounded

NAN = np.nan
ALL_MODELS = [(biases, sigmoid) for biases in (False, True) for sigmoid in (False, True)]


def table(
    rating: list[list[float]], held_out: list[tuple[int, int]] = (), low: float = 1, high: float = 5
) -> SmallTable:
    """A table of those ratings, NaN where there is none."""
    values = np.array(rating, dtype=np.float64)
    is_held_out = np.zeros(values.shape, dtype=bool)
    for place in held_out:
        is_held_out[place] = True
    n_users, n_items = values.shape
    items = [10 * (j + 1) for j in range(n_items)]
    return SmallTable(
        user_ids=list(range(1, n_users + 1)),
        item_ids=items,
        titles=[f"Movie {item} (2000)" for item in items],
        rating=values,
        held_out=is_held_out,
        rating_range=(low, high),
    )


def random_table(seed: int = 0, n_users: int = 5, n_items: int = 4) -> SmallTable:
    """A table with blanks and held-out cells."""
    draw = np.random.default_rng(seed)
    rating = draw.integers(1, 6, (n_users, n_items)).astype(float)
    rating[draw.random(rating.shape) < 0.2] = NAN
    rating[0, 0], rating[0, 1] = 4.0, 3.0
    held_out = np.argwhere(~np.isnan(rating) & (draw.random(rating.shape) < 0.25))
    return table(rating.tolist(), [(i, j) for i, j in held_out if (i, j) != (0, 0)])


def random_factors(seed: int = 1, n_users: int = 5, n_items: int = 4, k: int = 3) -> Factors:
    """Factors and biases of either sign."""
    draw = np.random.default_rng(seed)
    return Factors(
        draw.normal(size=(n_users, k)),
        draw.normal(size=(n_items, k)),
        draw.normal(size=n_users),
        draw.normal(size=n_items),
    )


def in_pytorch(model: SmallModel, factors: Factors) -> EmbeddingDot | EmbeddingDotBias:
    """The same model as a module of `cf_core.models.modules`."""
    output = RatingRange(*model.rating_range) if model.sigmoid else Unbounded()
    users, items = (torch.from_numpy(array.copy()) for array in (factors.user_factors, factors.item_factors))
    if not model.biases:
        return EmbeddingDot(users, items, output)
    of_users, of_items = (torch.from_numpy(array[:, None].copy()) for array in (factors.user_bias, factors.item_bias))
    return EmbeddingDotBias(users, items, of_users, of_items, output)
