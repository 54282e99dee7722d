"""From the configuration to a model with its weights drawn. Nothing in here knows what a model does with them."""

import math

import torch
from torch import Tensor, nn

from cf_core.config import ModelConfig
from cf_core.errors import ConfigError
from cf_core.models.modules import (
    EmbeddingDot,
    EmbeddingDotBias,
    EmbeddingImplicit,
    EmbeddingNet,
    Model,
    RatingRange,
    SeededDropout,
    Unbounded,
)


def build_model(
    config: ModelConfig,
    n_users: int,
    n_items: int,
    rating_range: tuple[float, float],
    global_mean: float,
    n_train: int,
    generator: torch.Generator,
    dropout_generator: torch.Generator | None = None,
    device: torch.device | None = None,
) -> Model:
    """The model that `config` describes, on `device` (default: the CPU).

    `rating_range` and `global_mean` are in stars, the mean taken over the `n_train` training ratings. Weights are drawn
    from `generator`, on the CPU, so that they are the same on every device.

    Raises:
        ConfigError: a negative `range_margin` leaves the sigmoid no range, or one without the mean to start at.
    """

    def uniform(shape: tuple[int, ...], low: float, high: float) -> Tensor:
        return torch.empty(shape).uniform_(low, high, generator=generator).to(device)

    def table(n_rows: int, n_columns: int) -> Tensor:
        return uniform((n_rows, n_columns), config.init_low, config.init_high)

    def linear(n_in: int, n_out: int) -> nn.Linear:
        """As PyTorch starts it, uniform on ±1/√n_in."""
        layer, bound = nn.Linear(n_in, n_out, device="meta"), 1 / math.sqrt(n_in)
        layer.weight = nn.Parameter(uniform((n_out, n_in), -bound, bound))
        layer.bias = nn.Parameter(uniform((n_out,), -bound, bound))
        return layer

    low, high = _output_range(config, rating_range, global_mean)
    output = RatingRange(low, high) if config.sigmoid else Unbounded()
    factors = table(n_users, config.n_factors), table(n_items, config.n_factors)
    if config.kind == "dot":
        return EmbeddingDot(*factors, output)
    if config.kind in ("bias", "implicit"):
        start = math.log((global_mean - low) / (high - global_mean)) if config.start_at_mean else 0.0
        with_biases = (*factors, table(n_users, 1), table(n_items, 1), output, start)
        if config.kind == "bias":
            return EmbeddingDotBias(*with_biases)
        interests, share_rated = table(n_users, config.n_factors), n_train / (n_users * n_items)
        return EmbeddingImplicit(*with_biases, interests, share_rated, config.implicit_weight, config.rating_decay)
    return EmbeddingNet(
        *factors,
        hidden=linear(2 * config.n_factors, config.n_hidden),
        last=linear(config.n_hidden, 1),
        dropout=SeededDropout(config.dropout, dropout_generator),
        hidden_dropout=SeededDropout(config.hidden_dropout, dropout_generator),
        output=output,
    )


def _output_range(config: ModelConfig, rating_range: tuple[float, float], global_mean: float) -> tuple[float, float]:
    """The stars that the sigmoid reaches towards: the rating range, `range_margin` wider on both sides."""
    low, high = rating_range[0] - config.range_margin, rating_range[1] + config.range_margin
    if config.sigmoid and low >= high:
        raise ConfigError(
            f"range_margin={config.range_margin} leaves nothing of ratings from {rating_range[0]:g} to "
            f"{rating_range[1]:g} stars. Choose more than {(rating_range[0] - rating_range[1]) / 2:g}."
        )
    if config.start_at_mean and not low < global_mean < high:
        raise ConfigError(
            f"The mean rating of {global_mean:.2f} stars, where the model should start, is out of its range, {low:g} "
            f"to {high:g}. Turn start_at_mean off, or take a range_margin of 0 or more."
        )
    return low, high
