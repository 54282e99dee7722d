"""The command `sweep`: vary settings of a recipe over many trials, in this process, and train the best on all rows."""

import argparse
import contextlib
import queue
import signal
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cf_core.cli.base_run import add_run_options, base_run, set_settings
from cf_core.cli.output import console, number, print_json
from cf_core.cli.parser import Commands, add_json, add_runs, positive
from cf_core.cli.runs import open_store
from cf_core.errors import ConfigError, NoWinnerError
from cf_core.settings import SETTINGS, format_value
from cf_core.training.commands import Command, Interrupt
from cf_core.training.events import BatchEnded, FitStarted

if TYPE_CHECKING:
    from cf_core.runs.run_sweep import SweepEvent
    from cf_core.runs.spec import RunSpec
    from cf_core.runs.store.run_store import RunStore
    from cf_core.runs.sweep import Sweep
    from cf_core.sweeps.spec import SweepSpec, Trial

NO_WINNER, STOPPED, TERMINATED = 1, 130, 143


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "sweep",
        help="find good settings",
        description="Train many trials of a recipe with some settings varied, and find the best of them. Trials are "
        "trained and judged within the training ratings; the best is then trained on all of these, and only then "
        "validated, by ratings that had no say in choosing it. Trials that look hopeless are given up early. Ctrl-C "
        "stops it cleanly; the same command, or --resume, goes on from the trials that have ended.",
        epilog=f"settings for --vary and --set: {', '.join(SETTINGS)}",
    )
    add_run_options(parser, required=False)
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="KEY=LOW:HIGH[:log]",
        help="vary a setting within a range, or among values: KEY=VALUE,VALUE",
    )
    parser.add_argument("--method", metavar="tpe|random|grid", help="how to search (tpe)")
    parser.add_argument("--trials", type=positive, metavar="N", help="trials at most (20)")
    parser.add_argument("--minutes", type=float, metavar="M", help="training time of all trials at most (no limit)")
    parser.add_argument("--seed", type=int, metavar="S", help="seed of the search, not of the runs (0)")
    parser.add_argument("--resume", metavar="SWEEP", help="go on with a sweep that was cut off, and with nothing else")
    add_runs(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run a sweep to its end and print what happens; if none of its trials finishes, that goes to standard error."""
    from cf_core.runs.run_sweep import SweepEnded, run_sweep

    store, sweep = _resumed(arguments) if arguments.resume else _same_or_new(arguments)
    display = _Lines() if arguments.json else _Screen(sweep, len(store.runs_of_sweep(sweep.sweep_id)))
    ended = False
    with _signals_as_interrupts() as caught, display:
        try:
            for event in run_sweep(store, sweep.sweep_id, caught.commands):
                display.show(event)
                ended = isinstance(event, SweepEnded)
        except NoWinnerError as error:
            print(error, file=sys.stderr)
            return NO_WINNER
    if not ended:
        print(f"The sweep is interrupted. Go on with: {_command_to_resume(arguments, sweep)}", file=sys.stderr)
    return 0 if ended else caught.status


def _resumed(arguments: argparse.Namespace) -> "tuple[RunStore, Sweep]":
    given = (arguments.recipe, arguments.epochs, arguments.device, arguments.method, arguments.trials)
    given += (arguments.minutes, arguments.seed, arguments.data, *arguments.vary, *arguments.set)
    if any(value is not None for value in given):
        raise ConfigError("--resume goes on with the sweep as it was. Give --runs and --json with it alone.")
    store = open_store(arguments.runs)
    return store, store.sweeps.get(arguments.resume)


def _same_or_new(arguments: argparse.Namespace) -> "tuple[RunStore, Sweep]":
    """The latest sweep of the same description that has no winner yet, or a new one."""
    base, spec = _described(arguments)
    from cf_core.runs.store.run_store import RunStore

    spec.space.check_for(base.config)
    store = RunStore(arguments.runs)
    for sweep in store.sweeps.all(""):
        if (sweep.base, sweep.spec) == (base, spec) and not _has_ended(store, sweep):
            return store, sweep
    return store, store.sweeps.create(base, spec)


def _has_ended(store: "RunStore", sweep: "Sweep") -> bool:
    runs = store.runs_of_sweep(sweep.sweep_id)
    return any(run.spec.purpose == "train" and run.outcome == "finished" for run in runs)


def _described(arguments: argparse.Namespace) -> "tuple[RunSpec, SweepSpec]":
    if arguments.recipe is None or not arguments.vary:
        raise ConfigError("A sweep needs a --recipe and something to --vary, or a sweep to --resume. See sweep --help.")
    from cf_core.sweeps.space import SearchSpace
    from cf_core.sweeps.spec import SweepSpec

    space = SearchSpace.read(arguments.vary)
    both = space.varied.keys() & (set_settings(arguments).keys() | ({"n_epochs"} if arguments.epochs else set()))
    if both:
        raise ConfigError(f"{min(both)} is both set and varied. Leave out one of the two.")
    options = {"method": arguments.method, "n_trials": arguments.trials}
    options |= {"minutes": arguments.minutes, "seed": arguments.seed}
    given = {name: value for name, value in options.items() if value is not None}
    return base_run(arguments, {}), SweepSpec(space, **given)


def _command_to_resume(arguments: argparse.Namespace, sweep: "Sweep") -> str:
    command = f"python -m cf_core sweep --resume {sweep.sweep_id}"
    return f"{command} --runs {arguments.runs}" if arguments.runs.is_folder else command


class _Caught:
    """The commands that signals have become, and the exit status of the latest."""

    def __init__(self) -> None:
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.status = TERMINATED

    def __call__(self, number: int, _: object) -> None:
        self.status = STOPPED if number == signal.SIGINT else TERMINATED
        self.commands.put(Interrupt())
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextlib.contextmanager
def _signals_as_interrupts() -> Iterator[_Caught]:
    """The first Ctrl-C, or SIGTERM, interrupts the run in training, and with it the sweep; the second Ctrl-C aborts."""
    caught = _Caught()
    before = {number: signal.signal(number, caught) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Lines:
    """Prints the events that `--json` promises."""

    def __enter__(self) -> "_Lines":
        return self

    def __exit__(self, *_: object) -> None: ...

    def show(self, event: "SweepEvent") -> None:
        from cf_core.runs.run_sweep import SweepEnded, TrialEnded

        match event:
            case TrialEnded(run_id, trial):
                told = {"run_id": run_id, "settings": trial.settings}
                print_json({"event": "trial_ended", **told, "inner_rmse": trial.inner_rmse, "state": trial.state})
            case SweepEnded(best_run_id, best, rmse):
                record = {"best_run_id": best_run_id, "settings": best.settings, "rmse": rmse}
                print_json({"event": "sweep_ended", **record})


class _Screen:
    """Prints a line per trial and, on a terminal, a progress bar of the run in training."""

    def __init__(self, sweep: "Sweep", n_runs: int) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        from cf_core.sweeps.grid import n_planned

        self.sweep, self.n_runs, self.n_planned = sweep, n_runs, n_planned(sweep.spec)
        self.console = console()
        bar = TextColumn("{task.description}"), BarColumn()
        self.progress = Progress(*bar, console=self.console, transient=True, disable=not self.console.is_terminal)
        self.task = self.progress.add_task("getting ready", total=None)

    def __enter__(self) -> "_Screen":
        earlier = f", {self.n_runs} of them begun before" if self.n_runs else ""
        self._print(f"Sweep {self.sweep.sweep_id}: {self.n_planned} trials by {self.sweep.spec.method}{earlier}.")
        self._print("RMSE of a trial is on an inner split of the training ratings.")
        self.progress.__enter__()
        return self

    def __exit__(self, *reason: Any) -> None:
        self.progress.__exit__(*reason)

    def show(self, event: "SweepEvent") -> None:
        from cf_core.runs.run_sweep import RunBegan, SweepEnded, TrialEnded

        match event:
            case RunBegan(run):
                settings = _words(run.spec.sweep.settings if run.spec.sweep else {})
                what = "trial" if run.spec.purpose == "trial" else "the best on all training ratings:"
                self.progress.update(self.task, completed=0, description=f"{what} {settings}")
            case FitStarted():
                self.progress.update(self.task, total=event.n_epochs)
            case BatchEnded():
                self.progress.update(self.task, completed=event.position)
            case TrialEnded(_, trial, best):
                self._trial_ended(trial, best)
            case SweepEnded(best_run_id, best, rmse):
                self._print(f"Best: trial {best.number + 1}, {_words(best.settings)}.")
                self._print(f"RMSE {number(best.inner_rmse)} on the inner split, by which it was chosen.")
                self._print(f"RMSE {number(rmse)} on the validation ratings, which had no say; trained on all others.")
                self._print(f"Go on with: python -m cf_core leaderboard {best_run_id}")

    def _trial_ended(self, trial: "Trial", best: "Trial | None") -> None:
        state = "" if trial.state == "finished" else f" {trial.state} after {len(trial.curve)} epochs"
        leader = "" if best is None else f"   best {number(best.inner_rmse)} (trial {best.number + 1})"
        self._print(
            f"trial {trial.number + 1:>3} of {self.n_planned}   RMSE {number(trial.inner_rmse)}{state}{leader}   "
            f"{_words(trial.settings)}"
        )

    def _print(self, line: str) -> None:
        self.progress.console.print(line, soft_wrap=True)


def _words(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {format_value(value)}" for name, value in settings.items())
