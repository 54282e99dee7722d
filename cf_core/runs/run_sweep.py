"""Runs a stored sweep in this process, trial after trial and then the winner; for the command line."""

import queue
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.errors import NoWinnerError, StoreError
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.sweep import Sweep
from cf_core.runs.sweep_book import SweepBook, no_winner
from cf_core.sweeps.spec import Trial
from cf_core.training.commands import Command
from cf_core.training.events import Event


@dataclass(frozen=True)
class RunBegan:
    """A trial, or with purpose "train" the winner, is about to be trained."""

    run: Run


@dataclass(frozen=True)
class TrialEnded:
    """A trial has ended; `best` is the best until now, None where none has finished yet."""

    run_id: str
    trial: Trial
    best: Trial | None


@dataclass(frozen=True)
class SweepEnded:
    """The last event: the run of the winner, trained on all training rows, the trial that won, and the winner's RMSE on
    the validation rows (stars)."""

    best_run_id: str
    best: Trial
    rmse: float | None


SweepEvent = RunBegan | TrialEnded | SweepEnded | Event


def run_sweep(
    store: RunStore,
    sweep_id: str,
    commands: "queue.SimpleQueue[Command] | None" = None,
    read: Callable[[str], Ratings] = read_ratings,
) -> Iterator[SweepEvent]:
    """Train what is left of a sweep: the trials until its budget is spent, then the winner; yields what happens, the
    events of the runs included. See `best_of` for why the winner is judged by rows that it does not validate on.

    Whatever ends the process, trials that have ended are in the store, and the next call goes on from them to the same
    winner: a trial that was cut off is trained again with its settings, the winner goes on from its checkpoint. After
    the command `Interrupt` no `SweepEnded` comes.

    Args:
        commands: for the run in training.
        read: reads the data set in a folder.

    Raises:
        UnknownSweepError: there is no such sweep.
        StoreError: it is under way in another process.
        DataMismatchError: the data have changed since its first trial.
        NoWinnerError: no trial finished, or the winner did not.
        CFError: as `execute`.
    """
    sweep = store.sweeps.get(sweep_id)
    runs = store.runs_of_sweep(sweep_id)
    under_way = next((run for run in runs if run.unfinished), None)
    if under_way is not None or not store.sweeps.claim(sweep_id):
        where = "in another process" if under_way is None else f"run {under_way.run_id} is {under_way.outcome}"
        raise StoreError(f"Sweep {sweep_id} is under way: {where}. Wait for its end.")
    ratings = read(sweep.base.data)
    for run in runs:
        if run.fingerprint:
            run.check_data(ratings)
    yield from _Search(store, sweep, queue.SimpleQueue() if commands is None else commands, ratings).go_on()


class _Search:
    def __init__(self, store: RunStore, sweep: Sweep, commands: "queue.SimpleQueue[Command]", ratings: Ratings) -> None:
        self.store, self.sweep, self.commands, self.ratings = store, sweep, commands, ratings
        self.book = SweepBook(store, sweep)

    def go_on(self) -> Iterator[SweepEvent]:
        """The whole sweep from where its runs have brought it."""
        while (run := self._next_trial()) is not None:
            if not (yield from self._train_trial(run)):
                return
        yield from self._train_winner()

    def _next_trial(self) -> Run | None:
        """The queued run of a trial that was cut off, or of a new one; None where none is to follow."""
        standing = self.book.read()
        if standing.cut_off:
            return self.store.requeue(standing.cut_off[0].run_id)
        spec = standing.next_trial(self.sweep)
        return None if spec is None else self.store.create(spec, self.sweep.owner)

    def _train_trial(self, run: Run) -> Generator[SweepEvent, None, bool]:
        """Train the run of a trial; whether it ended, and was not interrupted."""
        yield RunBegan(run)
        yield from self._train(run)
        standing, mark = self.book.read(), run.spec.sweep
        trial = next((trial for trial in standing.trials if mark is not None and trial.number == mark.number), None)
        if trial is None:
            return False
        yield TrialEnded(run.run_id, trial, standing.best)
        return True

    def _train_winner(self) -> Iterator[SweepEvent]:
        """Train the winner, or go on with the run of it that there is already."""
        standing = self.book.read()
        best, run = standing.best, standing.winner
        if best is None:
            raise NoWinnerError(no_winner(self.sweep.sweep_id, len(standing.trials)))
        if run is None:
            run = self.store.create(self.sweep.winner_run(best), self.sweep.owner)
        elif run.resumable:
            run = self.store.requeue(run.run_id)
        if run.unfinished:
            yield RunBegan(run)
            yield from self._train(run)
            run = self.store.get(run.run_id)
        if run.outcome == "finished":
            yield SweepEnded(run.run_id, best, run.rmse)
        elif run.outcome != "interrupted":
            raise NoWinnerError(f"The winner, run {run.run_id}, {run.outcome}. {run.message}")

    def _train(self, run: Run) -> Iterator[Event]:
        from cf_core.runs.execute import execute  # PyTorch, which the modules that pages may import do without

        return execute(self.store, run.run_id, self.commands, lambda _: self.ratings)
