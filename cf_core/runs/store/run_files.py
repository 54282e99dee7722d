"""Reads and writes the files of runs: checkpoints, snapshots, fitted factors, each run's in a folder of its own."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cf_core.fitted_factors import FittedFactors
from cf_core.insight.snapshot import Snapshot
from cf_core.runs.spec import Run
from cf_core.runs.store.checkpoint_weights import read_weights
from cf_core.runs.store.file_store import FileStore
from cf_core.runs.store.snapshots import read_snapshots, snapshot_epochs, write_snapshot

N_REMEMBERED = 500
"""Of so many runs it remembers which snapshots there are."""


class RunFiles:
    """The files of the runs in a store. It does not know which runs there are.

    Raises (every method): StoreError, with the file and the cure, where the files cannot be read or written.
    """

    def __init__(self, files: FileStore) -> None:
        self.store = files
        self._epochs: dict[str, list[int]] = {}

    @property
    def place(self) -> str:
        """Where they are; `file_store` opens them there in any process."""
        return self.store.place("")

    def has_checkpoint(self, run: Run) -> bool:
        """Whether the run has a checkpoint. A rate search never has one, and a trial loses it at its end; the files are
        asked only of others."""
        name = _checkpoint(run.run_id)
        if run.spec.purpose == "train":
            state = "" if run.unfinished else run.outcome  # one that has ended gets none
            return self.store.exists(name, stays=True, state=state)
        is_over = not run.unfinished and run.outcome != "interrupted"
        return run.spec.purpose == "trial" and not is_over and self.store.exists(name)

    def reading_checkpoint(self, run_id: str) -> contextlib.AbstractContextManager[Path]:
        """Yields the path of the run's checkpoint, for the length of the block; see `FileStore.reading`."""
        return self.store.reading(_checkpoint(run_id))

    def replacing_checkpoint(self, run_id: str) -> contextlib.AbstractContextManager[Path]:
        """Yields the path at which to write a new checkpoint. It replaces the old one when the block ends; until then,
        and if the block raises, the old one stays."""
        return self.store.replacing(_checkpoint(run_id))

    def scratch(self, run_id: str, file: str) -> contextlib.AbstractContextManager[Path]:
        """Yields the path of a local file for the block to write, which is gone afterwards."""
        return self.store.scratch(f"{run_id}/{file}")

    def weights(self, run_id: str) -> dict[str, np.ndarray]:
        """The weights in the run's checkpoint, by the names that PyTorch gives them.

        Raises:
            StoreError: there is no checkpoint, or it is damaged.
        """
        with self.reading_checkpoint(run_id) as path:
            return read_weights(path)

    def add_snapshot(self, run_id: str, snapshot: Snapshot) -> None:
        """Store a snapshot of the run. A long run keeps only some of them, see `snapshots.py`."""
        write_snapshot(self.store, _snapshots(run_id), snapshot)

    def snapshot_epochs(self, run_id: str, n_epochs_done: int | None = None) -> list[int]:
        """The epochs of the run that have a snapshot, ascending; 0 is the random start.

        Args:
            n_epochs_done: how many epochs the run has ended, where that is known. With the snapshot of the last of them
                the list cannot change before another one ends, and is remembered: a page asks again and again.
        """
        known = self._epochs.get(run_id)
        if known is not None and known[-1] == n_epochs_done:
            return [*known]
        found = snapshot_epochs(self.store, _snapshots(run_id))
        if found and found[-1] == n_epochs_done:
            self._remember(run_id, found)
        return found

    def snapshots(self, run_id: str, after: int = -1) -> list[Snapshot]:
        """The snapshots of the run's epochs later than `after`, ascending.

        Raises:
            StoreError: one of them is damaged.
        """
        return [*read_snapshots(self.store, _snapshots(run_id), after)]

    def save_factors(self, run_id: str, factors: FittedFactors) -> None:
        """Store the factors of the run, in place of those of an earlier end."""
        factors.write(lambda file: self.store.replacing(f"{run_id}/{file}"))

    def factors(self, run_id: str) -> FittedFactors:
        """The factors of the run.

        Raises:
            StoreError: there are none, or they are damaged.
        """
        with contextlib.ExitStack() as files:
            return FittedFactors.read(lambda file: files.enter_context(self.store.reading(f"{run_id}/{file}")))

    def size(self, run_id: str) -> int:
        """The bytes that the files of the run take; those that vanish meanwhile do not count."""
        return self.sizes([run_id])[0]

    def sizes(self, run_ids: Sequence[str]) -> list[int]:
        """The same of each of several runs."""
        return self.store.sizes([(run_id, _snapshots(run_id)) for run_id in run_ids])

    def remove(self, run_id: str) -> None:
        """Delete all files of the run."""
        self._epochs.pop(run_id, None)
        self.store.remove_folder(run_id)

    def _remember(self, run_id: str, epochs: list[int]) -> None:
        self._epochs.pop(run_id, None)
        self._epochs[run_id] = [*epochs]
        for oldest in [*self._epochs][:-N_REMEMBERED]:
            self._epochs.pop(oldest, None)


def _checkpoint(run_id: str) -> str:
    return f"{run_id}/checkpoint.safetensors"


def _snapshots(run_id: str) -> str:
    return f"{run_id}/snapshots"
