"""The snapshots of a run's epochs in their folder, one file an epoch: written while it trains, read by whoever watches.

Of a long run not every epoch is kept: every 2^j-th and the latest, with j as small as makes them 130 at most, the start
among them. Nothing in here knows which runs there are.
"""

from collections.abc import Iterator
from pathlib import Path

from cf_core.errors import StoreError
from cf_core.files import replacing, writing_into
from cf_core.insight.snapshot import Snapshot

MOST_STEPS = 128
SUFFIX = ".safetensors"


def write_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Keep `snapshot` in `folder`, in place of one of the same epoch, and drop those that are not to be kept beside it:
    later ones too, of a run that goes on from an earlier epoch.

    Raises:
        StoreError: it could not be written; what was there still is.
    """
    with writing_into(folder.parent):
        with replacing(_path(folder, snapshot.epoch)) as path:
            snapshot.save(path)
        for epoch in snapshot_epochs(folder):
            if not is_kept(epoch, snapshot.epoch):
                _path(folder, epoch).unlink(missing_ok=True)


def is_kept(epoch: int, latest: int) -> bool:
    """Whether the snapshot of `epoch` is kept once that of epoch `latest` is there."""
    step = 1
    while latest // step > MOST_STEPS:
        step *= 2
    return epoch == latest or (epoch < latest and epoch % step == 0)


def snapshot_epochs(folder: Path) -> list[int]:
    """The epochs of which `folder` holds a snapshot, ascending; none where there is no folder."""
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
            continue  # dropped since the folder was listed
        yield snapshot


def _path(folder: Path, epoch: int) -> Path:
    return folder / f"{epoch:03d}{SUFFIX}"
