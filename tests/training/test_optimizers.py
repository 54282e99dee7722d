"""The optimisers against those of torch.optim, bit for bit, and their settings."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.settings import OptimizerKind
from cf_core.training.optimizers import BETA2, Optimizer

RATES = [0.1, 0.1, 0.03, 0.2, 0.07]


def config_of(kind: OptimizerKind, momentum: float, weight_decay: float) -> TrainingConfig:
    return TrainingConfig("x", ModelConfig(), kind, (Phase(1, 0.1),), weight_decay=weight_decay, momentum=momentum)


def moved(step: Callable[[float], object], weights: list[Tensor]) -> list[Tensor]:
    """Where the weights are after a step at each rate, along gradients that are the same for the same seed."""
    draw = torch.Generator().manual_seed(2)
    for rate in RATES:
        for weight in weights:
            weight.grad = torch.randn(weight.shape, generator=draw)
        step(rate)
    return [weight.detach().clone() for weight in weights]


def drawn() -> list[Tensor]:
    draw = torch.Generator().manual_seed(1)
    return [torch.randn(shape, generator=draw).requires_grad_() for shape in ((7, 3), (5,))]


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("decay", [0.0, 0.02])
def test_same_as_pytorchs(kind: OptimizerKind, momentum: float, decay: float) -> None:
    weights = drawn()
    if kind == "sgd":
        theirs = torch.optim.SGD(weights, lr=1.0, momentum=momentum, weight_decay=decay, fused=True)
    else:
        of_torch = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
        theirs = of_torch(weights, lr=1.0, betas=(momentum, BETA2), weight_decay=decay, fused=True)

    def their_step(rate: float) -> None:
        theirs.param_groups[0]["lr"] = rate
        theirs.step()

    expected = moved(their_step, weights)
    ours = drawn()
    found = moved(Optimizer(config_of(kind, momentum, decay), ours).step, ours)
    assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw"])
def test_momentum_and_decay_move_the_result(kind: OptimizerKind) -> None:
    ends = set()
    for momentum, decay in ((0.0, 0.0), (0.9, 0.0), (0.9, 0.02)):
        weights = drawn()
        ends.add(tuple(moved(Optimizer(config_of(kind, momentum, decay), weights).step, weights)[0].flatten().tolist()))
    assert len(ends) == 3


def test_sgd_by_hand() -> None:
    weight = torch.tensor([1.0]).requires_grad_()
    optimizer = Optimizer(config_of("sgd", 0.5, 0.1), [weight])
    weight.grad = torch.tensor([2.0])
    optimizer.step(0.1)  # g = 2 + 0.1 · 1, m = 2.1, w = 1 - 0.21
    assert weight.item() == pytest.approx(0.79)
    optimizer.step(0.2)  # g = 2 + 0.1 · 0.79, m = 0.5 · 2.1 + 2.079 = 3.129, w = 0.79 - 0.6258
    assert weight.item() == pytest.approx(0.1642)


def moved_in_rows(optimizer: Optimizer, table: Tensor, batches: list[Tensor], sparse: bool) -> Tensor:
    """Where the table is after a step along a gradient in the rows of each batch, the same for the same batches."""
    draw = torch.Generator().manual_seed(3)
    for rate, rows in zip(RATES, batches, strict=False):
        table.grad = torch.zeros_like(table)
        table.grad[rows] = torch.randn(len(rows), table.shape[1], generator=draw)
        optimizer.step(rate, rows if sparse else None)
    return table.detach().clone()


BATCHES = [torch.tensor(rows) for rows in ([0, 2], [2, 3, 6], [0], [1, 2, 3, 4, 5])]


def test_sparse_steps_of_plain_sgd_are_dense_ones() -> None:
    dense, sparse = (drawn()[0] for _ in range(2))
    config = config_of("sgd", 0.0, 0.0)
    expected = moved_in_rows(Optimizer(config, [dense]), dense, BATCHES, sparse=False)
    assert torch.equal(moved_in_rows(Optimizer(config, [sparse]), sparse, BATCHES, sparse=True), expected)


def test_sparse_adam_is_pytorchs() -> None:
    table, theirs = drawn()[0], drawn()[0]
    found = moved_in_rows(Optimizer(config_of("adam", 0.9, 0.0), [table]), table, BATCHES, sparse=True)
    optimizer, draw = torch.optim.SparseAdam([theirs]), torch.Generator().manual_seed(3)
    for rate, rows in zip(RATES, BATCHES, strict=False):
        values = torch.randn(len(rows), 3, generator=draw)
        theirs.grad = torch.sparse_coo_tensor(rows.unsqueeze(0), values, theirs.shape, check_invariants=True)
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
    torch.testing.assert_close(found, theirs.detach())


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw"])
def test_a_sparse_step_leaves_all_other_rows_and_what_it_knows_of_them(kind: OptimizerKind) -> None:
    table, other = drawn()
    optimizer = Optimizer(config_of(kind, 0.9, 0.02), [table, other])
    other.grad = torch.ones_like(other)
    before = [table.detach().clone(), *(kept[0].clone() for kept in optimizer.state.values())]
    moved_in_rows(optimizer, table, [torch.tensor([1, 4])], sparse=True)
    for tensor, was in zip([table, *(kept[0] for kept in optimizer.state.values())], before, strict=True):
        if tensor.dim():
            assert torch.equal(tensor[[0, 2, 3, 5, 6]], was[[0, 2, 3, 5, 6]])
            assert not torch.equal(tensor[[1, 4]], was[[1, 4]])
    assert not torch.equal(other, drawn()[1])


def test_with_decay_sparse_steps_are_an_approximation() -> None:
    dense, sparse = (drawn()[0] for _ in range(2))
    config = config_of("sgd", 0.0, 0.1)
    expected = moved_in_rows(Optimizer(config, [dense]), dense, BATCHES, sparse=False)
    assert not torch.equal(moved_in_rows(Optimizer(config, [sparse]), sparse, BATCHES, sparse=True), expected)
