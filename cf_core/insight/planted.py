"""What a fitted model has found of the factors that were planted in made-up ratings, and what it has made of the noise.

A model's own factors cannot be compared with the planted ones: they may be turned in any way, and behind a sigmoid they
are in logits. Compared are predicted ratings, from which the means of each user and of each item are taken out: what is
left is what people differ about, the part of a rating that factors are for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.extmath import randomized_svd

from cf_core.config import ModelConfig
from cf_core.data.made_up.planted import Planted
from cf_core.data.split import Split
from cf_core.errors import MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.procrustes import align
from cf_core.rating_scale import RatingScale

Floats = NDArray[np.float64]

MOST_USERS, MOST_ITEMS = 1_500, 1_000
"""Of larger data a random part is compared, the same for every run: 1.5 million predictions take 0.1 s."""


@dataclass(frozen=True, eq=False)
class FoundFactors:
    """Planted against found, over the pairs of some users and items. With T the planted part of the ratings and F the
    found one, both (users, items) with all means of rows and columns at 0,

        total = 1 - ‖F - T‖² / ‖T‖² = Σ_k weight_k · recovered_k - noise

    Attributes:
        weight: (n_planted,) share of the planted variance ‖T‖² that each factor has.
        recovered: (n_planted,) share of each planted factor that the predictions have; 0 where it is missing, and below
            0 where they have something else in its place.
        noise: variance of what was found beside the planted factors, as a share of the planted variance.
        planted_strength, found_strength: (n_planted,), (n_found,) singular values of T and F as standard deviations of
            what one factor adds to the ratings, in their unit; the strongest first.
        planted_items, found_items: (n_items, n_planted) coordinates of the items on the planted factors, and those of
            the found factors after the rotation or reflection that brings them closest to the planted; both scaled so
            that an item's number is the standard deviation, over users, of what the factor adds to ratings of it.
        item_ids: (n_items,) raw ids of the items compared.
        user_bias_correlation, item_bias_correlation: of the planted biases with the means of the predictions of each
            user, or item; None where the planted are all alike.
    """

    weight: Floats
    recovered: Floats
    noise: float
    planted_strength: Floats
    found_strength: Floats
    planted_items: Floats
    found_items: Floats
    item_ids: NDArray[np.int64]
    user_bias_correlation: float | None
    item_bias_correlation: float | None

    @property
    def recovered_in_all(self) -> float:
        """Share of the planted variance that the predictions have."""
        return float(self.weight @ self.recovered)

    @property
    def total(self) -> float:
        """What is recovered less the noise beside it: 1 for the truth itself, 0 for a model without factors, and below
        0 where what was found is further from the truth than nothing."""
        return self.recovered_in_all - self.noise


def find_planted(factors: FittedFactors, config: ModelConfig, split: Split, planted: Planted) -> FoundFactors:
    """Compare a fitted model with the truth behind its ratings.

    Args:
        factors: of a model trained by `config` on `split`.
        planted: in the order of the ratings, see `Planted.of_ratings`.

    Raises:
        MissingPartError: a neural net, whose predictions need its layers too.
    """
    if config.kind == "net":
        raise MissingPartError(
            "A neural net has no dot product whose factors could be compared with planted ones. Choose a run of a "
            "model with biases."
        )
    users, items = _sample(split.ratings.n_users, MOST_USERS), _sample(split.ratings.n_items, MOST_ITEMS)
    predicted = _predictions(factors, config, split, users, items)
    part = Planted(
        planted.options,
        planted.user_factors[users],
        planted.item_factors[items],
        planted.user_bias[users],
        planted.item_bias[items],
    )
    return compare(predicted, part, factors.items.ids[items], config.n_factors)


def compare(predicted: Floats, planted: Planted, item_ids: NDArray[np.int64], n_found: int) -> FoundFactors:
    """Compare predictions with the truth.

    With U and V orthonormal bases of the planted factors of users and items, S = UᵀTV and C = UᵀFV, factor k is
    recovered to 1 - ‖(C - S)_k‖² / ‖S_k‖², where _k is the k-th column. What F has outside of these bases is noise.

    Args:
        predicted: in the unit of the ratings, shape (n_users, n_items), the users and items of `planted`.
        item_ids: shape (n_items,).
        n_found: how many factors the predictions were made with.
    """
    found, users, items = _without_means(predicted), _centred(planted.user_factors), _centred(planted.item_factors)
    (user_basis, user_part), (item_basis, item_part) = np.linalg.qr(users), np.linalg.qr(items)
    truth, seen = user_part @ item_part.T, user_basis.T @ found @ item_basis
    column, variance = np.square(truth).sum(axis=0), float(np.square(truth).sum())
    strengths = np.linalg.svd(truth, compute_uv=False) / np.sqrt(found.size)
    own_users, found_strength, own_items = _factors_of(found, n_found)
    return FoundFactors(
        weight=column / variance,
        recovered=1 - np.square(seen - truth).sum(axis=0) / column,
        noise=max(0.0, float(np.square(found).sum() - np.square(seen).sum())) / variance,
        planted_strength=strengths,
        found_strength=found_strength,
        planted_items=items * np.sqrt(np.square(users).mean(axis=0)),
        found_items=_aligned(own_users, own_items, users, items),
        item_ids=item_ids,
        user_bias_correlation=_correlation(planted.user_bias, predicted.mean(axis=1)),
        item_bias_correlation=_correlation(planted.item_bias, predicted.mean(axis=0)),
    )


def _sample(n: int, most: int) -> NDArray[np.int64]:
    """Indices of all, or of `most` drawn at random, ascending."""
    return np.arange(n) if n <= most else np.sort(np.random.default_rng(0).choice(n, most, replace=False))


def _predictions(
    factors: FittedFactors, config: ModelConfig, split: Split, users: NDArray[np.int64], items: NDArray[np.int64]
) -> Floats:
    """ŷ of each of the users for each of the items, shape (n_users, n_items)."""
    sums = factors.user_factors[users].astype(np.float64) @ factors.item_factors[items].astype(np.float64).T
    if factors.user_bias is not None and factors.item_bias is not None:
        sums += factors.user_bias[users, None].astype(np.float64) + factors.item_bias[items]
    scale = RatingScale.of(config, split.ratings.rating_range, split.train_mean)
    predicted, _ = scale.value_and_derivative(sums + scale.start)
    return predicted


def _centred(values: Floats) -> Floats:
    centred: Floats = values - values.mean(axis=0)
    return centred


def _without_means(values: Floats) -> Floats:
    """What is left without the means of the rows and of the columns."""
    return _centred(_centred(values).T).T


def _factors_of(found: Floats, n_found: int) -> tuple[Floats, Floats, Floats]:
    """The best product of `n_found` factors of users and items: both with the strength shared evenly between them, and
    the singular values as standard deviations."""
    n_found = min(n_found, min(found.shape) - 1)
    left, values, right = randomized_svd(found, n_found, n_iter=4, random_state=0)
    share = np.sqrt(values)
    return left * share, values / np.sqrt(found.size), right.T * share


def _aligned(own_users: Floats, own_items: Floats, users: Floats, items: Floats) -> Floats:
    """The items' found factors, turned so that users and items together come closest to the planted ones, and scaled as
    `FoundFactors.found_items`; shape (n_items, n_planted).

    One rotation turns both sides, so that the products of the two stay the same. Before it, both sides of both get the
    same length, factor by factor; the side with fewer factors gets columns of zeros.
    """
    n_planted, n = users.shape[1], max(users.shape[1], own_users.shape[1])
    balance = np.sqrt(np.linalg.norm(items, axis=0) / np.linalg.norm(users, axis=0))
    rotation = align(
        _widened(np.vstack([own_users, own_items]), n), _widened(np.vstack([users * balance, items / balance]), n)
    )
    turned = (_widened(own_items, n) @ rotation)[:, :n_planted]
    turned_users = (_widened(own_users, n) @ rotation)[:, :n_planted]
    aligned: Floats = turned * np.sqrt(np.square(turned_users).mean(axis=0))
    return aligned


def _widened(factors: Floats, n: int) -> Floats:
    return np.pad(factors, ((0, 0), (0, n - factors.shape[1])))


def _correlation(planted: Floats, found: Floats) -> float | None:
    if np.ptp(planted) == 0 or np.ptp(found) == 0:
        return None
    return float(np.corrcoef(planted, found)[0, 1])
