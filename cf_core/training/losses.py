"""An epoch's losses and its time in training steps. Losses wait on the device and are read at reports only."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass
class EpochProgress:
    """The epoch under way: batches trained, the sum of their ratings' losses, how many ratings, seconds in steps."""

    n_batches: int = 0
    loss_sum: float = 0.0
    n_ratings: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class ReportedLosses:
    """The losses of the batches since the last report, and their mean weighted by batch size."""

    by_batch: list[float]
    mean: float


class LossAccumulator:
    """Keeps `progress` up to date."""

    def __init__(self, progress: EpochProgress) -> None:
        self.progress = progress
        self._squared_error_sums: list[Tensor] = []
        self._sizes: list[int] = []
        self._resumed = 0.0

    @property
    def has_unread(self) -> bool:
        """Whether there are losses to read."""
        return bool(self._squared_error_sums)

    def resume(self) -> None:
        """Start the clock: at the epoch's beginning, after each report and each wait."""
        self._resumed = time.perf_counter()

    def pause(self) -> None:
        """Stop the clock, until `resume`."""
        self.progress.seconds += time.perf_counter() - self._resumed

    def add(self, squared_error_sum: Tensor, size: int) -> None:
        """One batch is trained: the sum of its squared errors, shape (), and its size."""
        self._squared_error_sums.append(squared_error_sum)
        self._sizes.append(size)
        self.progress.n_batches += 1

    def read(self) -> ReportedLosses:
        """Read what has come since the last report and stop the clock."""
        sums = torch.stack(self._squared_error_sums).tolist()
        self.pause()
        losses = [total / size for total, size in zip(sums, self._sizes, strict=True)]
        for loss_sum in sums:  # one by one, so that the epoch's sum does not depend on where the reports were
            self.progress.loss_sum += loss_sum
        n_ratings = sum(self._sizes)
        self.progress.n_ratings += n_ratings
        self._squared_error_sums, self._sizes = [], []
        return ReportedLosses(losses, sum(sums) / n_ratings)
