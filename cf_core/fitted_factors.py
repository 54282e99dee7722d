"""The result of a training: factors and biases as NumPy arrays, with the ids of their users and items.

Saved as safetensors (numbers) and JSON (the rest): loading executes nothing.
"""

import json
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

NEARLY_ZERO = 1e-4
"""Stars or logits: factors that contribute less can be seen nowhere. Too much weight decay leaves up to 4e-5 where the
optimiser's steps keep a length of their own (Adam), and 1e-19 where they do not."""


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
        """Whether all factors are nearly zero, as too much weight decay makes them: |q_i| · max(1, |p_u|) is below
        `NEARLY_ZERO` for every item with a training rating and every user. What is left of their directions is
        rounding."""
        items = self.item_factors[self.n_train_by_item > 0]
        return _longest(items) * max(1.0, _longest(self.user_factors)) < NEARLY_ZERO

    def need_item_factors(self) -> np.ndarray:
        """`item_factors`, shape (n_items, n_factors), to compare items by.

        Raises:
            VanishedFactorsError: they are all nearly zero.
        """
        if self.have_vanished:
            raise VanishedFactorsError(
                f"All factors of this model, trained by '{self.recipe}', are nearly zero, so nothing tells one movie "
                "from another: there is no map to draw, and none is nearer than the others. Weight decay pulls factors "
                "to zero: lower it, and train again."
            )
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


def _longest(vectors: np.ndarray) -> float:
    """The length of the longest row; 0 of none."""
    return float(np.linalg.norm(vectors, axis=1).max(initial=0.0))


def _ids(values: list[int] | list[str]) -> np.ndarray:
    return np.array(values, dtype=np.int64 if isinstance(values[0], int) else object)
