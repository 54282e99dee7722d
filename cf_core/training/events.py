"""What the fit loop reports, as frozen records that become JSON as they stand.

Losses are mean squared errors in squared stars; epochs, batches and phases count from 1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from cf_core.training.messages import Message, by_kind, message_from_json

Outcome = Literal["finished", "stopped", "failed", "diverged"]


@dataclass(frozen=True)
class Event(Message):
    """Base of the events."""

    kind_field: ClassVar[str] = "event"


@dataclass(frozen=True)
class InEpoch(Event):
    """Base of the events that happen within an epoch, after `batch` of its `n_batches`."""

    epoch: int
    batch: int
    n_batches: int

    @property
    def position(self) -> float:
        """Where on the axis of epochs it happened: 1.5 is the middle of the second epoch."""
        return self.epoch - 1 + self.batch / self.n_batches


@dataclass(frozen=True)
class FitStarted(Event):
    """The first event: what will be trained, on what.

    `model` is the module as PyTorch prints it, `layers` the shape of each weight by name; `n_batches` is the number of
    batches per epoch.
    """

    kind: ClassVar[str] = "fit_started"
    n_train: int
    n_valid: int
    n_batches: int
    n_epochs: int
    n_parameters: int
    device: str
    model: str
    layers: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchEnded(InEpoch):
    """The state at a reporting interval.

    `train_loss` is the mean over the ratings since the last report; `seconds` the time in training steps since the
    epoch began. `weight_norms` and `gradient_norms` are the Euclidean norms of every weight and of its gradient in the
    last batch, by the weight's name and to five digits; without those that are not finite, and empty in most reports.
    `prediction` is that for the user and item of the latest `Watch`, in stars; None where none has come.
    """

    kind: ClassVar[str] = "batch_ended"
    phase: int
    train_loss: float
    learning_rate: float
    seconds: float = 0.0
    weight_norms: dict[str, float] = field(default_factory=dict)
    gradient_norms: dict[str, float] = field(default_factory=dict)
    prediction: float | None = None


@dataclass(frozen=True)
class CommandTaken(InEpoch):
    """A command has taken effect before batch `batch + 1`. `command` is its kind; `learning_rate` is that of
    "set_learning_rate", `user_idx` and `item_idx` are those of "watch", with the `prediction` for them at that moment
    (stars); None for other commands."""

    kind: ClassVar[str] = "command_taken"
    command: str
    learning_rate: float | None = None
    user_idx: int | None = None
    item_idx: int | None = None
    prediction: float | None = None


@dataclass(frozen=True)
class EpochEnded(Event):
    """An epoch is over and validated.

    `train_loss` is the mean over the epoch's ratings, each taken when its batch came (dropout on); `valid_loss` and
    `mae` (stars) are over all validation rows with the weights at the end of the epoch; `rmse` is the root of
    `valid_loss` (stars). `seconds` is the time in training steps alone.
    """

    kind: ClassVar[str] = "epoch_ended"
    epoch: int
    phase: int
    train_loss: float
    valid_loss: float
    rmse: float
    mae: float
    learning_rate: float
    seconds: float
    ratings_per_second: float


@dataclass(frozen=True)
class FitEnded(Event):
    """The last event. `message` says why in words where the outcome is not `finished`."""

    kind: ClassVar[str] = "fit_ended"
    outcome: Outcome
    epoch: int
    seconds: float
    message: str = ""


EVENTS: dict[str, type[Event]] = by_kind((FitStarted, BatchEnded, CommandTaken, EpochEnded, FitEnded))


def event_from_json(record: Mapping[str, Any]) -> Event:
    """The event that `to_json` wrote. Runs stored by earlier versions have their commands as StepBatch, not step_batch.

    Raises:
        ConfigError: it is no event.
    """
    if "command" in record:
        record = {**record, "command": re.sub(r"(?<!^)(?=[A-Z])", "_", record["command"]).lower()}
    return message_from_json(record, EVENTS)
