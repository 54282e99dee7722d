"""The models of the lesson, from the dot product of two tensors to the small neural net, and one that goes further.

Every model but the first takes `user_idx` and `item_idx`, integer tensors of shape (B,), and gives B predicted ratings,
shape (B,), and has `add_gradient`, which adds the gradient of a batch's squared error: a few lines of calculus, because
they are faster than autograd; a test holds the two together. What it knows of users and items lies in its `table`, all
other weights in `others`. Nothing in here knows how a model is trained.

Notation: p_u and q_i are the factors of user u and item i (vectors of k numbers), b_u and b_i their biases.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from cf_core.models.shared_table import SharedTable


class DotProduct(nn.Module):
    """The dot product of two tensors, row by row: ŷ_j = Σ_f a_jf · b_jf (lesson: "PyTorch Modules").

    Takes two tensors of shape (B, k), gives shape (B,).
    """

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return (a * b).sum(1)


class Unbounded(nn.Module):
    """The output as it is: ŷ = x."""

    def forward(self, x: Tensor) -> Tensor:
        return x

    def value_and_slope(self, x: Tensor) -> tuple[Tensor, Tensor | float]:
        """ŷ and dŷ/dx."""
        return x, 1.0


class RatingRange(nn.Module):
    """A sigmoid onto the range of ratings: ŷ = low + (high - low) · σ(x) (lesson: "Bias").

    Args:
        low, high: the range, in stars.
    """

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self.low, self.width = low, high - low

    def forward(self, x: Tensor) -> Tensor:
        return self.low + self.width * torch.sigmoid(x)

    def value_and_slope(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """ŷ and dŷ/dx = (high - low) · σ(x) · (1 - σ(x))."""
        share = torch.sigmoid(x)
        above = self.width * share
        return self.low + above, torch.addcmul(above, above, share, value=-1)

    def extra_repr(self) -> str:
        return f"{self.low:g}, {self.low + self.width:g}"


class SeededDropout(nn.Module):
    """Dropout whose coin flips come from a generator of the run's own: nn.Dropout draws from the process's global one,
    which other runs share.

    Args:
        p: share of values zeroed while training; the rest are divided by 1 - p, so that the mean stays.
        generator: on the device of the values.
    """

    def __init__(self, p: float, generator: torch.Generator | None) -> None:
        super().__init__()
        self.p, self.generator = p, generator

    def forward(self, x: Tensor) -> Tensor:
        return x * self.mask(x)

    def mask(self, x: Tensor) -> Tensor | float:
        """What x is multiplied by: 0 or 1/(1 - p), drawn for each value, while training; else 1."""
        if not self.training or self.p == 0:
            return 1.0
        return torch.empty_like(x).bernoulli_(1 - self.p, generator=self.generator).div_(1 - self.p)

    def extra_repr(self) -> str:
        return f"p={self.p:g}"


class EmbeddingDot(nn.Module):
    """Factors for users and items, and their dot product: ŷ = p_u · q_i (lesson: "Creating the module").

    Args:
        user_factors: (n_users, k), where training starts.
        item_factors: (n_items, k), likewise.
        output: what turns the dot product into stars.
    """

    def __init__(self, user_factors: Tensor, item_factors: Tensor, output: Unbounded | RatingRange) -> None:
        super().__init__()
        self.table = SharedTable([user_factors], [item_factors])
        self.user_factors, self.item_factors = self.table.embeddings()
        self.others: list[Tensor] = []
        self.dot = DotProduct()
        self.output = output

    def forward(self, user_idx: Tensor, item_idx: Tensor) -> Tensor:
        return self.output(self.dot(self.user_factors(user_idx), self.item_factors(item_idx)))

    def add_gradient(self, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int | None = None) -> Tensor:
        """Add the gradient of the mean squared error of a batch to every weight's `.grad`; give the sum of the squared
        errors, shape ().

        With x the dot product and ŷ the output, g = 2/n · (ŷ - y) · dŷ/dx for each rating, and
        ∂L/∂p_u = Σ g · q_i over the ratings of u; ∂L/∂q_i = Σ g · p_u over the ratings of i.

        Args:
            n: the ratings of the whole batch, where these are a part of it: sums and gradients of its parts add up.
        """
        rows = self.table.rows(user_idx, item_idx)
        users, items = self.table.look_up(rows).chunk(2)
        squares, g = _error_signal(self.output, self.dot(users, items), rating, n)
        self.table.add_gradient(rows, torch.cat([g * items, g * users]))
        return squares


class EmbeddingDotBias(nn.Module):
    """Factors and biases, with a sigmoid onto the rating range: ŷ = range(c + p_u · q_i + b_u + b_i) (lesson: "Bias").

    Args:
        user_factors, item_factors: (n_users, k) and (n_items, k), where training starts.
        user_bias, item_bias: (n_users, 1) and (n_items, 1), likewise.
        output: what turns the sum into stars.
        start: the constant c; 0 in the lesson.
    """

    def __init__(
        self,
        user_factors: Tensor,
        item_factors: Tensor,
        user_bias: Tensor,
        item_bias: Tensor,
        output: Unbounded | RatingRange,
        start: float = 0.0,
    ) -> None:
        super().__init__()
        self.table = SharedTable([user_factors, user_bias], [item_factors, item_bias])
        self.user_factors, self.item_factors, self.user_bias, self.item_bias = self.table.embeddings()
        self.others: list[Tensor] = []
        self.dot = DotProduct()
        self.output = output
        self.start = start

    def forward(self, user_idx: Tensor, item_idx: Tensor) -> Tensor:
        dot = self.dot(self.user_factors(user_idx), self.item_factors(item_idx))
        biases = self.user_bias(user_idx).squeeze(1) + self.item_bias(item_idx).squeeze(1)
        return self.output(self.start + dot + biases)

    def add_gradient(self, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int | None = None) -> Tensor:
        """As `EmbeddingDot.add_gradient`; besides, ∂L/∂b_u = Σ g over the ratings of u, and so for b_i.

        A bias is a factor that meets a 1 on the other side, so that one product gives the gradient of a whole row.
        """
        rows, size = self.table.rows(user_idx, item_idx), len(rating)
        users, items = self.table.look_up(rows).chunk(2)
        met = torch.cat([items, users])  # what each row meets on the other side: the factors,
        met.select(1, -1).fill_(1)  # and a 1 in the place of the bias
        x = torch.linalg.vecdot(users, met.narrow(0, 0, size)) + items.select(1, -1)
        if self.start:
            x = x + self.start
        squares, g = _error_signal(self.output, x, rating, n)
        self.table.add_gradient(rows, met.view(2, size, -1).mul_(g).view(2 * size, -1))
        return squares

    def extra_repr(self) -> str:
        return f"start={self.start:.4g}" if self.start else ""


class EmbeddingNet(nn.Module):
    """The small neural net: ŷ = range(W₂ · relu(W₁ · [p_u, q_i] + c₁) + c₂), dropout before each layer
    (lesson: "Mini neural net").

    Args:
        user_factors, item_factors: (n_users, k) and (n_items, k), where training starts.
        hidden: Linear(2k, h).
        last: Linear(h, 1).
        dropout, hidden_dropout: before the hidden and before the last layer.
        output: what turns the last layer's number into stars.
    """

    def __init__(
        self,
        user_factors: Tensor,
        item_factors: Tensor,
        hidden: nn.Linear,
        last: nn.Linear,
        dropout: SeededDropout,
        hidden_dropout: SeededDropout,
        output: Unbounded | RatingRange,
    ) -> None:
        super().__init__()
        self.table = SharedTable([user_factors], [item_factors])
        self.user_factors, self.item_factors = self.table.embeddings()
        self.dropout, self.hidden = dropout, hidden
        self.hidden_dropout, self.last = hidden_dropout, last
        self.others = [*hidden.parameters(), *last.parameters()]
        self.output = output

    def forward(self, user_idx: Tensor, item_idx: Tensor) -> Tensor:
        both = torch.cat([self.user_factors(user_idx), self.item_factors(item_idx)], dim=1)
        x = functional.relu(self.hidden(self.dropout(both)))
        return self.output(self.last(self.hidden_dropout(x)).squeeze(1))

    @torch.no_grad()
    def add_gradient(self, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int | None = None) -> Tensor:
        """As `EmbeddingDot.add_gradient`, by backpropagation: from the output back, each layer adds (what came to it)ᵀ
        times (what came in) to its weights, and hands on (what came to it) times its weights."""
        rows = self.table.rows(user_idx, item_idx)
        both = torch.cat(self.table.look_up(rows).chunk(2), dim=1)
        kept = self.dropout.mask(both)
        both = both * kept
        h = functional.relu(self.hidden(both))
        hidden_kept = self.hidden_dropout.mask(h)
        x = self.last(h * hidden_kept).squeeze(1)
        squares, g = _error_signal(self.output, x, rating, n)
        g_hidden = g @ self.last.weight * hidden_kept * (h > 0)
        _add_to_layer(self.last, g, h * hidden_kept)
        _add_to_layer(self.hidden, g_hidden, both)
        g_both = g_hidden @ self.hidden.weight * kept
        self.table.add_gradient(rows, torch.cat(g_both.chunk(2, dim=1)))
        return squares


class EmbeddingImplicit(EmbeddingDotBias):
    """EmbeddingDotBias whose item factors must also tell who rated an item at all: what users pick says something of
    their taste before they give a star. Predictions are those of EmbeddingDotBias.

    Each user has interests d_u besides. Let z_ui be 1/√s where u has a training rating of i and 0 elsewhere, with s the
    share of the cells that have one, so that z² is 1 on average. What training makes small is

        the mean squared error of the ratings
        + λ · mean over all cells of (d_u · q_i - z_ui)²
        + μ · mean over the ratings of |p_u|² + |q_i|²

    (Singh & Gordon 2008, "Relational learning via collective matrix factorization".)

    Args:
        user_factors, item_factors, user_bias, item_bias, output, start: as for EmbeddingDotBias.
        user_interests: (n_users, k), where training starts.
        share_rated: the share s.
        implicit_weight, rating_decay: λ and μ.
    """

    def __init__(
        self,
        user_factors: Tensor,
        item_factors: Tensor,
        user_bias: Tensor,
        item_bias: Tensor,
        output: Unbounded | RatingRange,
        start: float,
        user_interests: Tensor,
        share_rated: float,
        implicit_weight: float,
        rating_decay: float,
    ) -> None:
        super().__init__(user_factors, item_factors, user_bias, item_bias, output, start)
        self.user_interests = nn.Embedding.from_pretrained(user_interests, freeze=False)
        self.others = [self.user_interests.weight]
        self.table.is_dense = True  # the mean over all cells moves every item
        self.share_rated, self.implicit_weight, self.rating_decay = share_rated, implicit_weight, rating_decay

    @torch.no_grad()
    def add_gradient(self, user_idx: Tensor, item_idx: Tensor, rating: Tensor, n: int | None = None) -> Tensor:
        """As `EmbeddingDotBias.add_gradient`, with the gradient of the other two terms besides.

        With D and Q the tables of d_u and q_i, the mean over all n cells is

            sum(DᵀD * QᵀQ) / n - 2√s · (mean over the ratings of d_u · q_i) + 1

        so that nobody needs the table of who rated what: a batch of ratings stands for all of them, and the rest is
        two small matrices (Hu, Koren & Volinsky 2008).
        """
        n = n or len(rating)
        squares = super().add_gradient(user_idx, item_idx, rating, n)
        interests, items = self.user_interests(user_idx), self.item_factors(item_idx)
        attract = -2 * self.implicit_weight * math.sqrt(self.share_rated) / n
        decay = 2 * self.rating_decay / n
        _add_rows(self.user_interests, user_idx, attract * items)
        _add_rows(self.item_factors, item_idx, attract * interests + decay * items)
        _add_rows(self.user_factors, user_idx, decay * self.user_factors(user_idx))

        d, q = self.user_interests.weight, self.item_factors.weight
        assert d.grad is not None and q.grad is not None
        spread = 2 * self.implicit_weight / (len(d) * len(q)) * len(rating) / n
        d.grad.addmm_(d, q.T @ q, alpha=spread)
        q.grad.addmm_(q, d.T @ d, alpha=spread)
        return squares

    def extra_repr(self) -> str:
        own = f"implicit_weight={self.implicit_weight:g}, rating_decay={self.rating_decay:g}"
        return f"{super().extra_repr()}, {own}".removeprefix(", ")


Model = EmbeddingDot | EmbeddingDotBias | EmbeddingNet  # and EmbeddingImplicit, which is an EmbeddingDotBias


def _error_signal(output: Unbounded | RatingRange, x: Tensor, rating: Tensor, n: int | None) -> tuple[Tensor, Tensor]:
    """The sum of the squared errors, shape (), and the derivative of their mean by each x, shape (B, 1); the mean over
    n ratings, if not these B."""
    predicted, slope = output.value_and_slope(x)
    error = predicted - rating
    return error.dot(error), (error * slope * (2 / (n or len(rating)))).unsqueeze(1)


def _add_rows(table: nn.Embedding, rows: Tensor, gradient: Tensor) -> None:
    """Add row j of `gradient` to row `rows[j]` of the table's `.grad`; rows may repeat."""
    assert table.weight.grad is not None
    table.weight.grad.index_add_(0, rows, gradient)


def _add_to_layer(layer: nn.Linear, gradient: Tensor, x: Tensor) -> None:
    """Add to a layer's `.grad`, given the derivative by what it gave for x, (B, n_out)."""
    assert layer.weight.grad is not None and layer.bias.grad is not None
    layer.weight.grad.addmm_(gradient.T, x)
    layer.bias.grad += gradient.sum(0)


def clear_gradients(model: Model) -> None:
    """Set every `.grad` to zeros, made where there is none yet: `add_gradient` adds to what is there."""
    model.table.clear_gradient()
    for weight in model.others:
        if weight.grad is None:
            weight.grad = torch.zeros_like(weight)
        else:
            weight.grad.zero_()
