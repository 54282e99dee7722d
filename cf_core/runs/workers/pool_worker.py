"""What the pool has of a worker, wherever it trains, and of the place that workers are started in."""

import abc
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from cf_core.runs.workers.slots import Slot
from cf_core.training.commands import Command
from cf_core.training.events import Event, event_from_json

CLOSING_SECONDS = 25.0
"""How long a worker may take to end when it is told to. It allows itself less, and needs far less unless the disk
hangs."""

CURE = "Resume it to continue where it stopped"


class PoolWorker(abc.ABC):
    """A worker in a slot, which trains one run at a time. Each kind is made from the `address` of the store, the `data`
    set that it reads in advance, and these:

    Args:
        slot: the slot that it takes.
        on_event: called for every event, with the worker and the id of the run.
        on_exit: called once, when the worker has ended, with the reason in words.

    Both are called in a thread that this worker has to itself. If it cannot understand what the worker reports, or if
    `on_event` raises, it ends the worker.

    Attributes:
        ready: whether it has started up, and can train without delay.
        retiring: whether it is about to end.
        has_place: whether its site has a place for it; without one it is ended before it has started up, and its run is
            not to blame.
        holder: the name under which its process holds its run in the store; "" until it has begun one.
    """

    def __init__(
        self,
        slot: Slot,
        on_event: "Callable[[PoolWorker, str, Event], None]",
        on_exit: "Callable[[PoolWorker, str], None]",
    ) -> None:
        self.ready, self.retiring, self.has_place = False, False, True
        self.slot, self.holder = slot, ""
        self._on_event, self._on_exit = on_event, on_exit

    def train(self, run_id: str, commands: Iterable[Command] = ()) -> None:
        """Have it train a run, with commands that came before."""
        self._request({"train": run_id, "commands": [command.to_json() for command in commands]})

    def send(self, command: Command) -> None:
        """Send a command to the run that it was last told to train."""
        self._request(command.to_json())

    @property
    @abc.abstractmethod
    def alive(self) -> bool:
        """Whether it has not ended."""

    @property
    @abc.abstractmethod
    def pid(self) -> int:
        """The id of its process, on whichever machine."""

    @abc.abstractmethod
    def close(self) -> None:
        """Tell it to end."""

    @abc.abstractmethod
    def wait(self) -> None:
        """Wait until it has ended; kill it where that takes more than `CLOSING_SECONDS`."""

    @abc.abstractmethod
    def _request(self, record: dict[str, Any]) -> None:
        """Send a request of `Trainer`; one to a worker that has ended takes no effect."""

    def _take(self, record: dict[str, Any]) -> None:
        """Take a report of `Trainer`."""
        if "ready" in record:
            self.ready, self.retiring = record["ready"], not record["ready"]
        elif "holder" in record:
            self.holder = record["holder"]
        else:
            run_id = record.pop("run_id")
            self._on_event(self, run_id, event_from_json(record))


OnEvent = Callable[[PoolWorker, str, Event], None]
OnExit = Callable[[PoolWorker, str], None]


class Site(Protocol):
    """Where a pool has its workers.

    Attributes:
        revives: whether a run whose worker has died goes on by itself, elsewhere.
    """

    revives: bool

    def slots(self) -> tuple[Slot, ...]:
        """The slots that there are now."""

    def start(self, slot: Slot, on_event: OnEvent, on_exit: OnExit) -> PoolWorker:
        """Start a worker in a slot; raises `OSError` where that cannot be."""
