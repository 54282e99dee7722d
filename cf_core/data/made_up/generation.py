"""Draws made-up ratings: plants factors and biases, chooses who rates what, adds noise, rounds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.data.made_up.options import MadeUpOptions
from cf_core.data.made_up.planted import Planted, rounded
from cf_core.data.made_up.who_rates import choose_pairs


@dataclass(frozen=True, eq=False)
class MadeUp:
    """Ratings and the truth that they were drawn from; row j says that user `user_idx[j]` gave item `item_idx[j]`
    `rating[j]`, shape (n_ratings,) each."""

    planted: Planted
    user_idx: NDArray[np.int64]
    item_idx: NDArray[np.int64]
    rating: NDArray[np.float64]

    def noise_floor(self) -> float:
        """RMSE over all ratings of the best that can be predicted, in the unit of the scale."""
        best = self.planted.expected_ratings(self.planted.sums(self.user_idx, self.item_idx))
        return float(np.sqrt(np.square(self.rating - best).mean()))


def make_up(options: MadeUpOptions) -> MadeUp:
    """Ratings by the model of `Planted`; equal options give equal ratings.

    The random numbers for the truth, for who rates what, and for the noise come from streams of their own, so that
    with more noise the same people rate the same items.
    """
    truth, choosing, noise = (np.random.default_rng(child) for child in np.random.SeedSequence(options.seed).spawn(3))
    planted = plant(options, truth)
    user_idx, item_idx = choose_pairs(planted, choosing)
    heard = planted.sums(user_idx, item_idx) + options.noise * noise.standard_normal(options.n_ratings)
    return MadeUp(planted, user_idx, item_idx, rounded(heard, options))


def factor_strengths(options: MadeUpOptions) -> NDArray[np.float64]:
    """Standard deviation of what each factor adds to the ratings, in the unit of the scale, shape (n_factors,): each
    `factor_decay` times that of the one before, `factor_spread` all together."""
    relative = options.factor_decay ** np.arange(options.n_factors, dtype=np.float64)
    strengths: NDArray[np.float64] = options.factor_spread * relative / np.sqrt(np.square(relative).sum())
    return strengths


def plant(options: MadeUpOptions, draw: np.random.Generator) -> Planted:
    """Normal factors, centred and made orthogonal, and normal biases, centred."""
    user, item = (_orthogonal(draw.standard_normal((n, options.n_factors))) for n in (options.n_users, options.n_items))
    share = np.sqrt(factor_strengths(options))
    user_bias, item_bias = (_centred(draw.standard_normal(n)) for n in (options.n_users, options.n_items))
    return Planted(
        options, share * user, share * item, options.user_spread * user_bias, options.item_spread * item_bias
    )


def _centred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred: NDArray[np.float64] = values - values.mean(axis=0)
    return centred


def _orthogonal(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The columns centred and made orthogonal one after the other (Gram-Schmidt), each with a mean square of 1."""
    basis, triangle = np.linalg.qr(_centred(values))
    orthogonal: NDArray[np.float64] = basis * np.sign(np.diag(triangle)) * np.sqrt(len(values))
    return orthogonal
