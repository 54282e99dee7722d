"""From a configuration to a model with its weights drawn."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from cf_core.config import ModelConfig
from cf_core.data.split import Split
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
from cf_core.rating_scale import RatingScale


class DataShape(NamedTuple):
    """What a model has to know about the data: how many users and items, lowest and highest rating and the mean of the
    training ratings (stars), and how many training ratings there are."""

    n_users: int
    n_items: int
    rating_range: tuple[float, float]
    train_mean: float
    n_train: int

    @classmethod
    def of(cls, split: Split) -> "DataShape":
        """The shape of the training part of `split`."""
        ratings = split.ratings
        return cls(ratings.n_users, ratings.n_items, ratings.rating_range, split.train_mean, len(split.train_rows))


def build_model(
    config: ModelConfig,
    data: DataShape,
    generator: torch.Generator,
    dropout_generator: torch.Generator | None = None,
    device: torch.device | None = None,
) -> Model:
    """The model that `config` describes, on `device` (default: the CPU).

    Weights are drawn from `generator`, on the CPU, so that they are the same on every device: factors and biases
    uniform on [init_low, init_high), as the lesson's `get_embedding` does (lesson: "Bias"); the net's layers as PyTorch
    does by default. Where there is no sigmoid, products have to reach the ratings themselves: on a scale on which one
    of the lesson's stars is s, the weights start √s times as large.

    Raises:
        ConfigError: the model's range leaves no room, see `RatingScale.of`.
    """

    def embedding(n_rows: int, n_columns: int) -> Tensor:
        return _uniform((n_rows, n_columns), config.init_low * size, config.init_high * size, generator, device)

    scale = RatingScale.of(config, data.rating_range, data.train_mean)
    size = 1.0 if config.sigmoid else math.sqrt(scale.star)
    output = (
        Unbounded(scale.loss_unit)
        if scale.low is None or scale.high is None
        else RatingRange(scale.low, scale.high, scale.loss_unit)
    )
    factors = embedding(data.n_users, config.n_factors), embedding(data.n_items, config.n_factors)
    match config.kind:
        case "dot":
            return EmbeddingDot(*factors, output)
        case "bias":
            biases = embedding(data.n_users, 1), embedding(data.n_items, 1)
            return EmbeddingDotBias(*factors, *biases, output, scale.start)
        case "implicit":
            biases = embedding(data.n_users, 1), embedding(data.n_items, 1)
            interests = embedding(data.n_users, config.n_factors)
            share_rated = data.n_train / (data.n_users * data.n_items)
            weights = config.implicit_weight, config.rating_decay, config.star_weight / scale.star, data.train_mean
            return EmbeddingImplicit(*factors, *biases, output, scale.start, interests, share_rated, *weights)
        case "net":
            return EmbeddingNet(
                *factors,
                hidden=_linear(2 * config.n_factors, config.n_hidden, generator, device),
                last=_linear(config.n_hidden, 1, generator, device),
                dropout=SeededDropout(config.dropout, dropout_generator),
                hidden_dropout=SeededDropout(config.hidden_dropout, dropout_generator),
                output=output,
            )


def _linear(n_in: int, n_out: int, generator: torch.Generator, device: torch.device | None) -> nn.Linear:
    """A layer with PyTorch's default initialisation, uniform on ±1/√n_in, drawn from `generator`."""
    layer, bound = nn.Linear(n_in, n_out, device="meta"), 1 / math.sqrt(n_in)
    layer.weight = nn.Parameter(_uniform((n_out, n_in), -bound, bound, generator, device))
    layer.bias = nn.Parameter(_uniform((n_out,), -bound, bound, generator, device))
    return layer


def _uniform(
    shape: tuple[int, ...], low: float, high: float, generator: torch.Generator, device: torch.device | None
) -> Tensor:
    return torch.empty(shape).uniform_(low, high, generator=generator).to(device)
