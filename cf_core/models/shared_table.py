"""The rows of all users and items in one tensor, shared with the model's embedding layers."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

SCATTER_COST = 8
"""Writing to scattered rows takes about this many times as long per row as writing to all rows in turn."""


class SharedTable:
    """One tensor with all that a model knows of users and items. A training step looks up rows, adds to their gradient
    and moves them with one call each; a tensor per layer would take four.

    The layers keep working as before: their weights, and the gradients of these, become views of the table.

    Args:
        users: layers of n_users rows that become the columns of the upper part, such as factors and biases.
        items: layers of n_items rows for the lower part, of the same widths.
        moves_every_row: whether every step changes the gradient of all rows, so that clearing it takes all of it.

    Attributes:
        weight: (n_users + n_items, n_columns), what the optimiser moves. Its `.grad` is there from the start.
    """

    def __init__(
        self, users: Sequence[nn.Embedding], items: Sequence[nn.Embedding], moves_every_row: bool = False
    ) -> None:
        self.widths = [layer.embedding_dim for layer in users]
        self.heights = [users[0].num_embeddings, items[0].num_embeddings]
        upper, lower = (torch.cat([layer.weight.detach() for layer in side], 1) for side in (users, items))
        self.weight = torch.cat([upper, lower])
        self.gradient = self.weight.grad = torch.zeros_like(self.weight)
        self.moves_every_row = moves_every_row
        self._touched: list[Tensor] = []
        self._layers = [layer for pair in zip(users, items, strict=True) for layer in pair]
        views = zip(self._layers, self.parts(self.weight), self.parts(self.gradient), strict=True)
        for layer, weight, gradient in views:
            layer.weight = nn.Parameter(weight)
            layer.weight.grad = gradient

    def parts(self, whole: Tensor) -> list[Tensor]:
        """Views of what a tensor of the table's shape holds for users and items in turn, one kind of number after the
        other: user factors, item factors, user biases, item biases."""
        return [
            part
            for columns in whole.split_with_sizes(self.widths, 1)
            for part in columns.split_with_sizes(self.heights)
        ]

    def check_shared(self) -> None:
        """Raise `RuntimeError` where a layer no longer reads the table: a model that was moved, converted or copied
        after the table was made has weights of its own, which training the table would leave as they are."""
        for layer, part in zip(self._layers, self.parts(self.weight), strict=True):
            if layer.weight.dtype != part.dtype or not layer.weight.is_set_to(part):
                raise RuntimeError(
                    "The model's layers no longer share the table that is trained: the model was moved, converted or "
                    "given other weights. Build it anew on its device, or train a copy with the plain loop."
                )

    def rows(self, user_idx: Tensor, item_idx: Tensor) -> Tensor:
        """Their rows in the table, the users first: shape (2B,)."""
        return torch.cat([user_idx, item_idx + self.heights[0]])

    def look_up(self, rows: Tensor) -> Tensor:
        """A copy of these rows, shape (2B, n_columns)."""
        return self.weight.index_select(0, rows)

    def accumulate_gradient(self, rows: Tensor, gradient: Tensor) -> None:
        """Add row j of `gradient` to row `rows[j]` of the table's; rows may repeat."""
        self.gradient.index_add_(0, rows, gradient)
        self.mark_touched(rows)

    def mark_touched(self, rows: Tensor) -> None:
        """Note that the gradient of these rows may not be zero any more."""
        self._touched.append(rows)

    def touched(self) -> Tensor:
        """The rows that were added to since the gradient was cleared, each once; a GPU has to wait for their count."""
        return torch.cat(self._touched).unique()

    def clear_gradient(self) -> None:
        """Set the gradient to zero; where few rows were added to, in these alone."""
        n_touched = sum(len(rows) for rows in self._touched)
        if self.moves_every_row or n_touched > len(self.gradient) / SCATTER_COST:
            self.gradient.zero_()
        else:
            for rows in self._touched:
                self.gradient.index_fill_(0, rows, 0.0)
        self._touched = []
