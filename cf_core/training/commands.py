"""What one may tell a run while it trains. The fit loop looks for commands between two batches.

Nothing in here imports torch.
"""

import math
import queue
from dataclasses import asdict, dataclass
from typing import Any

from cf_core.errors import ConfigError
from cf_core.settings import check_setting


@dataclass(frozen=True)
class Stop:
    """End the run; the weights stay as they are."""


@dataclass(frozen=True)
class Pause:
    """Wait before the next batch."""


@dataclass(frozen=True)
class Resume:
    """Go on, to the end."""


@dataclass(frozen=True)
class StepBatch:
    """Train one batch more, then wait."""


@dataclass(frozen=True)
class StepEpoch:
    """Train to the end of the epoch, then wait."""


@dataclass(frozen=True)
class SetLearningRate:
    """From the next batch on, scale the phase's schedule so that its rate is `learning_rate`."""

    learning_rate: float

    def __post_init__(self) -> None:
        check_setting("learning_rate", self.learning_rate)


Command = Stop | Pause | Resume | StepBatch | StepEpoch | SetLearningRate
COMMANDS: dict[str, type[Command]] = {
    kind.__name__: kind for kind in (Stop, Pause, Resume, StepBatch, StepEpoch, SetLearningRate)
}


def command_to_json(command: Command) -> dict[str, Any]:
    """The command as plain JSON with its name under "command"."""
    return {"command": type(command).__name__, **asdict(command)}


def command_from_json(record: dict[str, Any]) -> Command:
    """The command that `command_to_json` wrote.

    Raises:
        ConfigError: no such command, or a wrong argument.
    """
    fields = dict(record)
    name = fields.pop("command", None)
    try:
        return COMMANDS[name](**fields)
    except (KeyError, TypeError) as error:
        raise ConfigError(f"Not a command: {record!r}. Commands are: {', '.join(COMMANDS)}.") from error


class Control:
    """What the commands in a queue allow the loop to do: to train `_allowance` more batches before it waits, which is
    all of them while the run plays and none while it is paused, or to stop."""

    def __init__(self, commands: "queue.SimpleQueue[Command] | None") -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue() if commands is None else commands
        self._allowance = math.inf
        self.stopped = False

    @property
    def paused(self) -> bool:
        """Whether the next batch has to wait."""
        return self._allowance <= 0 and not self.stopped

    @property
    def calls(self) -> bool:
        """Whether `take` is to be called before the next batch."""
        return self._allowance <= 0 or not self._commands.empty()

    def take(self, batches_left: int) -> Command | None:
        """The next command, taken; None where none has come. Waits for one while the run is paused.

        `batches_left` are those left in the epoch.
        """
        if not self.paused and self._commands.empty():
            return None
        command = self._commands.get()
        match command:
            case Stop():
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
