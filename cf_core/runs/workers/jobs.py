"""In-memory state of a submitted run, and the read-only copy that readers get."""

import math
import secrets
import time
from dataclasses import dataclass, field, replace

from cf_core.runs.spec import UNFINISHED, Purpose, RunOutcome
from cf_core.runs.visitor import UNKNOWN, Visitor
from cf_core.runs.workers.fair_order import Party
from cf_core.runs.workers.lost_commands import lost_commands
from cf_core.runs.workers.pool_worker import PoolWorker
from cf_core.training.commands import Command, Pause, Resume, SetDown, Stop
from cf_core.training.events import CommandTaken, Event, FitEnded, FitStarted
from cf_core.training.history import History


@dataclass(frozen=True)
class LiveRun:
    """A run as it is now.

    `place` is its place in the queue, from 1, and None when it has left the queue; `history` is the reader's own copy;
    `paused` says whether it waits for a command; `set_down` whether it has handed its worker on to others: it goes on
    when its turn comes, or, if it is paused, at a command. `message` says why it ended early.
    A history of the same `history_id` has only grown.
    """

    run_id: str
    owner: str = field(repr=False)
    state: RunOutcome
    place: int | None
    history: History
    paused: bool = False
    set_down: bool = False
    message: str = ""
    history_id: str = ""

    @property
    def unfinished(self) -> bool:
        """Whether it is queued or running."""
        return self.state in UNFINISHED


@dataclass
class Job:
    """A run that was submitted to this server.

    Attributes:
        visitor: who asked for it.
        pending: the commands that came before a worker had it.
        sent: the commands that its worker was sent, and has not said that it took.
        training_since: since when it trains on its worker, in seconds of `time.monotonic`; infinity before.
        paused_since: since when it waits for a command on its worker; None while it does not.
        handing_on: whether its worker has been told to set it down, or has died and another may go on with it: commands
            wait until that is settled.
        set_down: whether it was set down and has no worker since.
        on_hold: whether it was set down while it was paused, so that only a command puts it into the queue again.
        class_id: the class that it is for; "" for none.
        stopping: whether it has been told to stop.
        n_revivals: how often it has gone on by itself after the death of its worker.
        noted: what the store knows of `to_repeat`; None where it does not know the job.
        history_id: another one for each history that it begins.
    """

    run_id: str
    owner: str = field(repr=False)
    visitor: Visitor = UNKNOWN
    purpose: Purpose = "train"
    state: RunOutcome = "queued"
    history: History = field(default_factory=History)
    pending: list[Command] = field(default_factory=list)
    sent: list[Command] = field(default_factory=list)
    worker: PoolWorker | None = None
    message: str = ""
    training_since: float = math.inf
    paused_since: float | None = None
    handing_on: bool = False
    set_down: bool = False
    on_hold: bool = False
    class_id: str = ""
    stopping: bool = False
    n_revivals: int = 0
    noted: list[Command] | None = None
    history_id: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def unfinished(self) -> bool:
        """Whether it is queued or running."""
        return self.state in UNFINISHED

    @property
    def is_trial(self) -> bool:
        """Whether it is a trial of a sweep, which comes after all other runs."""
        return self.purpose == "trial"

    @property
    def waiting(self) -> bool:
        """Whether it waits for a worker."""
        return self.state == "queued" and not self.on_hold

    @property
    def party(self) -> Party:
        """Whom it counts for in the queue."""
        return Party(self.owner, self.visitor.address)

    def to_repeat(self) -> list[Command]:
        """What another worker has to be told that goes on with it from its last checkpoint."""
        lost = lost_commands(self.history, self.sent)
        if self.set_down and not self.on_hold:  # it had been paused, and a command has ended that
            lost = [command for command in lost if not isinstance(command, Pause)]
        return [*lost, *self.pending]

    def start(self, worker: PoolWorker) -> None:
        """Hand it, with its pending commands, to a worker."""
        own = [Resume()] if self.set_down and self.history.paused else []  # what its worker will tell itself
        self.state, self.worker, self.training_since, self.paused_since = "running", worker, math.inf, None
        self.set_down = self.on_hold = False
        commands, self.pending = self.pending, []
        self.sent = [*own, *commands]
        worker.train(self.run_id, commands)

    def send(self, command: Command) -> None:
        """Send a command to its worker; one for a run that is being handed on waits."""
        self.stopping |= isinstance(command, Stop)
        if self.handing_on:
            self.pending.append(command)
        elif self.worker is not None:
            self.sent.append(command)
            self.worker.send(command)

    def apply(self, event: Event) -> None:
        """Update the state with an event. A start begins a new history, since a run that continues repeats its own."""
        if isinstance(event, FitStarted):
            self.history, self.history_id, self.training_since = History(), secrets.token_hex(8), time.monotonic()
        self.history.add(event)
        if isinstance(event, CommandTaken):
            taken = next((command for command in self.sent if command.kind == event.command), None)
            self.sent = [command for command in self.sent if command is not taken]
        if not self.history.paused:
            self.paused_since = None
        elif self.paused_since is None:
            self.paused_since = time.monotonic()
        if isinstance(event, FitEnded):
            self.end(event.outcome, event.message)

    def hand_on(self) -> None:
        """Tell its worker to set it down."""
        assert self.worker is not None
        self.handing_on = True
        self.worker.send(SetDown())

    def lose_worker(self) -> None:
        """Record that its worker has died, and that another may go on with it."""
        self.worker, self.paused_since, self.handing_on = None, None, True

    def was_set_down(self) -> list[Command]:
        """Record that its worker has given it back; the commands that came meanwhile."""
        self.state, self.worker, self.handing_on, self.set_down = "queued", None, False, True
        self.on_hold = self.history.paused
        commands, self.pending, self.sent = self.pending, [], []
        return commands

    def end(self, state: RunOutcome, message: str) -> None:
        """Record that it has ended, which frees its worker."""
        self.state, self.message, self.worker = state, message, None
        self.handing_on = self.set_down = self.on_hold = False

    def snapshot(self, place: int | None) -> LiveRun:
        """A copy for a reader; `place` is its place in the queue."""
        history = self.history
        copy = replace(history, batches=[*history.batches], commands=[*history.commands], epochs=[*history.epochs])
        paused = self.on_hold or (self.state == "running" and history.paused)
        return LiveRun(
            self.run_id, self.owner, self.state, place, copy, paused, self.set_down, self.message, self.history_id
        )
