"""What has come of a sweep until now (`Standing`), and what is to be trained next, for the command `sweep` and the
server alike."""

import threading
from dataclasses import dataclass
from functools import cached_property

from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.sweep import Sweep, trial_of
from cf_core.sweeps.grid import is_spent, n_planned
from cf_core.sweeps.spec import SweepSpec, Trial, best_of

N_BOOKS = 50
"""Of so many sweeps it is remembered what has ended."""


@dataclass(frozen=True)
class Standing:
    """Where a sweep stands.

    Attributes:
        runs: the runs of its trials, by number.
        trials: those that have ended, by number.
        winner: the run that trains the winner, deleted or not; None until there is one.
        n_planned: how many trials there will be, unless the minutes are over before.
    """

    runs: list[Run]
    trials: list[Trial]
    winner: Run | None
    n_planned: int

    @cached_property
    def open_runs(self) -> list[Run]:
        """The trials that have not ended: under way, or cut off."""
        ended = {trial.number for trial in self.trials}
        return [run for run in self.runs if _number(run) not in ended]

    @property
    def cut_off(self) -> list[Run]:
        """The trials that are to be trained again."""
        return [run for run in self.open_runs if not run.unfinished]

    @property
    def best(self) -> Trial | None:
        """The best trial until now; see `best_of`."""
        return best_of(self.trials)

    @property
    def best_run_id(self) -> str | None:
        """The run of the best trial until now."""
        best = self.best
        return None if best is None else next(run.run_id for run in self.runs if _number(run) == best.number)

    def unfit(self) -> list[Run]:
        """The trials that say nothing about their settings: they failed before they began, or had other data than the
        first that ended."""
        ended = {trial.number for trial in self.trials}
        of_ended = [run for run in self.runs if _number(run) in ended and run.fingerprint]
        other_data = [run for run in of_ended if run.fingerprint != of_ended[0].fingerprint]
        return [*(run for run in self.cut_off if run.outcome == "failed"), *other_data]

    def is_spent(self, spec: SweepSpec) -> bool:
        """Whether no new trial is to follow."""
        return is_spent(spec, len(self.runs), self.trials)

    def is_over(self, spec: SweepSpec) -> bool:
        """Whether the search is over: all trials have ended, and no new one is to follow."""
        return self.winner is not None or (not self.open_runs and self.is_spent(spec))

    def next_trial(self, sweep: Sweep) -> RunSpec | None:
        """The run of a further trial; None where none is to follow."""
        from cf_core.sweeps.proposal import next_settings  # Optuna, without which pages come up sooner

        under_way = [run.spec.sweep for run in self.open_runs if run.spec.sweep is not None]
        settings = next_settings(sweep.spec, self.trials, [mark.settings for mark in under_way])
        if settings is None:
            return None
        return sweep.trial_run(settings, self.trials, [mark.number for mark in under_way])


class SweepBook:
    """Reads where a sweep stands; what has ended is read from the store once. May be used from any thread."""

    def __init__(self, store: RunStore, sweep: Sweep) -> None:
        self._store, self._sweep_id, self._n_planned = store, sweep.sweep_id, n_planned(sweep.spec)
        self._ended: dict[str, tuple[Run, Trial]] = {}
        self._lock = threading.Lock()

    def read(self) -> Standing:
        """Where the sweep stands now.

        Raises:
            UnreadableRunError: the record of one of its runs cannot be read.
        """
        with self._lock:
            ids = self._store.sweeps.outcomes(self._sweep_id)
            self._ended = {run_id: ended for run_id, ended in self._ended.items() if run_id in ids}
            runs, winner = [run for run, _ in self._ended.values()], None
            for run, curve in self._store.sweeps.read(run_id for run_id in ids if run_id not in self._ended):
                if run.spec.purpose == "train":
                    winner = run
                    continue
                runs.append(run)
                trial = trial_of(run, curve)
                if trial is not None:
                    self._ended[run.run_id] = run, trial
            trials = sorted((trial for _, trial in self._ended.values()), key=lambda trial: trial.number)
            return Standing(sorted(runs, key=_number), trials, winner, self._n_planned)


class SweepBooks:
    """The books of the last `N_BOOKS` sweeps that were asked for. May be used from any thread."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._books: dict[tuple[str, str], SweepBook] = {}

    def standing(self, sweep: Sweep) -> Standing:
        """Where the sweep stands now."""
        key = sweep.sweep_id, sweep.owner  # a sweep that changes hands is read anew: its runs have another owner
        book = self._books.get(key)
        if book is None:
            book = self._books[key] = SweepBook(self._store, sweep)
            for old in [*self._books][:-N_BOOKS]:
                self._books.pop(old, None)
        return book.read()

    def forget(self) -> None:
        """Forget all that has been read."""
        self._books.clear()


def _number(run: Run) -> int:
    return run.spec.sweep.number if run.spec.sweep is not None else -1


def no_winner(sweep_id: str, n_trials: int) -> str:
    """What to tell of a sweep in which no trial finished."""
    if n_trials == 0:
        return f"Sweep {sweep_id} was stopped before a trial had ended. Start it anew."
    return f"None of the {n_trials} trials of sweep {sweep_id} finished. Vary between lower learning rates."
