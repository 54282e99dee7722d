"""What one may tell a run while it trains. The fit loop looks for commands between two batches.

Nothing in here imports torch.
"""

import math
import queue
from dataclasses import asdict, dataclass
from typing import Any

from cf_core.errors import ConfigError
from cf_core.training.config import check_setting


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
    """Turns the commands in a queue into what the loop may do next.

    `stopped` and `rate_factor` (what the schedule's rate is multiplied by) are for the loop to read. A run may train
    `_allowance` more batches before it waits: all while it plays, none while it is paused.
    """

    def __init__(self, commands: "queue.SimpleQueue[Command] | None") -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue() if commands is None else commands
        self._allowance = math.inf
        self.stopped = False
        self.rate_factor = 1.0

    def take_waiting(self, rate: float, batches_left: int) -> None:
        """Take all commands that have come. `rate` is that of the phase, `batches_left` those left in the epoch."""
        while not self._commands.empty():
            self._take(self._commands.get(), rate, batches_left)

    def wait(self, rate: float, batches_left: int) -> None:
        """Block until a command lets the run go on."""
        while self.paused:
            self._take(self._commands.get(), rate, batches_left)

    @property
    def paused(self) -> bool:
        """Whether the next batch has to wait."""
        return self._allowance <= 0 and not self.stopped

    def batch_trained(self) -> None:
        """One batch less to go before the run waits."""
        self._allowance -= 1

    def _take(self, command: Command, rate: float, batches_left: int) -> None:
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
            case SetLearningRate(learning_rate):
                self.rate_factor = learning_rate / rate
