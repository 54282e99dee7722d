"""A run as the server holds it in memory, and as it shows it. Nothing in here starts or ends anything."""

from dataclasses import dataclass, field, replace

from cf_core.runs.spec import UNFINISHED, RunOutcome
from cf_core.runs.workers.process import WorkerProcess
from cf_core.training.commands import Command
from cf_core.training.events import Event, FitEnded, FitStarted
from cf_core.training.history import History


@dataclass(frozen=True)
class LiveRun:
    """A run as it is now.

    `place` counts from 1 while it waits, else None; `history` is the reader's own copy; `paused` tells whether it waits
    for a command; `message` says why it ended early.
    """

    run_id: str
    owner: str
    state: RunOutcome
    place: int | None
    history: History
    paused: bool = False
    message: str = ""


@dataclass
class Job:
    """A run that was submitted here; `early` holds the commands that came before a worker had it."""

    run_id: str
    owner: str
    state: RunOutcome = "queued"
    history: History = field(default_factory=History)
    early: list[Command] = field(default_factory=list)
    worker: WorkerProcess | None = None
    message: str = ""

    @property
    def unfinished(self) -> bool:
        """Whether it waits or is in training."""
        return self.state in UNFINISHED

    def hear(self, event: Event) -> None:
        """Take in an event; a start begins the story anew, since a run that goes on tells all of it again."""
        if isinstance(event, FitStarted):
            self.history = History()
        self.history.add(event)
        if isinstance(event, FitEnded):
            self.end(event.outcome, event.message)

    def end(self, state: RunOutcome, message: str) -> None:
        """It has ended, and its worker is free."""
        self.state, self.message, self.worker = state, message, None

    def shown(self, place: int | None) -> LiveRun:
        """The run for a reader."""
        history = self.history
        copy = replace(history, batches=[*history.batches], commands=[*history.commands], epochs=[*history.epochs])
        paused = self.state == "running" and history.paused
        return LiveRun(self.run_id, self.owner, self.state, place, copy, paused, self.message)
