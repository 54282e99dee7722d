"""One frame of the film of a run: where the movies lie after an epoch, and how large biases and factors are.

Small enough to store one per epoch (65 KB for 3,000 movies). Saved as safetensors, so that loading executes nothing.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from cf_core.errors import StoreError
from cf_core.fitted_factors import FittedFactors

MOST_ITEMS, MOST_USERS = 3_000, 5_000
"""A snapshot has this many of the most rated items, and the norms of this many users, evenly spaced."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The weights of a model after one epoch, reduced to what the film draws.

    Attributes:
        epoch: number of epochs trained so far; 0 is the random start.
        item_idx: (n,) int32, the most rated items with a training rating, most rated first.
        positions: (n, 2) float32, the items' scores on the first two principal components of their factors, in the
            units of the factors. See `principal_scores`.
        explained_variance_ratio: (2,), the share of the variance of the factors that each component explains.
        item_norm: (n,), the lengths ‖q_i‖ of the items' factors.
        user_norm: (m,), the lengths ‖p_u‖ of the users' factors: of all users, or of `MOST_USERS` evenly spaced ones.
        item_bias, user_bias: (n,) and (m,), of the same items and users in `bias_unit`; None if the model has none.
        bias_unit: "stars", or "logits" if a sigmoid follows.
    """

    epoch: int
    item_idx: NDArray[np.int32]
    positions: NDArray[np.float32]
    explained_variance_ratio: NDArray[np.float32]
    item_norm: NDArray[np.float32]
    user_norm: NDArray[np.float32]
    item_bias: NDArray[np.float32] | None
    user_bias: NDArray[np.float32] | None
    bias_unit: str

    def save(self, path: Path) -> None:
        """Write the snapshot to `path`. Writing atomically is up to the caller."""
        arrays = {name: getattr(self, name) for name in _ARRAYS if getattr(self, name) is not None}
        save_file(arrays, path, {"snapshot": json.dumps({"epoch": self.epoch, "bias_unit": self.bias_unit})})

    @classmethod
    def load(cls, path: Path) -> "Snapshot":
        """The snapshot that `save` wrote to `path`.

        Raises:
            StoreError: the file is missing or damaged.
        """
        try:
            with safe_open(path, "np") as file:
                record = json.loads(file.metadata()["snapshot"])
                arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
            if arrays["positions"].shape != (len(arrays["item_idx"]), 2):
                raise ValueError("its positions do not match its movies")
            return cls(**{"item_bias": None, "user_bias": None, **arrays}, **record)
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"The snapshot {path} cannot be read ({error}). Delete the file; the film then skips that epoch."
            ) from error


_ARRAYS = (
    "item_idx",
    "positions",
    "explained_variance_ratio",
    "item_norm",
    "user_norm",
    "item_bias",
    "user_bias",
)


def snapshot(factors: FittedFactors, items: NDArray[np.integer], epoch: int) -> Snapshot:
    """The snapshot of `factors`, as they are after `epoch` epochs.

    Args:
        items: indices of the items to show, at least one; see `popular_trained_items`.
    """
    users = _evenly_spaced(len(factors.user_factors), MOST_USERS)
    positions, ratio = principal_scores(factors.item_factors[items])
    item_bias, user_bias = factors.item_bias, factors.user_bias
    return Snapshot(
        epoch=epoch,
        item_idx=np.asarray(items, dtype=np.int32),
        positions=positions.astype(np.float32),
        explained_variance_ratio=ratio.astype(np.float32),
        item_norm=np.linalg.norm(factors.item_factors[items], axis=1).astype(np.float32),
        user_norm=np.linalg.norm(factors.user_factors[users], axis=1).astype(np.float32),
        item_bias=None if item_bias is None else item_bias[items].astype(np.float32),
        user_bias=None if user_bias is None else user_bias[users].astype(np.float32),
        bias_unit=factors.bias_unit,
    )


def principal_scores(vectors: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The scores of `vectors` X, shape (n, k), on their first two principal components, and the share of the variance
    that each explains:

        scores = X̄ V   with X̄ = X minus its mean row, and V the eigenvectors of X̄ᵀX̄ of the two largest eigenvalues

    Here the movies are the samples and the factors the variables, so that a score has the units of a factor and the
    film shows how the cloud spreads. The lesson's PCA (`projection.project`) is the other way round: the factors are
    the samples, each movie's mean over its own factors is subtracted, and a component is a unit vector however far the
    movies are spread. The sign of a component is arbitrary.

    Returns:
        (n, 2) and (2,). With a single factor, the second component is 0; if all vectors are equal, both shares are.
    """
    centred = vectors.astype(np.float64)
    centred -= centred.mean(axis=0)
    values, directions = np.linalg.eigh(centred.T @ centred)  # k × k, ascending: far cheaper than an SVD of all rows
    scores, ratio = np.zeros((len(centred), 2)), np.zeros(2)
    n = min(2, len(values))
    scores[:, :n] = centred @ directions[:, ::-1][:, :n]
    total = np.trace(centred.T @ centred)
    if total > 0:
        ratio[:n] = np.maximum(values[::-1][:n], 0) / total
    return scores, ratio


def _evenly_spaced(n: int, limit: int) -> NDArray[np.int64]:
    """Positions of `limit` of `n`, or of all where there are no more."""
    return np.linspace(0, n - 1, min(n, limit)).round().astype(np.int64)
