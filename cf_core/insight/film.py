"""The film of a run: the snapshots of its epochs, aligned so that the map does not jump from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.errors import DataMismatchError
from cf_core.insight.procrustes import align
from cf_core.insight.projection import orient_signs
from cf_core.insight.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Film:
    """Snapshots of one run in the order of their epochs, at least one.

    Every epoch has principal components of its own, whose signs are arbitrary and whose order may change. The latest
    epoch is drawn on its own components, signed as `orient_signs` does; every earlier epoch is rotated or reflected
    onto the one that follows it (orthogonal Procrustes), which keeps the distances between its movies.

    Attributes:
        snapshots: of the epochs that were stored, not always all.
        positions: (n_snapshots, n_items, 2) float32, the aligned positions.
    """

    snapshots: tuple[Snapshot, ...]
    positions: NDArray[np.float32]

    @classmethod
    def of(cls, snapshots: Sequence[Snapshot], mean_rating: NDArray[np.floating]) -> "Film":
        """The film of these snapshots, given in any order.

        Args:
            mean_rating: (n_all_items,) mean rating of every item, stars, by index.

        Raises:
            DataMismatchError: they show different items.
        """
        ordered = sorted(snapshots, key=lambda snapshot: snapshot.epoch)
        items = ordered[-1].item_idx
        if not all(np.array_equal(snapshot.item_idx, items) for snapshot in ordered):
            raise DataMismatchError("The epochs of this run show different items. Train it again.")
        following = orient_signs(ordered[-1].positions.T, mean_rating[items]).T
        positions = [following]
        for snapshot in ordered[-2::-1]:
            following = snapshot.positions @ align(snapshot.positions, following)
            positions.append(following)
        return cls(tuple(ordered), np.array(positions[::-1], dtype=np.float32))

    @property
    def item_idx(self) -> NDArray[np.int32]:
        """Indices of the movies in the film, the most rated first."""
        return self.snapshots[0].item_idx

    @property
    def epochs(self) -> list[int]:
        """The epochs in the film, ascending."""
        return [snapshot.epoch for snapshot in self.snapshots]

    def spread(self, number: int) -> float:
        """Root mean square of the distances of the movies of snapshot `number` from their centre, in the units of the
        factors."""
        return float(np.sqrt(np.square(self.positions[number]).sum(axis=1).mean()))
