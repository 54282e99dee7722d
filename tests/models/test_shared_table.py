"""The table that users and items share: its layers are views of it, and what was added to the gradient is forgotten."""

import pytest
import torch

from cf_core.models.shared_table import SharedTable


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
    return SharedTable(users, items)


def test_rows_of_users_and_items() -> None:
    table = table_of()
    rows = table.rows(torch.tensor([1, 1]), torch.tensor([0, 2]))
    assert rows.tolist() == [1, 1, 2, 4]
    assert table.look_up(rows).tolist() == [[10, 11, -1], [10, 11, -1], [100, 101, 100], [120, 121, 98]]


def test_layers_share_memory_and_gradient() -> None:
    table = table_of()
    user_factors, item_factors, user_bias, item_bias = table.embeddings()
    assert [tuple(layer.weight.shape) for layer in (user_factors, item_factors, user_bias, item_bias)] == [
        (2, 2),
        (3, 2),
        (2, 1),
        (3, 1),
    ]
    table.weight[3] = torch.tensor([7.0, 8.0, 9.0])
    assert item_factors(torch.tensor([1])).tolist() == [[7, 8]]
    assert item_bias(torch.tensor([1])).tolist() == [[9]]
    user_bias.weight.grad[1] += 1
    assert table.gradient.tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("n_users", [2, 500])  # few rows of many are cleared one by one
def test_gradients_add_up_and_are_forgotten(n_users: int) -> None:
    table = table_of(n_users)
    for _ in range(2):
        table.add_gradient(torch.tensor([0, 1, 0]), torch.ones(3, 3))
        table.add_gradient(torch.tensor([n_users]), torch.full((1, 3), 5.0))
        assert table.gradient[[0, 1, n_users]].tolist() == [[2, 2, 2], [1, 1, 1], [5, 5, 5]]
        assert table.gradient.sum() == 9 + 15
        table.clear_gradient()
        assert not table.gradient.any()


def test_a_dense_gradient_is_forgotten_too() -> None:
    table = table_of(500)
    table.is_dense = True
    table.gradient[77] = 1
    table.clear_gradient()
    assert not table.gradient.any()
