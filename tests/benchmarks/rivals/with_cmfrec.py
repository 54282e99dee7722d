"""cmfrec: least squares in turn for users and movies, biases among them; with "implicit", the table of who rated what
is factorised along."""

from importlib.metadata import version

import numpy as np
from cmfrec import CMF
from contest import Rows, Sizes, take_turn
from scipy.sparse import coo_matrix

# Chosen on a fifth of the training ratings, held back; "quick" for little time. Penalties are those of user biases,
# movie biases, user factors and movie factors; the last two have no part here.
IMPLICIT = {"add_implicit_features": True, "w_implicit": 0.5, "lambda_": np.array([3.0, 2, 14, 10, 14, 10])}
QUICK = {
    "lambda_": np.array([3.0, 5, 5, 7, 5, 7]),
    "niter": 2,
    "finalize_chol": False,
    "precompute_for_predictions": False,
}
THOROUGH = {"lambda_": np.array([3.0, 2, 10, 10, 10, 10]), "w_implicit": 0.3, "k": 60, "use_cg": False, "niter": 30}
SETTINGS: dict[str, dict[str, object]] = {
    "default": {},
    "implicit": IMPLICIT,
    "implicit, quick": IMPLICIT | QUICK,
    "implicit, thorough": IMPLICIT | THOROUGH,
}


def prepare(rows: Rows, sizes: Sizes) -> coo_matrix:
    return coo_matrix((rows.rating, (rows.user_idx.astype(np.int32), rows.item_idx.astype(np.int32))), shape=sizes)


def fit(ratings: coo_matrix, setting: str) -> tuple[CMF, np.ndarray]:
    return CMF(**SETTINGS[setting], nthreads=1).fit(ratings), np.bincount(ratings.col, minlength=ratings.shape[1])


def predict(fitted: tuple[CMF, np.ndarray], rows: Rows) -> np.ndarray:
    """To a movie without a training rating the library gives a bias of 1; here it gets none, which is better."""
    model, n_ratings = fitted
    of_user = model.glob_mean_ + model.user_bias_[rows.user_idx]
    return np.where(n_ratings[rows.item_idx] > 0, model.predict(rows.user_idx, rows.item_idx), of_user)


if __name__ == "__main__":
    take_turn(version("cmfrec"), prepare, fit, predict)
