"""The whole loop against the plain one: autograd through every look-up, and an optimiser of torch.optim's."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn import functional

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.settings import ModelKind, OptimizerKind
from cf_core.training.fit import fit
from cf_core.training.schedules import learning_rates
from cf_core.training.state import Training
from tests.small import make_split

SPLIT = make_split()


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
    training = Training.start(config, SPLIT)
    training.model.train()
    weights = {name: weight.detach().clone().requires_grad_() for name, weight in training.model.named_parameters()}
    if config.optimizer == "sgd":
        optimizer: torch.optim.Optimizer = torch.optim.SGD(
            weights.values(), lr=1.0, momentum=config.momentum, weight_decay=config.weight_decay
        )
    else:
        kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
        optimizer = kind(weights.values(), betas=(config.momentum, 0.999), weight_decay=config.weight_decay)
    rates = iter(learning_rates(config.phases[0], training.n_batches))
    for epoch in range(config.n_epochs):
        training.n_epochs_done = epoch
        for user_idx, item_idx, rating in zip(*(column.split(16) for column in training.shuffled()), strict=True):
            optimizer.zero_grad()
            functional.mse_loss(functional_call(training.model, weights, (user_idx, item_idx)), rating).backward()
            optimizer.param_groups[0]["lr"] = float(next(rates))
            optimizer.step()
    return weights


@pytest.mark.parametrize(
    "config", list(configs()), ids=lambda c: f"{c.model.kind}-{c.model.sigmoid}-{c.optimizer}-{c.weight_decay}"
)
def test_same_weights_as_the_plain_loop(config: TrainingConfig) -> None:
    expected = plain_weights(config)
    training = Training.start(config, SPLIT)
    list(fit(training))
    for name, weight in training.model.named_parameters():
        torch.testing.assert_close(
            weight.detach(), expected[name].detach(), rtol=1e-4, atol=2e-5, msg=lambda m, n=name: f"{n}: {m}"
        )
