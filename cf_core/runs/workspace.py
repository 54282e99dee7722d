"""Access control for runs: owners have full control of their runs, link holders may look, nobody else sees them.

Pages and scripts reach runs through here. A workspace is known by its token alone: whoever has the token has the runs.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np

from cf_core.config import Phase
from cf_core.errors import ConfigError, LockedSettingError, StoreError, UnknownRunError, UnreadableRunError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.snapshot import Snapshot
from cf_core.runs.own_sweeps import OwnSweeps
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.store.continuation import check_continuable, epochs_begun
from cf_core.runs.store.data_sets import OwnDataSets
from cf_core.runs.store.ended_run import EndedRun
from cf_core.runs.store.rating_sets import OwnRatingSets
from cf_core.runs.texts import one_line, within, without_controls
from cf_core.runs.visitor import UNKNOWN, Visitor
from cf_core.runs.workers.admission import check_disk
from cf_core.runs.workers.jobs import LiveRun
from cf_core.runs.workers.lab_pool import LabPool
from cf_core.teaching.guesses import Guess
from cf_core.training.commands import Command, SetLearningRate, Stop
from cf_core.training.history import History

NAME_LENGTH, NOTE_LENGTH, AXIS_NAME_LENGTH = 80, 2_000, 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
AXIS = re.compile(r"(factors|movies):[1-9]\d{0,3}")


def new_token() -> str:
    """A new token of 192 random bits, for a workspace or a link."""
    return secrets.token_urlsafe(24)


def is_token(text: str) -> bool:
    """Whether `text` has the form of a token; whether it belongs to anything is another question."""
    return _TOKEN.fullmatch(text) is not None


def workspace_name(token: str) -> str:
    """Six hex digits by which people tell workspaces apart; the token cannot be found from them."""
    return hashlib.sha256(token.encode()).hexdigest()[:6]


class Workspace:
    """The runs of one owner, the sets of their own ratings, and the data sets that they brought.

        mine = Workspace(pool("runs"), new_token())
        run_id = mine.submit(RunSpec("data/ml-latest-small", SplitConfig(), recipe("notebook-net").config))
        mine.send(run_id, Pause())
        mine.send(run_id, StepBatch())
        mine.send(run_id, SetLearningRate(0.01))
        mine.send(run_id, Stop())
        mine.continue_run(run_id, Phase(n_epochs=2, learning_rate=0.001))  # once live(run_id).state is "stopped"
        mine.history(run_id).epochs

    Args:
        pool: the pool that trains the runs.
        token: the owner's; see `new_token`.
        visitor: who uses it now.
        lab_data: the names of the data sets that the lab offers to everybody.

    Raises:
        ConfigError: `token` does not have the form of a token.
        UnknownRunError (every method that takes a run): it is not a run of this workspace, whether or not another one
            has a run with that id.
    """

    def __init__(
        self,
        pool: LabPool,
        token: str,
        visitor: Visitor = UNKNOWN,
        lab_data: Callable[[], Collection[str]] = tuple,
    ) -> None:
        _check_token(token)
        self._lab_data = lab_data
        self._pool, self._store, self._token, self._visitor = pool, pool.store, token, visitor

    def runs(self) -> list[Run]:
        """The runs, newest first, without the deleted ones."""
        return self._store.runs(self._token)

    def deleted(self) -> list[Run]:
        """The runs that were deleted and can be restored, newest first."""
        return self._store.runs(self._token, deleted=True)

    def unreadable(self) -> dict[str, str]:
        """Why the record of a run cannot be read, by the run's id; they are in no list, and can be deleted."""
        return self._store.unreadable(self._token)

    def get(self, run_id: str) -> Run:
        """The run, deleted or not."""
        try:
            run = self._store.get(run_id)
        except (UnknownRunError, UnreadableRunError):
            run = None
        if run is None or not self._is_mine(run.owner):
            raise UnknownRunError(f"There is no run '{run_id}' in this workspace. Choose one from its list.")
        return run

    def submit(self, spec: RunSpec, guess: Guess | None = None) -> str:
        """Train a new run; its id. `guess` is what the owner guesses of it. Raises `QueueFullError` where too many runs
        are unfinished, `TooCostlyError` where it would take more than a run may."""
        return self._pool.submit(spec, self._token, guess, self._visitor)

    def add_ended(self, ended: EndedRun, write: Callable[[str], None]) -> Run:
        """Add a run that ended in another lab; `write` writes its files, given its id. Raises `DiskQuotaError` where
        there is no room for it."""
        return self._pool.add_ended(ended, write, self._token, self._visitor)

    def start_rate_search(self, spec: RunSpec) -> str:
        """Train a run that only searches for a learning rate (see `rate_search_of`); its id. Earlier ones are
        removed. Raises `QueueFullError` where too many runs are unfinished."""
        run_id = self._pool.submit(replace(spec, purpose="rate-search"), self._token, visitor=self._visitor)
        for old in self._store.runs(self._token, purpose="rate-search"):
            if old.run_id != run_id:
                self._store.room.forget(old.run_id)
        return run_id

    def rate_search(self) -> Run | None:
        """The latest rate search; None where there is none."""
        return next(iter(self._store.runs(self._token, purpose="rate-search")), None)

    def send(self, run_id: str, command: Command) -> None:
        """Send a command to the run; see `WorkerPool.send`. Raises `StoreError` for one but `Stop` to a trial, and
        `LockedSettingError` for a learning rate where the run is for a task of a teacher, whose settings stay as they
        were submitted."""
        run = self.get(run_id)
        if not isinstance(command, Stop):
            _check_no_trial(run)
        if isinstance(command, SetLearningRate):
            _check_not_for_task(run)
        self._pool.send(run_id, command)

    def resume(self, run_id: str) -> None:
        """Train a run that was interrupted, stopped or failed to its end.

        Raises:
            StoreError: it cannot be; the message says why.
            QueueFullError: too many runs are unfinished.
        """
        _check_no_trial(self.get(run_id))
        self._pool.requeue(run_id, visitor=self._visitor)

    def continue_run(self, run_id: str, phase: Phase) -> None:
        """Train a run that finished or was stopped through one more phase, with the same weights and optimiser state.
        An epoch that was under way at the stop is trained to its end first.

        Raises:
            StoreError, ConfigError: it cannot be; the message says why.
            LockedSettingError: it is for a task of a teacher.
            QueueFullError: too many runs are unfinished.
            TooCostlyError: with it the run would take more than a run may.
        """
        run = self.get(run_id)
        _check_not_for_task(run)
        check_continuable(run)
        begun = epochs_begun(self._store.history(run_id))
        self._pool.requeue(run_id, run.spec.config.continued(begun, phase), self._visitor)

    def live(self, run_id: str) -> LiveRun | None:
        """The run as it is now; None if this server has not trained it: use `get` and `history` then."""
        live = self._pool.live(run_id)
        if live is not None and self._is_mine(live.owner):  # called often, so without reading the store
            return live
        return self._pool.live(self.get(run_id).run_id)

    def history(self, run_id: str) -> History:
        """The events of the run, as far as they are stored."""
        return self._store.history(self.get(run_id).run_id)

    def factors(self, run_id: str) -> FittedFactors:
        """The fitted factors of the run; raises `StoreError` where there are none or they are damaged."""
        return self._store.factors(self.get(run_id).run_id)

    def snapshot_epochs(self, run_id: str) -> list[int]:
        """The epochs of the run that have a snapshot, ascending."""
        run = self.get(run_id)
        return self._store.files.snapshot_epochs(run.run_id, run.n_epochs_done)

    def snapshots(self, run_id: str, after: int = -1) -> list[Snapshot]:
        """The snapshots of the run's epochs later than `after`; raises `StoreError` where one is damaged."""
        return self._store.files.snapshots(self.get(run_id).run_id, after)

    def weights(self, run_id: str) -> dict[str, np.ndarray]:
        """The weights of the run's model by name; raises `StoreError` where there are none or they are damaged."""
        return self._store.files.weights(self.get(run_id).run_id)

    def rename(self, run_id: str, name: str) -> None:
        """Give the run a name, in one line; raises `ConfigError` for one that is too long."""
        name = within(one_line(name), "name", NAME_LENGTH)
        self._store.update(self.get(run_id).run_id, name=name)

    def annotate(self, run_id: str, note: str) -> None:
        """Give the run a note; raises `ConfigError` for one that is too long."""
        note = within(without_controls(note).strip(), "note", NOTE_LENGTH)
        self._store.update(self.get(run_id).run_id, note=note)

    def name_axis(self, run_id: str, axis: str, name: str) -> None:
        """Give a component of the run a name, in one line; "" deletes the name.

        Args:
            axis: "factors:1" for the first component over factors, "movies:2" for the second over movies.

        Raises:
            ConfigError: no such axis, or a name that is too long.
        """
        if not AXIS.fullmatch(axis):
            raise ConfigError(f"There is no axis '{axis}'. Name one such as factors:1 or movies:2.")
        name = within(one_line(name), "name of an axis", AXIS_NAME_LENGTH)
        self._store.name_axis(self.get(run_id).run_id, axis, name)

    def delete(self, run_id: str) -> None:
        """Delete the run, so that it can be restored for a while; raises `StoreError` where it has not ended, or is a
        trial, which goes with its sweep."""
        if run_id not in self.unreadable():
            _check_no_trial(self.get(run_id))
        self._store.delete(run_id)

    def restore(self, run_id: str) -> None:
        """Undo `delete`."""
        self._store.restore(self.get(run_id).run_id)

    def share(self, run_id: str) -> str:
        """The token with which anybody can look at the run, see `shared_run`; the same one until `unshare`."""
        token = self.get(run_id).share_token or new_token()
        self._store.update(run_id, share_token=token)
        return token

    def unshare(self, run_id: str) -> None:
        """Withdraw the link to the run."""
        self._store.update(self.get(run_id).run_id, share_token=None)

    @property
    def rating_sets(self) -> OwnRatingSets:
        """The sets of the owner's own ratings, and all that can be done with them."""
        return OwnRatingSets(self._store.database, self._token)

    @property
    def sweeps(self) -> OwnSweeps:
        """The owner's sweeps, and all that can be done with them."""
        return OwnSweeps(self._pool, self._token, self._visitor)

    @property
    def data_sets(self) -> OwnDataSets:
        """The data sets that the owner brought, and all that can be done with them."""
        return OwnDataSets(
            self._store.data_sets,
            self._token,
            self._visitor.address,
            lambda more: check_disk(self._store, self._token, self._visitor, self._pool.limits, more),
            self._lab_data,
        )

    def change_token(self, token: str) -> None:
        """Move all runs and data sets, deleted ones too, all sets of ratings, classes and memberships to another token:
        the present one opens nothing any more, and no link to a run and no teacher's address works. This object goes on
        with the new token.

        Raises:
            ConfigError: `token` does not have the form of a token.
        """
        _check_token(token)
        self._pool.change_owner(self._token, token)
        self._token = token

    def _is_mine(self, owner: str) -> bool:
        return hmac.compare_digest(owner.encode(), self._token.encode())


def _check_no_trial(run: Run) -> None:
    if run.spec.purpose == "trial":
        raise StoreError(f"Run {run.run_id} is a trial of a sweep, and goes by it. Pause, stop or delete the sweep.")


def _check_not_for_task(run: Run) -> None:
    if run.task is not None:
        raise LockedSettingError(
            "This run is for a task: it is trained with the settings that it was submitted with, so that all runs of "
            "the task compare. Pause, step or stop it, or start another run with other settings."
        )


def _check_token(token: str) -> None:
    if not is_token(token):
        raise ConfigError("This is not the token of a workspace: it has 32 letters, digits, - and _.")
