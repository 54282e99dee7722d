"""What the fit loop tells the world, as frozen records that become JSON as they stand.

Nothing in here imports torch. Losses are mean squared errors in squared stars; epochs, batches and phases count from 1.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

Outcome = Literal["finished", "stopped", "failed", "diverged"]


@dataclass(frozen=True)
class Event:
    """Base of the events; `kind` is the name that goes into JSON."""

    kind: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """The event as plain JSON with its kind under "event"."""
        return {"event": self.kind, **asdict(self)}


@dataclass(frozen=True)
class FitStarted(Event):
    """The first event: what will be trained, on what.

    `model` is the module as PyTorch prints it, `layers` the shape of each weight by name; `n_batches` is the number of
    batches an epoch.
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
class BatchEnded(Event):
    """The state at a reporting interval.

    `train_loss` is the mean over the ratings since the last report; `seconds` the time in training steps since the
    epoch began. `weight_norms` and `gradient_norms` are the Euclidean norms of every weight and of its gradient in the
    last batch, by the weight's name and to five digits; without those that are not finite, and empty in most reports.
    """

    kind: ClassVar[str] = "batch_ended"
    epoch: int
    batch: int
    n_batches: int
    phase: int
    train_loss: float
    learning_rate: float
    seconds: float = 0.0
    weight_norms: dict[str, float] = field(default_factory=dict)
    gradient_norms: dict[str, float] = field(default_factory=dict)

    @property
    def position(self) -> float:
        """Where on the axis of epochs the batch ended: 1.5 is the middle of the second epoch."""
        return self.epoch - 1 + self.batch / self.n_batches


@dataclass(frozen=True)
class CommandTaken(Event):
    """A command has taken effect before batch `batch + 1`; `learning_rate` is the new one, None for other commands."""

    kind: ClassVar[str] = "command_taken"
    epoch: int
    batch: int
    n_batches: int
    command: str
    learning_rate: float | None = None

    @property
    def position(self) -> float:
        """Where on the axis of epochs it took effect."""
        return self.epoch - 1 + self.batch / self.n_batches


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


EVENTS: dict[str, type[Event]] = {cls.kind: cls for cls in (FitStarted, BatchEnded, CommandTaken, EpochEnded, FitEnded)}


def event_from_json(record: dict[str, Any]) -> Event:
    """The event that `to_json` wrote."""
    fields = dict(record)
    return EVENTS[fields.pop("event")](**fields)
