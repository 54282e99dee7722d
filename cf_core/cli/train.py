"""The commands `train` and `resume`: they train in this process, a new run or one that has been cut off."""

import argparse
import contextlib
import queue
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cf_core.cli.base_run import add_run_options, base_run
from cf_core.cli.output import console, print_json
from cf_core.cli.parser import Commands, add_json, add_runs
from cf_core.cli.runs import find, open_store
from cf_core.settings import SETTINGS
from cf_core.training.commands import Command, Interrupt, Stop
from cf_core.training.events import BatchEnded, EpochEnded, Event, FitEnded, FitStarted

if TYPE_CHECKING:
    from cf_core.runs.store.run_store import RunStore

TERMINATED = 143
STATUS = {"finished": 0, "stopped": 130, "diverged": 1, "failed": 1}


def add_to(commands: Commands) -> None:
    """Add both commands to the parser."""
    parser = commands.add_parser(
        "train",
        help="train a model and store it",
        description="Train a model and store it. Ctrl-C stops the training; what it has learnt so far is stored. "
        "A training that is terminated keeps a checkpoint, from which `resume` goes on.",
        epilog=f"settings for --set: {', '.join(SETTINGS)}",
    )
    add_run_options(parser)
    parser.add_argument("--seed", metavar="S", help="seed of the random numbers (0)")
    add_runs(parser)
    add_json(parser)
    parser.set_defaults(run=run)
    resuming = commands.add_parser(
        "resume",
        help="go on with a run that was cut off",
        description="Train a run that was interrupted, stopped or failed to its end, to the same numbers as without "
        "the break.",
    )
    resuming.add_argument("name", metavar="RUN", help="id of a run, or the beginning of one")
    add_runs(resuming)
    add_json(resuming)
    resuming.set_defaults(run=run_resume)


def run(arguments: argparse.Namespace) -> int:
    """Train a new run and print the progress; if it diverges or fails, its advice goes to standard error."""
    spec = base_run(arguments, {"seed": arguments.seed})
    from cf_core.runs.store.run_store import RunStore

    store = RunStore(arguments.runs)
    return _train(store, store.create(spec).run_id, arguments.json)


def run_resume(arguments: argparse.Namespace) -> int:
    """Train a run to its end, and print the progress from where it goes on."""
    store = open_store(arguments.runs)
    run = find(store, arguments.name)
    store.requeue(run.run_id)
    return _train(store, run.run_id, arguments.json, after=run.n_epochs_done)


def _train(store: "RunStore", run_id: str, as_json: bool, after: int = 0) -> int:
    """Train a queued run and print the epochs later than `after`; the exit status."""
    from cf_core.runs.execute import execute

    ended = None
    with _signals_as_commands() as commands, _Lines(run_id) if as_json else _Screen(run_id) as display:
        for event in execute(store, run_id, commands):
            if not isinstance(event, EpochEnded) or event.epoch > after:
                display.show(event)
            ended = event
    if not isinstance(ended, FitEnded):
        print(f"Run {run_id} is interrupted. Go on with: python -m cf_core resume {run_id}", file=sys.stderr)
        return TERMINATED
    if STATUS[ended.outcome] == 1:
        print(f"Run {run_id} {ended.outcome}. {ended.message}", file=sys.stderr)
    return STATUS[ended.outcome]


@contextlib.contextmanager
def _signals_as_commands() -> Iterator["queue.SimpleQueue[Command]"]:
    """A queue of commands for a run: the first Ctrl-C puts `Stop` into it, the second one aborts; SIGTERM, as when the
    machine shuts down, puts `Interrupt` into it."""
    commands: queue.SimpleQueue[Command] = queue.SimpleQueue()

    def stop(*_: object) -> None:
        commands.put(Stop())
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    before_term = signal.signal(signal.SIGTERM, lambda *_: commands.put(Interrupt()))
    try:
        yield commands
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, before_term)


class _Lines:
    """Prints the events that `--json` promises."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id

    def __enter__(self) -> "_Lines":
        return self

    def __exit__(self, *_: object) -> None: ...

    def show(self, event: Event) -> None:
        if isinstance(event, EpochEnded):
            print_json(event.to_json())
        elif isinstance(event, FitEnded):
            record = {"event": event.kind, "outcome": event.outcome, "run_id": self.run_id, "seconds": event.seconds}
            print_json(record)


class _Screen:
    """Prints a line per epoch and, on a terminal, a progress bar with the losses."""

    def __init__(self, run_id: str) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.run_id = run_id
        self.console = console()
        bar = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
        self.progress = Progress(*bar, console=self.console, transient=True, disable=not self.console.is_terminal)
        self.task = self.progress.add_task("getting ready", total=None)
        self.n_epochs = 0
        self.valid_loss = "–"

    def __enter__(self) -> "_Screen":
        self.progress.__enter__()
        return self

    def __exit__(self, *reason: Any) -> None:
        self.progress.__exit__(*reason)

    def show(self, event: Event) -> None:
        match event:
            case FitStarted():
                self._started(event)
            case BatchEnded():
                losses = f"train {event.train_loss:.3f}  valid {self.valid_loss}"
                self.progress.update(self.task, completed=event.position, description=losses)
            case EpochEnded():
                self._epoch_ended(event)
            case FitEnded():
                self._ended(event)

    def _started(self, event: FitStarted) -> None:
        self.n_epochs = event.n_epochs
        self.progress.update(self.task, total=event.n_epochs)
        self._print(
            f"Run {self.run_id}: {event.n_parameters:,} weights, {event.n_train:,} ratings to train on and "
            f"{event.n_valid:,} to validate, on {event.device}. Losses are mean squared errors."
        )

    def _epoch_ended(self, event: EpochEnded) -> None:
        self.valid_loss = f"{event.valid_loss:.3f}"
        self._print(
            f"epoch {event.epoch:>3} of {self.n_epochs}   train {event.train_loss:.3f}   valid {self.valid_loss}   "
            f"RMSE {event.rmse:.3f}   {event.seconds:.2f} s   {event.ratings_per_second:,.0f} ratings/s"
        )

    def _ended(self, event: FitEnded) -> None:
        self._print(f"{event.outcome.capitalize()} after {event.epoch} epochs, {event.seconds:.1f} s.")
        if event.outcome == "finished":
            self._print(f"Go on with: python -m cf_core leaderboard {self.run_id}")

    def _print(self, line: str) -> None:
        self.progress.console.print(line, soft_wrap=True)
