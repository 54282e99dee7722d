"""The tensors of an exported run as they come in: names, shapes and kinds are compared with what the settings and the
data make them before any number is read, and every number has to be finite."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from cf_core.config import ModelConfig
from cf_core.data.ratings import Ratings
from cf_core.errors import BadExportError
from cf_core.exports.importing.record import ExportedRun
from cf_core.exports.importing.typed_json import build, parse

HEADER = 1_000_000
"""Bytes that names, shapes and metadata of a file may take, far more than they do."""

Shapes = dict[str, list[int]]
_OPTIMIZER = re.compile(r"optimizer\.\d{1,2}\.(momentum_buffer|exp_avg|exp_avg_sq|step)")
_DROPOUT_BYTES = 100_000
_COPIES = 3
"""A checkpoint has each weight, and at most two numbers that the optimiser remembers of it."""


@dataclass(frozen=True)
class _Progress:
    """The epoch under way, in a checkpoint's position, under its old name."""

    n_batches: int
    loss_sum: float
    n_ratings: int
    seconds: float


@dataclass(frozen=True)
class _Position:
    """Where a checkpoint stands."""

    n_epochs_done: int
    held_rate: float | None
    watched: list[int] | None
    first_loss: float | None


def model_shapes(model: ModelConfig, ratings: Ratings) -> Shapes:
    """The shape of every weight of the model, by its PyTorch name without the ".weight" of embeddings."""
    users, items, k = ratings.n_users, ratings.n_items, model.n_factors
    shapes = {"user_factors": [users, k], "item_factors": [items, k]}
    if model.kind in ("bias", "implicit"):
        shapes |= {"user_bias": [users, 1], "item_bias": [items, 1]}
    if model.kind == "implicit":
        shapes |= {"user_interests": [users, k]}
    return shapes


def layer_shapes(model: ModelConfig) -> Shapes:
    """The shape of every weight of a net's layers, by its PyTorch name."""
    if model.kind != "net":
        return {}
    h = model.n_hidden
    return {"hidden.weight": [h, 2 * model.n_factors], "hidden.bias": [h], "last.weight": [1, h], "last.bias": [1]}


def weights_shapes(model: ModelConfig, ratings: Ratings) -> Shapes:
    """The shape of every tensor of `weights.safetensors`."""
    shapes = {name: shape[: 1 if "bias" in name else 2] for name, shape in model_shapes(model, ratings).items()}
    layers = {name.replace(".", "_"): shape for name, shape in layer_shapes(model).items()}
    if layers:
        layers["last_weight"] = layers["last_weight"][1:]
    return shapes | layers | {"n_train_by_user": [ratings.n_users], "n_train_by_item": [ratings.n_items]}


def largest_weights(model: ModelConfig, ratings: Ratings) -> int:
    """How many bytes `weights.safetensors` can have."""
    return HEADER + 8 * sum(math.prod(shape) for shape in weights_shapes(model, ratings).values())


def largest_checkpoint(model: ModelConfig, ratings: Ratings) -> int:
    """How many bytes `checkpoint.safetensors` can have."""
    shapes = [*model_shapes(model, ratings).values(), *layer_shapes(model).values()]
    return HEADER + _DROPOUT_BYTES + 4 * _COPIES * sum(math.prod(shape) for shape in shapes)


def read_weights(path: Path, model: ModelConfig, ratings: Ratings) -> dict[str, np.ndarray]:
    """The tensors of a copy of `weights.safetensors`.

    Raises:
        BadExportError: a name, a shape or a number is not what it should be.
    """
    wanted = {
        name: ("I64" if name.startswith("n_train") else "F32", shape)
        for name, shape in weights_shapes(model, ratings).items()
    }
    with _opened(path) as file:
        if _found(file) != wanted:
            raise BadExportError("the weights are not those of its settings and of these data")
        tensors = {name: file.get_tensor(name) for name in wanted}
    if not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise BadExportError("a weight is not a finite number")
    return tensors


def check_checkpoint(path: Path, run: ExportedRun, ratings: Ratings, n_batches: int) -> None:
    """Raise `BadExportError` where a copy of `checkpoint.safetensors` is not one that this run can have."""
    model = run.spec.config.model
    weights = {f"model.{name}.weight": shape for name, shape in model_shapes(model, ratings).items()}
    weights |= {f"model.{name}": shape for name, shape in layer_shapes(model).items()}
    with _opened(path) as file:
        found = _found(file)
        if {name: ("F32", shape) for name, shape in weights.items()} != {
            name: told for name, told in found.items() if name.startswith("model.")
        }:
            raise BadExportError("the checkpoint is not that of its settings and of these data")
        for name, (kind, shape) in found.items():
            is_state = _OPTIMIZER.fullmatch(name) and kind == "F32" and shape in ([], *weights.values())
            is_dropout = name == "dropout" and model.kind == "net" and kind == "U8" and len(shape) == 1
            if not (name in weights or is_state or is_dropout):
                raise BadExportError("the checkpoint has a tensor that no checkpoint has")
            if not np.isfinite(file.get_tensor(name)).all():
                raise BadExportError("a number of the checkpoint is not finite")
        _check_position(file.metadata() or {}, run, ratings, n_batches)


def _check_position(metadata: dict[str, str], run: ExportedRun, ratings: Ratings, n_batches: int) -> None:
    told = parse(metadata.get("position", "").encode())
    if not isinstance(told, dict):
        raise BadExportError("the checkpoint does not say where it stands")
    progress = build(_Progress, told.pop("so_far", None), "position.so_far")
    position = build(_Position, told, "position")
    if not 0 <= position.n_epochs_done <= run.n_epochs_done or not 0 <= progress.n_batches <= n_batches:
        raise BadExportError("the checkpoint stands elsewhere than its history ends")
    if not 0 <= progress.n_ratings <= ratings.n_ratings or progress.loss_sum < 0 or progress.seconds < 0:
        raise BadExportError("the checkpoint counts what there is not")
    pair, ends = position.watched, (ratings.n_users, ratings.n_items)
    if pair is not None and not (len(pair) == 2 and all(0 <= i < n for i, n in zip(pair, ends, strict=True))):
        raise BadExportError("the checkpoint watches what is not in the data")


def _opened(path: Path) -> Any:
    """The file, whose header the library checks against its size without reading a number."""
    try:
        return safe_open(path, "np")
    except (OSError, SafetensorError) as error:
        raise BadExportError(f"{path.name} is no safetensors file ({error})") from error


def _found(file: Any) -> dict[str, tuple[str, list[int]]]:
    slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
    return {name: (part.get_dtype(), part.get_shape()) for name, part in slices.items()}
