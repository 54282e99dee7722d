"""The commands `train` and `resume`: they train in this process, a new run or one that has been cut off."""

import argparse
import queue
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cf_core.cli.base_run import add_run_options, base_run
from cf_core.cli.distributed import check_start, train_together
from cf_core.cli.output import console, print_json
from cf_core.cli.parser import Commands, add_json, add_runs
from cf_core.cli.runs import find, open_store
from cf_core.cli.signals import signals_into
from cf_core.settings import SETTINGS
from cf_core.training.commands import Command
from cf_core.training.events import BatchEnded, EpochEnded, Event, FitEnded, FitStarted

if TYPE_CHECKING:
    from cf_core.runs.store.run_store import RunStore
    from cf_core.training.distributed.team import Team

    Prepare = Callable[[argparse.Namespace, Team | None], tuple[RunStore, str, int]]

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
    _add_distributed(parser)
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
    _add_distributed(resuming)
    add_runs(resuming)
    add_json(resuming)
    resuming.set_defaults(run=run_resume)


def _add_distributed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--distributed",
        action="store_true",
        help="train in all processes that torchrun has started, on one machine or more: each takes its part of every "
        "batch; to the same numbers but for rounding",
    )


def run(arguments: argparse.Namespace) -> int:
    """Train a new run and print the progress; if it diverges or fails, its advice goes to standard error."""
    return _alone_or_together(arguments, _create)


def run_resume(arguments: argparse.Namespace) -> int:
    """Train a run to its end, and print the progress from where it goes on."""
    return _alone_or_together(arguments, _requeue)


def _alone_or_together(arguments: argparse.Namespace, prepare: "Prepare") -> int:
    """Train the run that `prepare` gives in this process, or with `--distributed` in all that `torchrun` started."""
    check_start(arguments.distributed)
    if arguments.distributed:
        return train_together(
            lambda team: prepare(arguments, team),
            lambda store, run_id, after, team: _train(store, run_id, arguments.json, after, team),
        )
    store, run_id, after = prepare(arguments, None)
    return _train(store, run_id, arguments.json, after)


def _create(arguments: argparse.Namespace, team: "Team | None") -> "tuple[RunStore, str, int]":
    """The store, the id of the new run that the options describe, and that none of its epochs is known yet."""
    spec = base_run(arguments, {"seed": arguments.seed})
    from cf_core.runs.store.run_store import RunStore

    if team is not None:
        team.check(spec.config)
    store = RunStore(arguments.runs)
    return store, store.create(spec).run_id, 0


def _requeue(arguments: argparse.Namespace, team: "Team | None") -> "tuple[RunStore, str, int]":
    """The store, the id of the run that is to go on, and how many of its epochs are known."""
    store = open_store(arguments.runs)
    run = find(store, arguments.name)
    if team is not None:
        team.check(run.spec.config)
    store.requeue(run.run_id)
    return store, run.run_id, run.n_epochs_done


def _train(store: "RunStore", run_id: str, as_json: bool, after: int = 0, team: "Team | None" = None) -> int:
    """Train a queued run and print the epochs later than `after`; the exit status."""
    from cf_core.runs.execute import execute

    ended = None
    commands: queue.SimpleQueue[Command] = queue.SimpleQueue() if team is None else team.commands
    with signals_into(commands), _Lines(run_id) if as_json else _Screen(run_id) as display:
        for event in execute(store, run_id, commands, team=team):
            if not isinstance(event, EpochEnded) or event.epoch > after:
                display.show(event)
            ended = event
    if not isinstance(ended, FitEnded):
        print(f"Run {run_id} is interrupted. Go on with: python -m cf_core resume {run_id}", file=sys.stderr)
        return TERMINATED
    if STATUS[ended.outcome] == 1:
        print(f"Run {run_id} {ended.outcome}. {ended.message}", file=sys.stderr)
    return STATUS[ended.outcome]


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
