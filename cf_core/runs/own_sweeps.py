"""The sweeps of one workspace, and all that can be done with them."""

import hmac
from dataclasses import dataclass
from typing import Literal

from cf_core.errors import UnknownSweepError
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.sweep import Sweep
from cf_core.runs.sweep_book import Standing
from cf_core.runs.visitor import UNKNOWN, Visitor
from cf_core.runs.workers.lab_pool import LabPool
from cf_core.sweeps.spec import SweepSpec, Trial

SearchState = Literal["searching", "pausing", "paused", "training the winner", "ended", "without winner"]


@dataclass(frozen=True)
class SweepProgress:
    """How far a sweep is.

    Attributes:
        runs: the runs of its trials, in whatever state, by number.
        trials: those that have ended, by number.
        live: RMSE on the inner validation rows (stars) after each epoch until now of the trials in training, by the id
            of their run.
        n_planned: how many trials there will be, unless the minutes are over before.
        best: the best trial until now, and `best_run_id` its run; None where none has finished.
        winner: the run that trains the winner; None until there is one, and where it was deleted.
        n_ahead: how many runs come before its next trial; 0 while one trains.
        message: why it pauses by itself, what its winner waits for, or why it has none; "" where all is well.
    """

    sweep: Sweep
    state: SearchState
    runs: list[Run]
    trials: list[Trial]
    live: dict[str, tuple[float, ...]]
    n_planned: int
    best: Trial | None
    best_run_id: str | None
    winner: Run | None
    n_ahead: int
    message: str


class OwnSweeps:
    """The sweeps of the workspace `owner`.

    Raises (every method that takes the id of a sweep): UnknownSweepError where it is not one of this workspace.
    """

    def __init__(self, pool: LabPool, owner: str, visitor: Visitor = UNKNOWN) -> None:
        self._pool, self._owner, self._visitor = pool, owner, visitor

    def start(self, base: RunSpec, spec: SweepSpec) -> str:
        """Start a sweep that varies settings of `base`; its id.

        Raises:
            ConfigError: the settings that it varies do not fit the run.
            QueueFullError: as many sweeps of this workspace, or from its address, go on as may at a time.
            TooCostlyError: a trial could take more than a run may.
            DiskQuotaError: there is no room on the disk for a winner.
        """
        return self._pool.sweeps.start(base, spec, self._owner, self._visitor).sweep_id

    def all(self) -> list[Sweep]:
        """The sweeps, newest first."""
        return self._pool.store.sweeps.all(self._owner)

    def get(self, sweep_id: str) -> Sweep:
        """The sweep with that id."""
        try:
            sweep = self._pool.store.sweeps.get(sweep_id)
        except UnknownSweepError:
            sweep = None
        if sweep is None or not hmac.compare_digest(sweep.owner.encode(), self._owner.encode()):
            raise UnknownSweepError(f"There is no sweep '{sweep_id}' in this workspace. Choose one from its list.")
        return sweep

    def pause(self, sweep_id: str) -> None:
        """Begin no further trial until `go_on`; those in training end. Where it does not search, nothing changes."""
        self._pool.sweeps.pause(self.get(sweep_id).sweep_id)

    def go_on(self, sweep_id: str) -> None:
        """Go on with a sweep that is paused; where it is not, nothing changes.

        Raises:
            QueueFullError, DiskQuotaError: as `start`.
        """
        self._pool.sweeps.go_on(self.get(sweep_id).sweep_id, self._visitor)

    def stop(self, sweep_id: str) -> None:
        """Search no further: trials under way are given up, and the best that finished is trained as the winner."""
        self._pool.sweeps.stop(self.get(sweep_id).sweep_id)

    def delete(self, sweep_id: str) -> None:
        """Remove the sweep and its trials for good; the run of its winner stays.

        Raises:
            StoreError: it has neither ended nor been stopped, or a trial is just being stopped.
        """
        self._pool.sweeps.delete(self.get(sweep_id).sweep_id)

    def progress(self, sweep_id: str) -> SweepProgress:
        """How far the sweep is now. Trials that have ended are read once, so it may be asked every second."""
        sweep = self.get(sweep_id)
        standing, curves = self._pool.sweeps.standing(sweep), self._pool.curves()
        return SweepProgress(
            sweep=sweep,
            state=_state(sweep, standing),
            runs=standing.runs,
            trials=standing.trials,
            live={run.run_id: curves[run.run_id] for run in standing.open_runs if run.run_id in curves},
            n_planned=standing.n_planned,
            best=standing.best,
            best_run_id=standing.best_run_id,
            winner=standing.winner if standing.winner is not None and standing.winner.deleted is None else None,
            n_ahead=_n_ahead(standing, set(curves), self._pool.order()),
            message=sweep.message,
        )


def _state(sweep: Sweep, standing: Standing) -> SearchState:
    winner = standing.winner
    if sweep.ended is not None:
        has_winner = standing.best is not None and (winner is None or winner.outcome not in ("failed", "diverged"))
        return "ended" if has_winner else "without winner"
    if sweep.state == "paused":
        return "pausing" if any(run.unfinished for run in standing.open_runs) else "paused"
    if sweep.state == "running" and not standing.is_over(sweep.spec):
        return "searching"
    return "training the winner" if standing.best is not None else "without winner"


def _n_ahead(standing: Standing, in_training: set[str], order: list[str]) -> int:
    own = {run.run_id for run in standing.open_runs}
    if own & in_training:
        return 0
    return next((place for place, run_id in enumerate(order) if run_id in own), len(order))
