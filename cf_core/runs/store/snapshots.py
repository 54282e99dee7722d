"""Writes and reads the snapshots of a run in their folder, one file per epoch.

A long run does not keep them all: it keeps every 2^j-th epoch, counted from the start, and the latest, with the
smallest j that makes them 130 at most.
"""

from collections.abc import Iterator
from pathlib import Path

from cf_core.errors import StoreError
from cf_core.files import atomic_write, writing_into
from cf_core.insight.snapshot import Snapshot

MOST_STEPS = 128
SUFFIX = ".safetensors"


def write_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Store `snapshot` in `folder`, in place of one of the same epoch, and delete those that are not kept beside it:
    also those of later epochs, which a run has that continues from an earlier one.

    Raises:
        StoreError: it could not be written; the others are unchanged.
    """
    with writing_into(folder.parent), writing_into(folder):
        with atomic_write(_path(folder, snapshot.epoch)) as path:
            snapshot.save(path)
        for epoch in snapshot_epochs(folder):
            if not is_kept(epoch, snapshot.epoch):
                _path(folder, epoch).unlink(missing_ok=True)


def is_kept(epoch: int, latest: int) -> bool:
    """Whether the snapshot of `epoch` is kept when that of epoch `latest` has been stored."""
    step = 1
    while latest // step > MOST_STEPS:
        step *= 2
    return epoch == latest or (epoch < latest and epoch % step == 0)


def snapshot_epochs(folder: Path) -> list[int]:
    """The epochs that have a snapshot in `folder`, ascending; none where there is no folder."""
    return sorted(int(file.stem) for file in folder.glob(f"*{SUFFIX}"))


def read_snapshots(folder: Path, after: int = -1) -> Iterator[Snapshot]:
    """The snapshots of the epochs later than `after`, ascending.

    Raises:
        StoreError: one of them is damaged.
    """
    for epoch in snapshot_epochs(folder):
        if epoch <= after:
            continue
        path = _path(folder, epoch)
        try:
            snapshot = Snapshot.load(path)
        except StoreError:
            if path.exists():
                raise
            continue  # deleted since the folder was listed
        yield snapshot


def _path(folder: Path, epoch: int) -> Path:
    return folder / f"{epoch:03d}{SUFFIX}"
