"""`fit` against the lesson's own loop: autograd through every look-up, and an optimiser of `torch.optim`."""

import copy
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.settings import ModelKind, OptimizerKind
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.plain_loop import plain_fit, set_learning_rate, training_step
from cf_core.training.schedules import learning_rates
from cf_core.training.state import TrainingState
from tests.small import make_split

SPLIT = make_split()
SPLIT_SIZE = len(SPLIT.train_rows)


def configs() -> Iterator[TrainingConfig]:
    """Every model with every optimiser, with and without a range and weight decay."""
    models: list[tuple[ModelKind, bool, float]] = [
        ("dot", False, 0.0),
        ("dot", True, 0.5),
        ("bias", False, 0.0),
        ("bias", True, 0.0),
        ("bias", True, 0.5),
        ("net", False, 0.0),
        ("net", True, 0.5),
    ]
    optimizers: list[tuple[OptimizerKind, float]] = [("sgd", 0.05), ("adam", 0.01), ("adamw", 0.01)]
    for kind, sigmoid, margin in models:
        model = ModelConfig(kind, 4, -0.5, 0.5, sigmoid, margin)
        for optimizer, rate in optimizers:
            for decay in (0.0, 0.02):
                phases = (Phase(2, rate, "one-cycle"),)
                yield TrainingConfig("x", model, optimizer, phases, weight_decay=decay, batch_size=16)


def plain_weights(config: TrainingConfig) -> dict[str, Tensor]:
    """The weights after all epochs of the plain loop, from the same start over the same batches."""
    training = TrainingState.start(config, SPLIT)
    model = copy.deepcopy(training.model).train()  # with tables of its own, as the lesson has them
    if config.optimizer == "sgd":
        optimizer: torch.optim.Optimizer = torch.optim.SGD(
            model.parameters(), lr=1.0, momentum=config.momentum, weight_decay=config.weight_decay
        )
    else:
        kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
        optimizer = kind(model.parameters(), betas=(config.momentum, 0.999), weight_decay=config.weight_decay)
    rates = iter(learning_rates(config.phases[0], training.n_batches))
    for epoch in range(config.n_epochs):
        training.n_epochs_done = epoch
        for batch in zip(*(column.split(16) for column in next(training.blocks())), strict=True):
            set_learning_rate(optimizer, float(next(rates)))
            training_step(model, batch, optimizer)
    return dict(model.named_parameters())


def test_the_lessons_two_calls_of_fit() -> None:
    """At a constant rate, and at a tenth of it after `set_learning_rate`, momentum kept: two phases."""
    config = TrainingConfig("x", ModelConfig("bias", 4), "sgd", (Phase(2, 0.1), Phase(1, 0.01)), batch_size=SPLIT_SIZE)
    training = TrainingState.start(config, SPLIT)
    model = copy.deepcopy(training.model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=config.momentum)
    first = plain_fit(model, [tuple(training.train.all())], 2, optimizer)
    set_learning_rate(optimizer, 0.01)
    losses = [*first, *plain_fit(model, [tuple(training.train.all())], 1, optimizer)]
    history = History.of(fit(training))
    assert losses == pytest.approx([epoch.train_loss for epoch in history.epochs], rel=1e-5)
    assert losses[0] > losses[1] > losses[2]
    torch.testing.assert_close(model.item_factors.weight, training.model.item_factors.weight)


@pytest.mark.parametrize(
    "config", list(configs()), ids=lambda c: f"{c.model.kind}-{c.model.sigmoid}-{c.optimizer}-{c.weight_decay}"
)
def test_same_weights_as_the_plain_loop(config: TrainingConfig) -> None:
    expected = plain_weights(config)
    training = TrainingState.start(config, SPLIT)
    list(fit(training))
    for name, weight in training.model.named_parameters():
        torch.testing.assert_close(
            weight.detach(), expected[name].detach(), rtol=1e-4, atol=2e-5, msg=lambda m, n=name: f"{n}: {m}"
        )
