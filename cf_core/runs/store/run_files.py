"""Reads and writes the files of runs: checkpoints, snapshots, fitted factors, each run's in a folder of its own."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cf_core.files import atomic_write, remove_folder, writing_into
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.snapshot import Snapshot
from cf_core.runs.store.checkpoint_weights import read_weights
from cf_core.runs.store.database import disk_errors_in_words
from cf_core.runs.store.folder_size import folder_size
from cf_core.runs.store.snapshots import read_snapshots, snapshot_epochs, write_snapshot


class RunFiles:
    """The files of the runs in the store at `folder`. It does not know which runs there are.

    Raises (every method): StoreError, with the file and the cure, where the folder cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def checkpoint(self, run_id: str) -> Path:
        """The path of the run's checkpoint, whether it has one or not."""
        return self.folder / run_id / "checkpoint.safetensors"

    @contextlib.contextmanager
    def replacing_checkpoint(self, run_id: str) -> Iterator[Path]:
        """Yields the path at which to write a new checkpoint. It replaces the old one when the block ends; until then,
        and if the block raises, the old one stays."""
        with writing_into(self.folder / run_id), atomic_write(self.checkpoint(run_id)) as path:
            yield path

    def weights(self, run_id: str) -> dict[str, np.ndarray]:
        """The weights in the run's checkpoint, by the names that PyTorch gives them.

        Raises:
            StoreError: there is no checkpoint, or it is damaged.
        """
        return read_weights(self.checkpoint(run_id))

    def add_snapshot(self, run_id: str, snapshot: Snapshot) -> None:
        """Store a snapshot of the run. A long run keeps only some of them, see `snapshots.py`."""
        write_snapshot(self._snapshots(run_id), snapshot)

    def snapshot_epochs(self, run_id: str) -> list[int]:
        """The epochs of the run that have a snapshot, ascending; 0 is the random start."""
        with disk_errors_in_words(self.folder):
            return snapshot_epochs(self._snapshots(run_id))

    def snapshots(self, run_id: str, after: int = -1) -> list[Snapshot]:
        """The snapshots of the run's epochs later than `after`, ascending.

        Raises:
            StoreError: one of them is damaged.
        """
        with disk_errors_in_words(self.folder):
            return [*read_snapshots(self._snapshots(run_id), after)]

    def save_factors(self, run_id: str, factors: FittedFactors) -> None:
        """Store the factors of the run, in place of those of an earlier end."""
        with writing_into(self.folder / run_id):
            factors.save(self.folder / run_id)

    def factors(self, run_id: str) -> FittedFactors:
        """The factors of the run.

        Raises:
            StoreError: there are none, or they are damaged.
        """
        return FittedFactors.load(self.folder / run_id)

    def size(self, run_id: str) -> int:
        """The bytes that the files of the run take; those that vanish meanwhile do not count."""
        return folder_size(self.folder / run_id) + folder_size(self._snapshots(run_id))

    def remove(self, run_id: str) -> None:
        """Delete all files of the run."""
        remove_folder(self.folder / run_id)

    def _snapshots(self, run_id: str) -> Path:
        return self.folder / run_id / "snapshots"
