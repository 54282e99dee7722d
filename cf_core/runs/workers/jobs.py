"""In-memory state of a submitted run, and the read-only copy that readers get."""

from dataclasses import dataclass, field, replace

from cf_core.runs.spec import UNFINISHED, RunOutcome
from cf_core.runs.workers.process import WorkerProcess
from cf_core.training.commands import Command
from cf_core.training.events import Event, FitEnded, FitStarted
from cf_core.training.history import History


@dataclass(frozen=True)
class LiveRun:
    """A run as it is now.

    `place` is its place in the queue, from 1, and None when it has left the queue; `history` is the reader's own copy;
    `paused` says whether it waits for a command; `message` says why it ended early.
    """

    run_id: str
    owner: str = field(repr=False)
    state: RunOutcome
    place: int | None
    history: History
    paused: bool = False
    message: str = ""

    @property
    def unfinished(self) -> bool:
        """Whether it is queued or running."""
        return self.state in UNFINISHED


@dataclass
class Job:
    """A run that was submitted to this server. `pending` holds the commands that came before a worker had it."""

    run_id: str
    owner: str = field(repr=False)
    state: RunOutcome = "queued"
    history: History = field(default_factory=History)
    pending: list[Command] = field(default_factory=list)
    worker: WorkerProcess | None = None
    message: str = ""

    @property
    def unfinished(self) -> bool:
        """Whether it is queued or running."""
        return self.state in UNFINISHED

    def apply(self, event: Event) -> None:
        """Update the state with an event. A start begins a new history, since a run that continues repeats its own."""
        if isinstance(event, FitStarted):
            self.history = History()
        self.history.add(event)
        if isinstance(event, FitEnded):
            self.end(event.outcome, event.message)

    def end(self, state: RunOutcome, message: str) -> None:
        """Record that it has ended, which frees its worker."""
        self.state, self.message, self.worker = state, message, None

    def snapshot(self, place: int | None) -> LiveRun:
        """A copy for a reader; `place` is its place in the queue."""
        history = self.history
        copy = replace(history, batches=[*history.batches], commands=[*history.commands], epochs=[*history.epochs])
        paused = self.state == "running" and history.paused
        return LiveRun(self.run_id, self.owner, self.state, place, copy, paused, self.message)
