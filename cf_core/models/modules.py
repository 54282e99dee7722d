"""The models of the lesson, from the dot product of two tensors to the small neural net, and one that goes further.

Every model but the first takes `user_idx` and `item_idx`, integer tensors of shape (B,), and gives B predicted ratings,
shape (B,). Here is only what a model computes; `gradients.py` has the calculus by which the lab trains it, and
`cf_core/training/plain_loop.py` the lesson's own loop.

Notation: p_u and q_i are the factors of user u and item i (vectors of k numbers), b_u and b_i their biases.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class DotProduct(nn.Module):
    """The dot product of two tensors, row by row: ŷ_j = Σ_f a_jf · b_jf (lesson: "PyTorch Modules").

    Takes two tensors of shape (B, k), gives shape (B,).
    """

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return (a * b).sum(1)


class Unbounded(nn.Module):
    """The output as it is: ŷ = x.

    Args:
        loss_unit: what the squared error is divided by before its gradient is taken, see `RatingScale.loss_unit`.
    """

    def __init__(self, loss_unit: float = 1.0) -> None:
        super().__init__()
        self.loss_unit = loss_unit

    def forward(self, x: Tensor) -> Tensor:
        return x


class RatingRange(nn.Module):
    """A sigmoid onto the range of ratings: ŷ = low + (high - low) · σ(x) (lesson: "Bias").

    Args:
        low, high: the range, in stars.
        loss_unit: what the squared error is divided by before its gradient is taken, see `RatingScale.loss_unit`.
    """

    def __init__(self, low: float, high: float, loss_unit: float = 1.0) -> None:
        super().__init__()
        self.low, self.width, self.loss_unit = low, high - low, loss_unit

    def forward(self, x: Tensor) -> Tensor:
        return self.low + self.width * torch.sigmoid(x)

    def extra_repr(self) -> str:
        return f"{self.low:g}, {self.low + self.width:g}"


class SeededDropout(nn.Module):
    """Dropout that draws from the run's own generator: nn.Dropout draws from the process's global one, which other runs
    share.

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
        self.user_factors, self.item_factors = _embedding(user_factors), _embedding(item_factors)
        self.dot = DotProduct()
        self.output = output

    def forward(self, user_idx: Tensor, item_idx: Tensor) -> Tensor:
        return self.output(self.dot(self.user_factors(user_idx), self.item_factors(item_idx)))


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
        self.user_factors, self.item_factors = _embedding(user_factors), _embedding(item_factors)
        self.user_bias, self.item_bias = _embedding(user_bias), _embedding(item_bias)
        self.dot = DotProduct()
        self.output = output
        self.start = start

    def forward(self, user_idx: Tensor, item_idx: Tensor) -> Tensor:
        dot = self.dot(self.user_factors(user_idx), self.item_factors(item_idx))
        biases = self.user_bias(user_idx).squeeze(1) + self.item_bias(item_idx).squeeze(1)
        return self.output(self.start + dot + biases)

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
        self.user_factors, self.item_factors = _embedding(user_factors), _embedding(item_factors)
        self.dropout, self.hidden = dropout, hidden
        self.hidden_dropout, self.last = hidden_dropout, last
        self.output = output

    def forward(self, user_idx: Tensor, item_idx: Tensor) -> Tensor:
        both = torch.cat([self.user_factors(user_idx), self.item_factors(item_idx)], dim=1)
        x = functional.relu(self.hidden(self.dropout(both)))
        return self.output(self.last(self.hidden_dropout(x)).squeeze(1))


class EmbeddingImplicit(EmbeddingDotBias):
    """EmbeddingDotBias whose item factors must also tell who rated an item at all: what users pick says something about
    their taste before they give a star. Predictions are those of EmbeddingDotBias.

    Each user also has interests d_u. Let z_ui be (1 + γ · (r_ui - r̄)) / √s where u has a training rating r_ui of i and
    0 elsewhere, with r̄ their mean and s the share of the cells that have one. With γ = 0 all ratings count alike, and
    z² is 1 on average. Training minimises

        the mean squared error of the ratings
        + λ · mean over all cells of (d_u · q_i - z_ui)²
        + μ · mean over the ratings of |p_u|² + |q_i|²

    (Singh & Gordon 2008, "Relational learning via collective matrix factorization").

    Args:
        user_factors, item_factors, user_bias, item_bias, output, start: as for EmbeddingDotBias.
        user_interests: (n_users, k), where training starts.
        share_rated: the share s.
        implicit_weight, rating_decay, star_weight: λ, μ and γ.
        train_mean: r̄, stars.
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
        star_weight: float = 0.0,
        train_mean: float = 0.0,
    ) -> None:
        super().__init__(user_factors, item_factors, user_bias, item_bias, output, start)
        self.user_interests = _embedding(user_interests)
        self.share_rated, self.implicit_weight = share_rated, implicit_weight
        self.rating_decay, self.star_weight, self.train_mean = rating_decay, star_weight, train_mean

    def extra_repr(self) -> str:
        own = f"implicit_weight={self.implicit_weight:g}, rating_decay={self.rating_decay:g}"
        own += f", star_weight={self.star_weight:g}, train_mean={self.train_mean:.4g}" if self.star_weight else ""
        return f"{super().extra_repr()}, {own}".removeprefix(", ")


Model = EmbeddingDot | EmbeddingDotBias | EmbeddingNet  # and EmbeddingImplicit, which is an EmbeddingDotBias


def _embedding(weight: Tensor) -> nn.Embedding:
    """A layer that looks up rows of `weight` and learns them."""
    return nn.Embedding.from_pretrained(weight, freeze=False)
