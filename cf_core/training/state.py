"""The state of a run in training: model, optimiser, generators, data on the device, position. `fit` moves it on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from cf_core.config import TrainingConfig
from cf_core.data.split import Split
from cf_core.fitted_factors import FittedFactors
from cf_core.models.build import DataShape, build_model
from cf_core.models.gradients import Gradients
from cf_core.models.modules import EmbeddingDotBias, EmbeddingImplicit, Model
from cf_core.training.losses import EpochProgress
from cf_core.training.optimizers import Optimizer

SORTED_FROM = 2**16
"""From this batch size on, sorting a batch takes less time than fetching scattered rows of large tables."""


class Rows(NamedTuple):
    """Ratings as index tensors on the device: `user_idx`, `item_idx` int64 and `rating` float32, each (n,)."""

    user_idx: Tensor
    item_idx: Tensor
    rating: Tensor


@dataclass
class TrainingState:
    """A run in training. Make one with `start`.

    Attributes:
        gradients: of the model, with the table of users and items that the optimiser moves.
        dropout_generator: draws the net's dropout; None for other models.
        n_epochs_done: whole epochs over all phases.
        epoch_progress: the epoch under way.
        held_rate: the learning rate that a command set; None while the schedules rule.
        watched: indices of the user and the item whose prediction is reported; None for none.
        first_loss: the loss of the run's first batch, None before it.
    """

    config: TrainingConfig
    split: Split
    device: torch.device
    model: Model
    gradients: Gradients
    optimizer: Optimizer
    dropout_generator: torch.Generator | None
    train: Rows
    valid: Rows
    n_epochs_done: int = 0
    epoch_progress: EpochProgress = field(default_factory=EpochProgress)
    held_rate: float | None = None
    watched: tuple[int, int] | None = None
    first_loss: float | None = None

    @classmethod
    def start(
        cls,
        config: TrainingConfig,
        split: Split,
        device: torch.device | None = None,
        gradients_of: Callable[[Model], Gradients] = Gradients,
    ) -> "TrainingState":
        """The state before the first batch. The same `config` (its seed) and `split` start the same run.

        Args:
            config: model, optimiser, phases, seed.
            split: training and validation rows.
            device: where the tensors live; the CPU by default.
            gradients_of: makes the gradients of the model; others than `Gradients` where processes share the batches.
        """
        device = device or torch.device("cpu")
        dropout_generator = _generator(device, config.seed, _DROPOUT) if config.model.kind == "net" else None
        weights_generator = _generator("cpu", config.seed, _WEIGHTS)
        model = build_model(config.model, DataShape.of(split), weights_generator, dropout_generator, device)
        gradients = gradients_of(model)
        return cls(
            config=config,
            split=split,
            device=device,
            model=model,
            gradients=gradients,
            optimizer=Optimizer(config, gradients.weights),
            dropout_generator=dropout_generator,
            train=_rows(split, split.train_rows, device),
            valid=_rows(split, split.valid_rows, device),
        )

    @property
    def n_batches(self) -> int:
        """Batches per epoch, the last, smaller one included."""
        return -(-len(self.train.rating) // self.config.batch_size)

    def shuffled(self) -> Rows:
        """The training rows in the order of the epoch under way: drawn on the CPU from the seed and the number of the
        epoch alone, so that it is the same on every device and after every break. Within a large batch they stand as in
        the data, by user: the sums are the same, and rows that are used together are fetched together."""
        generator, size = _generator("cpu", self.config.seed, _ORDER, self.n_epochs_done), self.config.batch_size
        order = torch.randperm(len(self.train.rating), generator=generator)
        if size >= SORTED_FROM:
            order = torch.cat([batch.sort().values for batch in order.split(size)])
        order = order.to(self.device)
        return Rows(*(column.index_select(0, order) for column in self.train))

    def fitted_factors(self) -> FittedFactors:
        """The weights as they are now, as NumPy arrays with the id maps."""
        ratings, model = self.split.ratings, self.model
        user_bias = item_bias = None
        if isinstance(model, EmbeddingDotBias):
            user_bias, item_bias = _numpy(model.user_bias.weight)[:, 0], _numpy(model.item_bias.weight)[:, 0]
        return FittedFactors(
            recipe=self.config.recipe,
            users=ratings.users,
            items=ratings.items,
            user_factors=_numpy(model.user_factors.weight),
            item_factors=_numpy(model.item_factors.weight),
            user_bias=user_bias,
            item_bias=item_bias,
            bias_unit="logits" if self.config.model.sigmoid else "stars",
            n_train_by_user=self._n_train[0],
            n_train_by_item=self._n_train[1],
            user_interests=_numpy(model.user_interests.weight) if isinstance(model, EmbeddingImplicit) else None,
        )

    @cached_property
    def _n_train(self) -> tuple[np.ndarray, np.ndarray]:
        """Training ratings of each user and of each item, counted once: a snapshot of every epoch asks for them."""
        ratings, train = self.split.ratings, self.train
        return (
            np.bincount(train.user_idx.cpu().numpy(), minlength=ratings.n_users),
            np.bincount(train.item_idx.cpu().numpy(), minlength=ratings.n_items),
        )


_WEIGHTS, _DROPOUT, _ORDER = range(3)
"""Streams of random numbers, apart from each other: a wider dropout must not change the order of the batches."""


def _generator(device: torch.device | str, seed: int, *stream: int) -> torch.Generator:
    """A generator for one stream of a run's seed."""
    state = np.random.SeedSequence(seed, spawn_key=stream).generate_state(1, np.uint64)
    return torch.Generator(device).manual_seed(int(state[0]))


def _rows(split: Split, rows: np.ndarray, device: torch.device) -> Rows:
    ratings = split.ratings
    columns = ratings.user_idx[rows], ratings.item_idx[rows], ratings.rating[rows]
    return Rows(*(torch.from_numpy(column).to(device) for column in columns))


def _numpy(weight: Tensor) -> np.ndarray:
    return weight.detach().cpu().numpy().copy()
