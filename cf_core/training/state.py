"""The state of a run in training: model, optimiser, generators, data on the device, position. `fit` moves it on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from cf_core.config import TrainingConfig
from cf_core.data.chunks import chunks_of
from cf_core.data.split import Split
from cf_core.fitted_factors import FittedFactors
from cf_core.models.build import DataShape, build_model
from cf_core.models.gradients import Gradients
from cf_core.models.modules import EmbeddingDotBias, EmbeddingImplicit, Model
from cf_core.training.losses import EpochProgress
from cf_core.training.optimizers import Optimizer
from cf_core.training.rows import Rows, RowSource

SORTED_FROM = 2**16
"""From this batch size on, sorting a batch takes less time than fetching scattered rows of large tables."""

BLOCK = 2**20
"""Ratings that are fetched at once on the CPU, in whole batches: the first batch need not wait for those of an epoch,
nor memory hold them."""


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
    train: RowSource
    valid: RowSource
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
            train=RowSource(split.ratings, split.train_rows, device),
            valid=RowSource(split.ratings, split.valid_rows, device),
        )

    @property
    def n_batches(self) -> int:
        """Batches per epoch, the last, smaller one included."""
        return -(-len(self.train) // self.config.batch_size)

    def blocks(self, first: int = 0) -> Iterator[Rows]:
        """The training rows in the order of the epoch under way from batch `first` on, counted from 0, in blocks of
        whole batches. The order is drawn on the CPU from the seed and the number of the epoch alone, so that it is the
        same on every device and after every break. Within a large batch they stand as in the data, by user: the sums
        are the same, and rows that are used together are fetched together."""
        generator, size = _generator("cpu", self.config.seed, _ORDER, self.n_epochs_done), self.config.batch_size
        # 32 bits: the same numbers as of 64, a fifth sooner.
        order = torch.randperm(len(self.train), generator=generator, dtype=torch.int32)[first * size :]
        for block in order.split(max(1, BLOCK // size) * size if self.train.on_host else len(self.train)):
            if size >= SORTED_FROM:
                block = torch.cat([batch.sort().values for batch in block.split(size)])
            yield self.train.take(block)

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
        ratings, rows = self.split.ratings, self.split.train_rows
        n_users, n_items = (np.zeros(n, dtype=np.int64) for n in (ratings.n_users, ratings.n_items))
        for chunk in chunks_of(len(rows)):
            n_users += np.bincount(ratings.user_idx[rows[chunk]], minlength=ratings.n_users)
            n_items += np.bincount(ratings.item_idx[rows[chunk]], minlength=ratings.n_items)
        return n_users, n_items


_WEIGHTS, _DROPOUT, _ORDER = range(3)
"""Streams of random numbers, apart from each other: a wider dropout must not change the order of the batches."""


def _generator(device: torch.device | str, seed: int, *stream: int) -> torch.Generator:
    """A generator for one stream of a run's seed."""
    state = np.random.SeedSequence(seed, spawn_key=stream).generate_state(1, np.uint64)
    return torch.Generator(device).manual_seed(int(state[0]))


def _numpy(weight: Tensor) -> np.ndarray:
    return weight.detach().cpu().numpy().copy()
