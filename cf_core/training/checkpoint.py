"""Checkpoints: a run in training on disk, with all that it takes to go on to the same numbers as without a break.

One safetensors file: weights, the optimiser's state and the dropout's generator as tensors; where the run stands as
JSON in the file's metadata. Loading executes no code.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from cf_core.errors import StoreError
from cf_core.training.losses import EpochProgress
from cf_core.training.state import TrainingState


def save_checkpoint(training: TrainingState, path: Path) -> None:
    """Write `training` as it stands between two batches to `path`. The caller makes the writing atomic."""
    position = position_of(training)
    tensors = {
        name: tensor.cpu().clone(memory_format=torch.contiguous_format) for name, tensor in _tensors(training).items()
    }
    save_file(tensors, path, {"position": json.dumps(position)})


def load_checkpoint(training: TrainingState, path: Path) -> None:
    """Move a fresh `training` on to where the one that was saved at `path` stood.

    Raises:
        StoreError: the file is missing or damaged, or belongs to a run of another shape.
    """
    try:
        with safe_open(path, "pt") as file:
            position = json.loads(file.metadata()["position"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
        _restore(training, tensors)
        move_to(training, position)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise StoreError(
            f"The checkpoint {path} cannot be used ({error}). Train the run again from its start."
        ) from error


def position_of(training: TrainingState) -> dict[str, Any]:
    """Where the run stands, as plain JSON."""
    return {
        "n_epochs_done": training.n_epochs_done,
        "so_far": asdict(training.epoch_progress),
        "held_rate": training.held_rate,
        "watched": training.watched,
        "first_loss": training.first_loss,
    }


def move_to(training: TrainingState, position: Mapping[str, Any]) -> None:
    """Put `training` where `position_of` found another one; the weights and the optimiser's state are not in there."""
    training.n_epochs_done = int(position["n_epochs_done"])
    training.epoch_progress = EpochProgress(**position["so_far"])
    training.held_rate = None if position.get("held_rate") is None else float(position["held_rate"])
    training.watched = None if position.get("watched") is None else tuple(position["watched"])
    training.first_loss = None if position["first_loss"] is None else float(position["first_loss"])


def _tensors(training: TrainingState) -> dict[str, Tensor]:
    """All tensors of a run by name. The optimiser's are numbered by the model's parameters: what it remembers of the
    shared table is cut where the table is."""
    model, table, state = training.model, training.gradients.table, training.optimizer.state
    tensors: dict[str, Tensor] = {f"model.{name}": weight.detach() for name, weight in model.named_parameters()}
    for name, values in state.items():
        of_table, *of_others = values
        parts = table.parts(of_table) if of_table.dim() else [of_table] * (2 * len(table.widths))
        tensors |= {f"optimizer.{number}.{name}": value for number, value in enumerate([*parts, *of_others])}
    if training.dropout_generator is not None:
        tensors["dropout"] = training.dropout_generator.get_state()
    return tensors


def _restore(training: TrainingState, saved: dict[str, Tensor]) -> None:
    mine = _tensors(training)
    if {name: tensor.shape for name, tensor in saved.items()} != {name: tensor.shape for name, tensor in mine.items()}:
        raise ValueError("its tensors are not those of this run on this device")
    for name, tensor in mine.items():
        tensor.copy_(saved[name])
    if training.dropout_generator is not None:
        training.dropout_generator.set_state(saved["dropout"])
