"""The gradients of the lesson's models, written out: a few lines of calculus each, faster than autograd.

`loss.backward()` finds the same numbers; a test holds the two together for every model.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from cf_core.models.modules import (
    EmbeddingDot,
    EmbeddingDotBias,
    EmbeddingImplicit,
    EmbeddingNet,
    Model,
    RatingRange,
    Unbounded,
)
from cf_core.models.shared_table import SharedTable

FEW_COLUMNS = 20
"""Up to so many columns it pays on the CPU to repeat the one number of each row before multiplying: PyTorch takes rows
this short number by number, and what lies side by side many at once. With six it takes half the time."""


class RowGradients(NamedTuple):
    """The sum of the squared errors, shape (); rows of the table, users in one half and movies in the other, (2B,); and
    the gradient by each, (2B, k)."""

    squared_error_sum: Tensor
    rows: Tensor
    gradient: Tensor


class Gradients:
    """Accumulates the gradient of a model's mean squared error, in its output's `loss_unit` (1 for stars), in its
    weights' `.grad`.

    Making one moves the model's users and items into a `SharedTable`; the model computes what it did before.

    Attributes:
        table: the weights of users and items.
        other_weights: all other weights of the model, such as the layers of the neural net.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        users, items = [model.user_factors], [model.item_factors]
        if isinstance(model, EmbeddingDotBias):
            users, items = [*users, model.user_bias], [*items, model.item_bias]
        self.table = SharedTable(users, items, moves_every_row=isinstance(model, EmbeddingImplicit))
        in_table = {id(layer.weight) for layer in (*users, *items)}
        self.other_weights = [weight for weight in model.parameters() if id(weight) not in in_table]
        for weight in self.other_weights:
            weight.grad = torch.zeros_like(weight)

    @property
    def in_table(self) -> bool:
        """Whether a rating adds to the rows of its user and its item alone: `of_rows` is for such models."""
        return not self.other_weights and not self.table.moves_every_row

    @property
    def weights(self) -> list[Tensor]:
        """What an optimiser has to move: the table, then the other weights."""
        return [self.table.weight, *self.other_weights]

    def clear(self) -> None:
        """Set every gradient to zero (PyTorch's `optimizer.zero_grad()`)."""
        self.table.clear_gradient()
        for weight in self.other_weights:
            if weight.grad is not None:
                weight.grad.zero_()

    def accumulate(self, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int | None = None) -> Tensor:
        """Add the gradient of the mean squared error of a batch (PyTorch's `loss.backward()`).

        Args:
            user_idx, item_idx, rating: the batch, shape (B,) each.
            n: the ratings of the whole batch, where these are a part of it: sums and gradients of its parts add up.

        Returns:
            The sum of the squared errors, shape ().
        """
        match self.model:
            case EmbeddingImplicit():
                return _implicit(self.model, self.table, user_idx, item_idx, rating, n or len(rating))
            case EmbeddingNet():
                return _net(self.model, self.table, user_idx, item_idx, rating, n or len(rating))
        squared_error_sum, rows, gradient = self.of_rows(user_idx, item_idx, rating, n or len(rating))
        self.table.accumulate_gradient(rows, gradient)
        return squared_error_sum

    def of_rows(self, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int) -> RowGradients:
        """What `accumulate` adds to the table, where that is all that it adds to (`in_table`)."""
        if isinstance(self.model, EmbeddingDotBias):
            return _dot_bias(self.model, self.table, user_idx, item_idx, rating, n)
        assert isinstance(self.model, EmbeddingDot)
        return _dot(self.model, self.table, user_idx, item_idx, rating, n)

    def combine(self, squared_error_sum: Tensor) -> Tensor:
        """Called once when a batch is accumulated, with the sum of its squared errors, which it gives back: where
        several processes share a batch, the sum and the gradients become those of all of them."""
        return squared_error_sum


def _dot(
    model: EmbeddingDot, table: SharedTable, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int
) -> RowGradients:
    """With x the dot product and ŷ the output, g = 2/n · (ŷ - y) · dŷ/dx for each rating, and
    ∂L/∂p_u = Σ g · q_i over the ratings of u; ∂L/∂q_i = Σ g · p_u over the ratings of i."""
    rows = table.rows(user_idx, item_idx)
    users, items = table.look_up(rows).chunk(2)
    squared_error_sum, g = _error_signal(model.output, model.dot(users, items), rating, n)
    return RowGradients(squared_error_sum, rows, torch.cat([g * items, g * users]))


def _dot_bias(
    model: EmbeddingDotBias, table: SharedTable, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int
) -> RowGradients:
    """As `_dot`; besides, ∂L/∂b_u = Σ g over the ratings of u, and likewise for b_i.

    A bias is one more factor whose partner on the other side is 1, so that one product gives the gradient of a whole
    row: with rows [p_u, b_u] and [q_i, b_i], ∂L/∂[p_u, b_u] = Σ g · [q_i, 1].
    """
    rows, size = table.rows(user_idx, item_idx), len(rating)  # (2B,)
    factors = table.look_up(rows)  # (2B, k + 1): factors and bias of each row
    users, items = factors.chunk(2)
    item_bias = items.select(1, -1).clone()
    items.select(1, -1).fill_(1)  # what a user's row is multiplied by: the movie's factors, and 1 where its bias was
    x = torch.linalg.vecdot(users, items) + item_bias  # p_u · q_i + b_u · 1 + b_i, (B,)
    users.select(1, -1).fill_(1)  # and what a movie's row is multiplied by
    if model.start:
        x = x + model.start
    squared_error_sum, g = _error_signal(model.output, x, rating, n)  # g: (B, 1), the same for both halves
    both = factors.view(2, size, factors.size(1))
    if factors.size(1) <= FEW_COLUMNS and factors.is_cpu:
        g = g.expand_as(users).contiguous()
    both.mul_(g)  # in place: now the gradient by the row of the other side
    return RowGradients(squared_error_sum, rows.roll(size), factors)


@torch.no_grad()  # its layers hold parameters, which autograd would watch
def _net(model: EmbeddingNet, table: SharedTable, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int) -> Tensor:
    """Backpropagation: from the output back, each layer adds (what came back to it)ᵀ times (what went into it) to its
    weights' gradient, and hands back (what came back to it) times its weights."""
    rows = table.rows(user_idx, item_idx)
    both = torch.cat(table.look_up(rows).chunk(2), dim=1)
    mask = model.dropout.mask(both)
    both = both * mask
    h = functional.relu(model.hidden(both))
    hidden_mask = model.hidden_dropout.mask(h)
    x = model.last(h * hidden_mask).squeeze(1)
    squared_error_sum, g = _error_signal(model.output, x, rating, n)
    g_hidden = g @ model.last.weight * hidden_mask * (h > 0)
    _accumulate_layer(model.last, g, h * hidden_mask)
    _accumulate_layer(model.hidden, g_hidden, both)
    g_both = g_hidden @ model.hidden.weight * mask
    table.accumulate_gradient(rows, torch.cat(g_both.chunk(2, dim=1)))
    return squared_error_sum


@torch.no_grad()  # it reads parameters, which autograd would watch
def _implicit(
    model: EmbeddingImplicit, table: SharedTable, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int
) -> Tensor:
    """As `_dot_bias`, with the gradient of the other two terms besides.

    With D and Q the tables of d_u and q_i, the mean over all n cells is

        sum(DᵀD * QᵀQ) / n - 2√s · (mean over the ratings of (1 + γ · (r_ui - r̄)) d_u · q_i) + a constant

    so that nobody needs the table of who rated what: a batch of ratings stands for all of them, and the rest is two
    small matrices (Hu, Koren & Volinsky 2008).
    """
    squared_error_sum, rows, gradient = _dot_bias(model, table, user_idx, item_idx, rating, n)
    table.accumulate_gradient(rows, gradient)
    interests, items = model.user_interests(user_idx), model.item_factors(item_idx)
    pull: float | Tensor = -2 * model.implicit_weight * math.sqrt(model.share_rated) / n
    if model.star_weight:
        pull = pull * (1 + model.star_weight * (rating - model.train_mean)).unsqueeze(1)
    decay = 2 * model.rating_decay / n
    _accumulate_rows(model.user_interests, user_idx, pull * items)
    _accumulate_rows(model.item_factors, item_idx, pull * interests + decay * items)
    _accumulate_rows(model.user_factors, user_idx, decay * model.user_factors(user_idx))

    d, q = model.user_interests.weight, model.item_factors.weight
    repulsion = 2 * model.implicit_weight / (len(d) * len(q)) * len(rating) / n
    _gradient_of(d).addmm_(d, q.T @ q, alpha=repulsion)
    _gradient_of(q).addmm_(q, d.T @ d, alpha=repulsion)
    return squared_error_sum


def value_and_derivative(output: Unbounded | RatingRange, x: Tensor) -> tuple[Tensor, Tensor | float]:
    """ŷ and dŷ/dx: x and 1, or low + (high - low) · σ(x) and (high - low) · σ(x) · (1 - σ(x))."""
    if isinstance(output, Unbounded):
        return x, 1.0
    share = torch.sigmoid(x)
    above = output.width * share
    return output.low + above, torch.addcmul(above, above, share, value=-1)


def _error_signal(output: Unbounded | RatingRange, x: Tensor, rating: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """The sum of the squared errors, shape (), and the derivative of their mean over n ratings, in the output's
    `loss_unit`, by each x, (B, 1)."""
    predicted, derivative = value_and_derivative(output, x)
    error = predicted - rating
    return error.dot(error), (error * derivative * (2 / n / output.loss_unit)).unsqueeze(1)


def _accumulate_rows(layer: nn.Embedding, rows: Tensor, gradient: Tensor) -> None:
    """Add row j of `gradient` to row `rows[j]` of the layer's; rows may repeat."""
    _gradient_of(layer.weight).index_add_(0, rows, gradient)


def _accumulate_layer(layer: nn.Linear, gradient: Tensor, x: Tensor) -> None:
    """Add to a layer's gradient, given the derivative by its output, (B, n_out), for its input x, (B, n_in)."""
    _gradient_of(layer.weight).addmm_(gradient.T, x)
    _gradient_of(layer.bias).add_(gradient.sum(0))


def _gradient_of(weight: Tensor) -> Tensor:
    if weight.grad is None:
        raise RuntimeError("A weight has lost its gradient: something set it to None. Build the gradients anew.")
    return weight.grad
