"""The rows of all users and items in one tensor. Nothing in here knows a model."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

SCATTERED = 8
"""Writing to a row here and there takes about so many times as long as to one of all rows in turn."""


class SharedTable:
    """One tensor with all that a model knows of users and items: a step of training looks rows up, adds to their
    gradient and moves them with one call each, where a table for each kind of number would take four.

    Args:
        users: tables of n_users rows that become the columns of the upper part, such as factors and biases.
        items: likewise for the lower part, of the same widths.

    Attributes:
        weight: (n_users + n_items, n_columns), what the optimiser moves. Its `.grad` is there from the start. Layers
            that are copied or moved to another device no longer share it: build the model where it shall be.
        is_dense: whether others than `add_gradient` write to the gradient, so that clearing it takes all of it.
    """

    def __init__(self, users: Sequence[Tensor], items: Sequence[Tensor]) -> None:
        self.widths, self.heights = [part.shape[1] for part in users], [len(users[0]), len(items[0])]
        self.weight = torch.cat([torch.cat(list(users), 1), torch.cat(list(items), 1)])
        self.gradient = self.weight.grad = torch.zeros_like(self.weight)
        self.is_dense = False
        self._touched: list[Tensor] = []

    def parts(self, whole: Tensor) -> list[Tensor]:
        """Views of what a tensor of the table's shape holds for users and items in turn, one kind of number after the
        other: user factors, item factors, user biases, item biases."""
        return [
            part
            for columns in whole.split_with_sizes(self.widths, 1)
            for part in columns.split_with_sizes(self.heights)
        ]

    def embeddings(self) -> list[nn.Embedding]:
        """The parts of the table as layers that share its memory and its gradient's."""
        layers = [nn.Embedding.from_pretrained(part, freeze=False) for part in self.parts(self.weight)]
        for layer, gradient in zip(layers, self.parts(self.gradient), strict=True):
            layer.weight.grad = gradient
        return layers

    def rows(self, user_idx: Tensor, item_idx: Tensor) -> Tensor:
        """Where they stand in the table, the users first: shape (2B,)."""
        return torch.cat([user_idx, item_idx + self.heights[0]])

    def look_up(self, rows: Tensor) -> Tensor:
        """A copy of these rows, shape (2B, n_columns)."""
        return self.weight.index_select(0, rows)

    def add_gradient(self, rows: Tensor, gradient: Tensor) -> None:
        """Add row j of `gradient` to row `rows[j]` of the table's; rows may repeat."""
        self.gradient.index_add_(0, rows, gradient)
        self._touched.append(rows)

    def touched(self) -> Tensor:
        """The rows that were added to since the gradient was cleared, each once; a GPU has to wait for their count."""
        return torch.cat(self._touched).unique()

    def clear_gradient(self) -> None:
        """Set the gradient to zero, in the rows that were added to alone where they are few."""
        n_touched = sum(len(rows) for rows in self._touched)
        if self.is_dense or n_touched > len(self.gradient) / SCATTERED:
            self.gradient.zero_()
        else:
            for rows in self._touched:
                self.gradient.index_fill_(0, rows, 0.0)
        self._touched = []
