"""EASE: an item-item model in closed form, which learns from who rated what alone and not from the stars.

Source: Steck, "Embarrassingly Shallow Autoencoders for Sparse Data" (2019).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cf_core.errors import ConfigError, TooCostlyError

PENALTY = 250.0
"""λ, as for MovieLens in the paper."""

LARGEST_SIDE = 12_000
"""Users or items, whichever are fewer: a matrix of 1.2 GB, twice while it is inverted."""

_ROWS_AT_ONCE = 1_000


def check_size(n_users: int, n_items: int) -> None:
    """Raise `TooCostlyError` where both are more than `LARGEST_SIDE`."""
    if min(n_users, n_items) > LARGEST_SIDE:
        raise TooCostlyError(
            f"EASE inverts a matrix of the users or of the items; {n_users:,} users and {n_items:,} items are both "
            f"more than {LARGEST_SIDE:,}. Take a part of the data."
        )


@dataclass(frozen=True, eq=False)
class Ease:
    """A fitted EASE, which scores a row x of who was rated by

        s = x B,   B = I - P · diag(1 / diag P),   P = (XᵀX + λI)⁻¹

    B, n_items², is never built: s = x - x P / diag P, and where there are fewer users than items, by Woodbury's
    identity,

        P = (I - XᵀK⁻¹X) / λ,   K = XXᵀ + λI

    so that only K, n_users², is inverted. Both give the same scores.

    Attributes:
        rated: X, (n_users, n_items), 1 where there is a training rating.
        penalty: λ.
        inverse: K⁻¹, or P where there are fewer items than users.
        diagonal: (n_items,) diag P.
    """

    rated: sparse.csr_matrix
    penalty: float
    inverse: NDArray[np.float64]
    diagonal: NDArray[np.float64]

    @classmethod
    def fit(cls, rated: sparse.csr_matrix, penalty: float = PENALTY) -> "Ease":
        """Fit to X.

        Args:
            rated: see `Candidates`.
            penalty: λ; the larger, the less a movie that few have rated counts.

        Raises:
            ConfigError: `penalty` is not above 0.
            TooCostlyError: both sides are larger than `LARGEST_SIDE`.
        """
        if not penalty > 0:
            raise ConfigError(f"penalty={penalty} is out of range. Choose a number above 0.")
        check_size(*rated.shape)
        if rated.shape[0] < rated.shape[1]:
            inverse = _inverse(rated, penalty)
            return cls(rated, penalty, inverse, (1 - _explained(rated, inverse)) / penalty)
        inverse = _inverse(rated.T.tocsr(), penalty)
        return cls(rated, penalty, inverse, inverse.diagonal())

    def scores(self, rows: sparse.csr_matrix) -> NDArray[np.float64]:
        """s for each row x, (n_rows, n_items): of users that it was fitted to, or of new ones."""
        x: NDArray[np.float64] = rows.toarray()
        return x - self._times_p(rows, x) / self.diagonal

    def _times_p(self, rows: sparse.csr_matrix, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """x P."""
        if len(self.inverse) == self.rated.shape[1]:
            product: NDArray[np.float64] = rows @ self.inverse
            return product
        shared = (rows @ self.rated.T).toarray()  # how many items a row shares with each user
        found: NDArray[np.float64] = (self.rated.T @ (shared @ self.inverse).T).T
        return (x - found) / self.penalty


def _inverse(x: sparse.csr_matrix, penalty: float) -> NDArray[np.float64]:
    """(x xᵀ + λI)⁻¹."""
    gram = np.empty((x.shape[0], x.shape[0]))
    for start in range(0, len(gram), _ROWS_AT_ONCE):
        gram[start : start + _ROWS_AT_ONCE] = (x[start : start + _ROWS_AT_ONCE] @ x.T).toarray()
    gram[np.diag_indices_from(gram)] += penalty
    return np.linalg.inv(gram)


def _explained(rated: sparse.csr_matrix, inverse: NDArray[np.float64]) -> NDArray[np.float64]:
    """diag XᵀK⁻¹X, (n_items,)."""
    total = np.zeros(rated.shape[1])
    for start in range(0, rated.shape[0], _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        total += np.asarray(rated[rows].multiply((rated.T @ inverse[rows].T).T).sum(axis=0)).ravel()
    return total


def ease_as_in_the_paper(rated: NDArray[np.float64], penalty: float) -> NDArray[np.float64]:
    """B, (n_items, n_items), in the few lines of the paper, to be read: n_items³ steps.

    Args:
        rated: X, dense.
    """
    p = np.linalg.inv(rated.T @ rated + penalty * np.eye(rated.shape[1]))
    b = -p / np.diag(p)
    np.fill_diagonal(b, 0)
    return b
