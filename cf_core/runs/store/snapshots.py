"""Writes and reads the snapshots of a run in their folder of a store, one file per epoch.

A long run does not keep them all: it keeps every 2^j-th epoch, counted from the start, and the latest, with the
smallest j that makes them 130 at most.
"""

from collections.abc import Iterator

from cf_core.errors import StoreError
from cf_core.insight.snapshot import Snapshot
from cf_core.runs.store.file_store import FileStore

MOST_STEPS = 128
SUFFIX = ".safetensors"


def write_snapshot(files: FileStore, folder: str, snapshot: Snapshot) -> None:
    """Store `snapshot` in `folder`, in place of one of the same epoch, and delete those that are not kept beside it:
    also those of later epochs, which a run has that continues from an earlier one.

    Raises:
        StoreError: it could not be written; the others are unchanged.
    """
    with files.replacing(_name(folder, snapshot.epoch)) as path:
        snapshot.save(path)
    for epoch in snapshot_epochs(files, folder):
        if not is_kept(epoch, snapshot.epoch):
            files.remove(_name(folder, epoch))


def is_kept(epoch: int, latest: int) -> bool:
    """Whether the snapshot of `epoch` is kept when that of epoch `latest` has been stored."""
    step = 1
    while latest // step > MOST_STEPS:
        step *= 2
    return epoch == latest or (epoch < latest and epoch % step == 0)


def snapshot_epochs(files: FileStore, folder: str) -> list[int]:
    """The epochs that have a snapshot in `folder`, ascending; none where there is no folder."""
    of_epochs = slice(len(folder) + 1, -len(SUFFIX))
    return sorted(int(name[of_epochs]) for name in files.names(folder) if name.endswith(SUFFIX))


def read_snapshots(files: FileStore, folder: str, after: int = -1) -> Iterator[Snapshot]:
    """The snapshots of the epochs later than `after`, ascending.

    Raises:
        StoreError: one of them is damaged.
    """
    for epoch in snapshot_epochs(files, folder):
        if epoch <= after:
            continue
        name = _name(folder, epoch)
        try:
            with files.reading(name) as path:
                snapshot = Snapshot.load(path)
        except StoreError:
            if files.exists(name):
                raise
            continue  # deleted since the folder was listed
        yield snapshot


def _name(folder: str, epoch: int) -> str:
    return f"{folder}/{epoch:03d}{SUFFIX}"
