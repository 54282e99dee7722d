"""The result of a training: factors and biases as NumPy arrays, with the ids of their users and items.

Saved as safetensors (numbers) and JSON (the rest): loading executes nothing.
"""

import json
import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from cf_core.data.id_map import IdMap
from cf_core.errors import MissingPartError, StoreError, VanishedFactorsError
from cf_core.files import atomic_write

NUMBERS, RECORD = "factors.safetensors", "factors.json"

NEARLY_ZERO = 3e-5
"""Stars or logits: `typical_product` below which factors are seen nowhere. On the embedded ratings, by decay, what it
is, and how many stars of RMSE the factors are worth: `fast` 5e-4: 6e-3, 0.006; 8e-4: 1e-4, 0.00005; 9e-4: 2e-5,
0.00001; `notebook-learner` in batches of 512 1e-3: 5e-4, 0.003; 1.2e-3: 4e-5, 0.0002; 1.5e-3: 2e-9. What is left then
is rounding and the length of the optimiser's last steps."""

VANISHED = (
    "All factors of this run are nearly zero, so nothing tells one movie from another: there is no map to draw, and "
    "none is nearer than the others."
)
LOWER_DECAY = "Weight decay pulls factors to zero: lower it, and train again."


def typical_product(user_norm: float, n_users: int, item_norm: float, n_items: int, n_factors: int) -> float:
    """√k · σ_p · σ_q: what the factors of a typical user and a typical movie contribute to a prediction, in stars or
    logits; σ are root mean squares.

    Args:
        user_norm, item_norm: Frobenius norms ‖P‖ and ‖Q‖ of `n_users` and `n_items` rows of `n_factors` factors each.
    """
    return user_norm * item_norm / math.sqrt(n_users * n_items * n_factors)


@dataclass(frozen=True)
class FittedFactors:
    """The weights of a fitted model that describe users and items.

    Attributes:
        recipe: the recipe that the model was trained by.
        users, items: raw ids in index order.
        user_factors: (n_users, n_factors) float32; item_factors: (n_items, n_factors).
        user_bias: (n_users,) float32 in `bias_unit`, None where the model has none; item_bias: (n_items,).
        bias_unit: "stars", or "logits" where a sigmoid follows.
        n_train_by_user, n_train_by_item: number of training ratings of each; a row with none was never trained.
        user_interests: (n_users, n_factors) float32, d_u, whose product with q_i tells who rated what; None where the
            model has none.
    """

    recipe: str
    users: IdMap
    items: IdMap
    user_factors: np.ndarray
    item_factors: np.ndarray
    user_bias: np.ndarray | None
    item_bias: np.ndarray | None
    bias_unit: str
    n_train_by_user: np.ndarray
    n_train_by_item: np.ndarray
    user_interests: np.ndarray | None = None

    @cached_property
    def have_vanished(self) -> bool:
        """Whether all factors are nearly zero, as too much weight decay makes them: `typical_product` of the users and
        items with a training rating is below `NEARLY_ZERO`, and that of interests and items as well. What is left of
        their directions is rounding."""
        users, items = self.n_train_by_user > 0, self.item_factors[self.n_train_by_item > 0]
        if not users.any() or not len(items):
            return True
        norms = [np.linalg.norm(of[users]) for of in (self.user_factors, self.user_interests) if of is not None]
        n_users, item_norm = int(np.count_nonzero(users)), float(np.linalg.norm(items))
        return typical_product(float(max(norms)), n_users, item_norm, *items.shape) < NEARLY_ZERO

    def need_item_factors(self) -> np.ndarray:
        """`item_factors`, shape (n_items, n_factors), to compare items by.

        Raises:
            VanishedFactorsError: they are all nearly zero.
        """
        if self.have_vanished:
            raise VanishedFactorsError(f"{VANISHED} {LOWER_DECAY}")
        return self.item_factors

    def need_item_bias(self) -> np.ndarray:
        """`item_bias`, shape (n_items,).

        Raises:
            MissingPartError: the model has none.
        """
        if self.item_bias is None:
            raise MissingPartError(
                f"A model trained by '{self.recipe}' has no biases, so it ranks no movies by them. "
                "Choose a run of a recipe with biases, such as notebook-learner."
            )
        return self.item_bias

    def need_user_bias(self) -> np.ndarray:
        """`user_bias`, shape (n_users,).

        Raises:
            MissingPartError: the model has none.
        """
        if self.user_bias is None:
            raise MissingPartError(
                f"A model trained by '{self.recipe}' has no user biases, which tell kind raters from harsh ones. "
                "Choose a run of a recipe with biases, such as notebook-learner."
            )
        return self.user_bias

    def need_user_interests(self) -> np.ndarray:
        """`user_interests`, shape (n_users, n_factors).

        Raises:
            MissingPartError: the model has none, or was stored before they were kept.
        """
        if self.user_interests is None:
            raise MissingPartError(
                f"This run of '{self.recipe}' has no user interests, which tell who rates what. "
                "Train a run of a recipe that has them, such as rank."
            )
        return self.user_interests

    def save(self, folder: Path) -> None:
        """Write both files into `folder`, each of them whole or not at all."""
        self.write(lambda file: atomic_write(folder / file))

    def write(self, replacing: Callable[[str], AbstractContextManager[Path]]) -> None:
        """Write both files, each to the path that `replacing` yields for its name."""
        numbers = {name: getattr(self, name) for name in _ARRAYS if getattr(self, name) is not None}
        record = {
            "recipe": self.recipe,
            "bias_unit": self.bias_unit,
            "user_ids": self.users.ids.tolist(),
            "item_ids": self.items.ids.tolist(),
        }
        with replacing(NUMBERS) as path:
            save_file(numbers, path)
        with replacing(RECORD) as path:
            path.write_text(json.dumps(record), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "FittedFactors":
        """The factors that `save` wrote into `folder`.

        Raises:
            StoreError: a file is missing or damaged.
        """
        return cls.read(lambda file: folder / file)

    @classmethod
    def read(cls, at: Callable[[str], Path]) -> "FittedFactors":
        """The factors in the files that `write` wrote; `at` says where a file of that name is.

        Raises:
            StoreError: a file is missing or damaged.
        """
        numbers_at, record_at = at(NUMBERS), at(RECORD)
        try:
            numbers = load_file(numbers_at)
            record = json.loads(record_at.read_text(encoding="utf-8"))
            return cls(
                recipe=record["recipe"],
                bias_unit=record["bias_unit"],
                users=IdMap(_ids(record["user_ids"]), "user"),
                items=IdMap(_ids(record["item_ids"]), "item"),
                user_factors=numbers["user_factors"],
                item_factors=numbers["item_factors"],
                user_bias=numbers.get("user_bias"),
                item_bias=numbers.get("item_bias"),
                n_train_by_user=numbers["n_train_by_user"],
                n_train_by_item=numbers["n_train_by_item"],
                user_interests=numbers.get("user_interests"),
            )
        except (OSError, SafetensorError, ValueError, KeyError) as error:
            raise StoreError(
                f"The factors in {numbers_at.parent} cannot be read ({error}). Delete this run and train it again."
            ) from error


_ARRAYS = (
    "user_factors",
    "item_factors",
    "user_bias",
    "item_bias",
    "n_train_by_user",
    "n_train_by_item",
    "user_interests",
)


def _ids(values: list[int] | list[str]) -> np.ndarray:
    return np.array(values, dtype=np.int64 if isinstance(values[0], int) else object)
