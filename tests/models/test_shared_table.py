"""The table that users and items share: its layers are views of it, and what was added to the gradient is forgotten."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from cf_core.models.shared_table import SharedTable


def layer(weight: Tensor) -> nn.Embedding:
    return nn.Embedding.from_pretrained(weight, freeze=False)


def table_of(n_users: int = 2, n_items: int = 3) -> SharedTable:
    """Two factors and a bias: user u holds 10u, 10u + 1 and -u, item i holds 100 + the same."""
    users = [
        torch.arange(n_users).unsqueeze(1) * 10.0 + torch.tensor([0.0, 1.0]),
        -torch.arange(n_users).unsqueeze(1) * 1.0,
    ]
    items = [
        torch.arange(n_items).unsqueeze(1) * 10.0 + torch.tensor([100.0, 101.0]),
        100.0 - torch.arange(n_items).unsqueeze(1),
    ]
    return SharedTable([layer(weight) for weight in users], [layer(weight) for weight in items])


def test_rows_of_users_and_items() -> None:
    table = table_of()
    rows = table.rows(torch.tensor([1, 1]), torch.tensor([0, 2]))
    assert rows.tolist() == [1, 1, 2, 4]
    assert table.look_up(rows).tolist() == [[10, 11, -1], [10, 11, -1], [100, 101, 100], [120, 121, 98]]


def test_layers_share_memory_and_gradient() -> None:
    users = [layer(torch.zeros(2, 2)), layer(torch.ones(2, 1))]
    items = [layer(torch.full((3, 2), 2.0)), layer(torch.full((3, 1), 3.0))]
    table = SharedTable(users, items)
    assert table.weight.tolist() == [[0, 0, 1]] * 2 + [[2, 2, 3]] * 3
    table.weight[3] = torch.tensor([7.0, 8.0, 9.0])
    assert items[0](torch.tensor([1])).tolist() == [[7, 8]]
    assert items[1](torch.tensor([1])).tolist() == [[9]]
    users[1].weight.grad[1] += 1
    assert table.gradient.tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    table.check_shared()


@pytest.mark.parametrize(
    "change", [nn.Module.double, lambda part: part.load_state_dict({"weight": torch.ones(3, 2)}, assign=True)]
)
def test_a_layer_that_left_the_table_is_noticed(change: Callable[[nn.Embedding], object]) -> None:
    users, items = layer(torch.zeros(2, 2)), layer(torch.zeros(3, 2))
    table = SharedTable([users], [items])
    change(items)
    with pytest.raises(RuntimeError, match="no longer share the table"):
        table.check_shared()


@pytest.mark.parametrize("n_users", [2, 500])  # few rows of many are cleared one by one
def test_gradients_add_up_and_are_forgotten(n_users: int) -> None:
    table = table_of(n_users)
    for _ in range(2):
        table.accumulate_gradient(torch.tensor([0, 1, 0]), torch.ones(3, 3))
        table.accumulate_gradient(torch.tensor([n_users]), torch.full((1, 3), 5.0))
        assert table.gradient[[0, 1, n_users]].tolist() == [[2, 2, 2], [1, 1, 1], [5, 5, 5]]
        assert table.gradient.sum() == 9 + 15
        table.clear_gradient()
        assert not table.gradient.any()


def test_a_dense_gradient_is_forgotten_too() -> None:
    table = table_of(500)
    table.moves_every_row = True
    table.gradient[77] = 1
    table.clear_gradient()
    assert not table.gradient.any()
