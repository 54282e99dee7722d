"""Read access to one run: to one's own, or to one that a link shares. `Workspace` has what only its owner may do."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from cf_core.errors import UnknownDataSetError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.snapshot import Snapshot
from cf_core.runs.data_set import DataSet
from cf_core.runs.spec import Run
from cf_core.runs.workers.jobs import LiveRun
from cf_core.runs.workers.lab_pool import LabPool
from cf_core.runs.workspace import Workspace
from cf_core.training.history import History


class RunView(Protocol):
    """What a page may read of a run. Every method raises `UnknownRunError` where the reader may not see the run (any
    more), and `StoreError` where a file is missing or damaged."""

    @property
    def run(self) -> Run:
        """The run as it is stored now."""

    def history(self) -> History:
        """The events of the run, as far as they are stored."""

    def history_now(self) -> History:
        """The events of the run up to now: the live ones while this server trains it, otherwise those stored."""

    def factors(self) -> FittedFactors:
        """The fitted factors of its model."""

    def snapshot_epochs(self) -> list[int]:
        """The epochs that have a snapshot, ascending."""

    def snapshots(self, after: int = -1) -> list[Snapshot]:
        """The snapshots of the epochs later than `after`."""

    def weights(self) -> dict[str, np.ndarray]:
        """The weights of its model by name."""

    def live(self) -> LiveRun | None:
        """The run as it is now; None if this server has not trained it."""


@dataclass(frozen=True)
class OwnRun:
    """A run of `workspace`, as its owner sees it."""

    workspace: Workspace
    run_id: str

    @property
    def run(self) -> Run:
        return self.workspace.get(self.run_id)

    def history(self) -> History:
        return self.workspace.history(self.run_id)

    def history_now(self) -> History:
        return _history_now(self)

    def factors(self) -> FittedFactors:
        return self.workspace.factors(self.run_id)

    def snapshot_epochs(self) -> list[int]:
        return self.workspace.snapshot_epochs(self.run_id)

    def snapshots(self, after: int = -1) -> list[Snapshot]:
        return self.workspace.snapshots(self.run_id, after)

    def weights(self) -> dict[str, np.ndarray]:
        return self.workspace.weights(self.run_id)

    def live(self) -> LiveRun | None:
        return self.workspace.live(self.run_id)


@dataclass(frozen=True)
class SharedRun:
    """A run as the holder of its link sees it. Every method checks that the link still works, and raises
    `UnknownRunError` if it does not. The owner's token is nowhere in it."""

    _pool: LabPool
    _share_token: str

    @property
    def run(self) -> Run:
        return replace(self._run(), owner="", share_token=None)

    def history(self) -> History:
        return self._pool.store.history(self._run().run_id)

    def factors(self) -> FittedFactors:
        return self._pool.store.factors(self._run().run_id)

    def snapshot_epochs(self) -> list[int]:
        run = self._run()
        return self._pool.store.files.snapshot_epochs(run.run_id, run.n_epochs_done)

    def snapshots(self, after: int = -1) -> list[Snapshot]:
        return self._pool.store.files.snapshots(self._run().run_id, after)

    def weights(self) -> dict[str, np.ndarray]:
        return self._pool.store.files.weights(self._run().run_id)

    def history_now(self) -> History:
        return _history_now(self)

    def live(self) -> LiveRun | None:
        live = self._pool.live(self._run().run_id)
        return None if live is None else replace(live, owner="")

    def data_set(self) -> DataSet | None:
        """The owner's data set that it was trained on, which the link shares along with it; None where it is one of the
        lab's.

        Raises:
            UnknownDataSetError: its owner has deleted it.
        """
        found = self._pool.store.data_sets.at(self._run().spec.data)
        if found is not None and found.deleted is not None:
            raise UnknownDataSetError("The owner of the shared run has deleted the data set that it was trained on.")
        return found

    def check_link(self) -> None:
        """Raise `UnknownRunError` if the link does not work (any more)."""
        self._run()

    def _run(self) -> Run:
        return self._pool.store.shared(self._share_token)


def shared_run(pool: LabPool, share_token: str) -> SharedRun:
    """The run that a link leads to.

    Raises:
        UnknownRunError: it leads nowhere.
    """
    shared = SharedRun(pool, share_token)
    shared.check_link()
    return shared


def _history_now(view: RunView) -> History:
    live = view.live()
    return live.history if live is not None and live.unfinished else view.history()
