"""The film of a training: the snapshots of its epochs, turned so that the map does not jump from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.errors import DataMismatchError
from cf_core.insight.procrustes import align
from cf_core.insight.projection import turned
from cf_core.insight.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Film:
    """Snapshots of one run in the order of their epochs, one at least.

    The principal components of every epoch stand on axes of their own, whose signs are chance and which may change
    places. The latest epoch keeps its axes, with signs such that movies with a higher mean rating do not lie higher on
    them; every earlier epoch is rotated or reflected onto the one that follows it (orthogonal Procrustes). Distances
    between the movies of an epoch stay as they are.

    Attributes:
        snapshots: the epochs that were kept, not always all.
        positions: (n_snapshots, n_items, 2) float32, the aligned positions.
    """

    snapshots: tuple[Snapshot, ...]
    positions: NDArray[np.float32]

    @classmethod
    def of(cls, snapshots: Sequence[Snapshot], mean_rating: NDArray[np.floating]) -> "Film":
        """The film of these snapshots, whatever their order.

        Args:
            mean_rating: (n_all_items,) mean rating of every item, stars, by index.

        Raises:
            DataMismatchError: they show different movies.
        """
        ordered = sorted(snapshots, key=lambda snapshot: snapshot.epoch)
        items = ordered[-1].item_idx
        if not all(np.array_equal(snapshot.item_idx, items) for snapshot in ordered):
            raise DataMismatchError("The epochs of this run show different movies. Train it again.")
        follower = turned(ordered[-1].positions.T, mean_rating[items]).T
        positions = [follower]
        for snapshot in ordered[-2::-1]:
            follower = snapshot.positions @ align(snapshot.positions, follower)
            positions.append(follower)
        return cls(tuple(ordered), np.array(positions[::-1], dtype=np.float32))

    @property
    def item_idx(self) -> NDArray[np.int32]:
        """The movies that it shows, most rated first."""
        return self.snapshots[0].item_idx

    @property
    def epochs(self) -> list[int]:
        """The epochs that there are, ascending."""
        return [snapshot.epoch for snapshot in self.snapshots]

    def spread(self, number: int) -> float:
        """How far the movies of snapshot `number` lie from their centre: the root mean square of the distances on the
        two axes, in the units of the factors."""
        return float(np.sqrt(np.square(self.positions[number]).sum(axis=1).mean()))
