"""An epoch's losses and its time in training steps, read from the device at reports only. Nothing in here trains."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass
class EpochSoFar:
    """The epoch under way: batches trained, the sum of their ratings' losses, how many ratings, seconds in steps."""

    n_batches: int = 0
    loss_sum: float = 0.0
    n_ratings: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Read:
    """The losses of the batches since the last report, and their mean weighted by batch size."""

    by_batch: list[float]
    mean: float


class Meter:
    """Keeps `so_far` up to date: losses wait on the device until they are read."""

    def __init__(self, so_far: EpochSoFar) -> None:
        self.so_far = so_far
        self._squares: list[Tensor] = []
        self._sizes: list[int] = []
        self._resumed = 0.0

    @property
    def waiting(self) -> bool:
        """Whether there are losses to read."""
        return bool(self._squares)

    def resume(self) -> None:
        """Start the clock: at the epoch's beginning, after each report and each wait."""
        self._resumed = time.perf_counter()

    def add(self, squares: Tensor, size: int) -> None:
        """One batch is trained: the sum of its squared errors, shape (), and its size."""
        self._squares.append(squares)
        self._sizes.append(size)
        self.so_far.n_batches += 1

    def read(self) -> Read:
        """Read what has come since the last report and stop the clock."""
        sums = torch.stack(self._squares).tolist()
        self.so_far.seconds += time.perf_counter() - self._resumed
        losses = [squares / size for squares, size in zip(sums, self._sizes, strict=True)]
        for loss_sum in sums:  # one by one, so that the epoch's sum does not depend on where the reports were
            self.so_far.loss_sum += loss_sum
        n_ratings = sum(self._sizes)
        self.so_far.n_ratings += n_ratings
        self._squares, self._sizes = [], []
        return Read(losses, sum(sums) / n_ratings)
