"""Commands that can be sent to a run while it trains. The fit loop looks for them between two batches."""

import math
import queue
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from cf_core.errors import ConfigError
from cf_core.settings import check_setting
from cf_core.training.messages import Message, by_kind, message_from_json


@dataclass(frozen=True)
class Command(Message):
    """Base of the commands."""

    kind_field: ClassVar[str] = "command"


@dataclass(frozen=True)
class Stop(Command):
    """End the run; the weights stay as they are."""

    kind: ClassVar[str] = "stop"


@dataclass(frozen=True)
class Interrupt(Command):
    """Shut down: the run is checkpointed at the next batch and reads as interrupted, to be resumed later. Only the
    process that trains gives it to itself: it has no place in `COMMANDS`, so it never comes as JSON."""

    kind: ClassVar[str] = "interrupt"


@dataclass(frozen=True)
class SetDown(Command):
    """Hand the worker on to others who wait: the run is checkpointed at the next batch and goes on later, to the same
    numbers. Only the pool gives it."""

    kind: ClassVar[str] = "set_down"


@dataclass(frozen=True)
class Pause(Command):
    """Wait before the next batch."""

    kind: ClassVar[str] = "pause"


@dataclass(frozen=True)
class Resume(Command):
    """Go on, to the end."""

    kind: ClassVar[str] = "resume"


@dataclass(frozen=True)
class StepBatch(Command):
    """Train one more batch, then wait."""

    kind: ClassVar[str] = "step_batch"


@dataclass(frozen=True)
class StepEpoch(Command):
    """Train to the end of the epoch, then wait."""

    kind: ClassVar[str] = "step_epoch"


@dataclass(frozen=True)
class SetLearningRate(Command):
    """From the next batch on, train at `learning_rate`, whatever the schedules of this phase and the next ones say,
    until `FollowSchedule` or the end of the run: the lesson's `set_lrs` while the run trains."""

    kind: ClassVar[str] = "set_learning_rate"
    learning_rate: float

    def __post_init__(self) -> None:
        check_setting("learning_rate", self.learning_rate)


@dataclass(frozen=True)
class FollowSchedule(Command):
    """From the next batch on, take the rates of the schedule again."""

    kind: ClassVar[str] = "follow_schedule"


@dataclass(frozen=True)
class Watch(Command):
    """Report the prediction for this user and this item, by index, with every report from now on."""

    kind: ClassVar[str] = "watch"
    user_idx: int
    item_idx: int

    def __post_init__(self) -> None:
        for name in ("user_idx", "item_idx"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ConfigError(f"{name}={value!r} is no index. Choose a whole number from 0.")


COMMANDS: dict[str, type[Command]] = by_kind(
    (Stop, Pause, Resume, StepBatch, StepEpoch, SetLearningRate, FollowSchedule, Watch, SetDown)
)


def command_from_json(record: Mapping[str, Any]) -> Command:
    """The command that `to_json` wrote.

    Raises:
        ConfigError: no such command, or a wrong argument.
    """
    return message_from_json(record, COMMANDS)


class Control:
    """What the commands in a queue allow the loop to do: train `_allowance` more batches before it waits (infinitely
    many while the run plays, none while it is paused), or stop."""

    def __init__(self, commands: "queue.SimpleQueue[Command] | None") -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue() if commands is None else commands
        self._allowance = math.inf
        self.stopped = False

    @property
    def paused(self) -> bool:
        """Whether the next batch has to wait."""
        return self._allowance <= 0 and not self.stopped

    @property
    def has_pending(self) -> bool:
        """Whether `next_command` is to be called before the next batch."""
        return self._allowance <= 0 or not self._commands.empty()

    def next_command(self, batches_left: int) -> Command | None:
        """The next command; None where none has come. Waits for one while the run is paused.

        `batches_left` are those left in the epoch.
        """
        if not self.paused and self._commands.empty():
            return None
        command = self._commands.get()
        match command:
            case Stop() | Interrupt() | SetDown():
                self.stopped = True
            case Pause():
                self._allowance = 0
            case Resume():
                self._allowance = math.inf
            case StepBatch():
                self._allowance = 1 if math.isinf(self._allowance) else self._allowance + 1
            case StepEpoch():
                self._allowance = batches_left
        return command

    def batch_trained(self) -> None:
        """One batch less to go before the run waits."""
        self._allowance -= 1
