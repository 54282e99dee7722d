"""The processes that train one run together, called ranks as in `torch.distributed`: finding each other, dividing work,
telling each other. Rank 0 is the first among them: it alone writes and prints.

They speak gloo for what lies in memory and NCCL for what lies on a GPU. Nothing in here knows of models.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from cf_core.errors import ConfigError, LostRankError

SILENCE = timedelta(seconds=60)
"""How long a rank waits for another one, before it takes it for lost. One that ends is noticed at once."""


class Ranks:
    """This process among those that train a run with it. Make one with `joined`.

    Attributes:
        rank: the number of this one, from 0.
        n_ranks: how many there are.
    """

    def __init__(self, rank: int, n_ranks: int, local_rank: int) -> None:
        self.rank, self.n_ranks, self._local_rank = rank, n_ranks, local_rank

    @property
    def is_first(self) -> bool:
        """Whether this is the one that writes."""
        return self.rank == 0

    def part(self, n: int) -> slice:
        """This rank's part of n rows: parts follow one another and differ by one row at most, so that some are empty
        where there are fewer rows than ranks."""
        return slice(n * self.rank // self.n_ranks, n * (self.rank + 1) // self.n_ranks)

    def own(self, device: torch.device) -> torch.device:
        """The CPU, or where `device` is a GPU, the one that is this rank's among those of its machine.

        Raises:
            ConfigError: the machine has fewer GPUs than processes.
        """
        if device.type != "cuda":
            return device
        if self._local_rank >= torch.cuda.device_count():
            raise ConfigError(
                f"torchrun started more processes here than there are GPUs ({torch.cuda.device_count()}). "
                "Give it that number as --nproc-per-node, or train with --device cpu."
            )
        torch.cuda.set_device(self._local_rank)
        return torch.device("cuda", self._local_rank)

    def all_reduce(self, tensors: Sequence[Tensor]) -> None:
        """Put into every tensor the sum over all ranks of what was in it, the same to the last bit in each.

        Raises:
            LostRankError: a rank has ended or does not answer.
        """
        with _lost_rank_in_words():
            under_way = [dist.all_reduce(tensor, async_op=True) for tensor in tensors]
            for work in under_way:
                work.wait()

    def copy_from_first(self, tensors: Sequence[Tensor]) -> None:
        """Put into every tensor what rank 0 has in it.

        Raises:
            LostRankError: see `all_reduce`.
        """
        with _lost_rank_in_words():
            for tensor in tensors:
                dist.broadcast(tensor, 0)

    def from_first(self, message: Any = None) -> Any:
        """The message that rank 0 gives, in every rank.

        Raises:
            LostRankError: see `all_reduce`.
        """
        box = [message]
        with _lost_rank_in_words():
            dist.broadcast_object_list(box, 0, device=torch.device("cpu"))
        return box[0]

    def from_all(self, message: Any) -> list[Any]:
        """The messages of all ranks, in their order.

        Raises:
            LostRankError: see `all_reduce`.
        """
        messages = [None] * self.n_ranks
        with _lost_rank_in_words():
            dist.all_gather_object(messages, message)
        return messages

    def wait_for_all(self) -> None:
        """Return when every rank has come here.

        Raises:
            LostRankError: see `all_reduce`.
        """
        self.from_all(None)


@contextlib.contextmanager
def joined() -> Iterator[Ranks]:
    """Meet the other ranks, where the variables say that `torchrun` sets (RANK, LOCAL_RANK, WORLD_SIZE, MASTER_ADDR,
    MASTER_PORT), and part from them at the end of the block.

    Raises:
        LostRankError: the others did not come.
    """
    with _lost_rank_in_words():
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        dist.init_process_group(backend, timeout=SILENCE)
    try:
        yield Ranks(dist.get_rank(), dist.get_world_size(), int(os.environ["LOCAL_RANK"]))
    finally:
        dist.destroy_process_group()


@contextlib.contextmanager
def _lost_rank_in_words() -> Iterator[None]:
    """Turn what `torch.distributed` raises where a rank is gone into an error in words."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        raise LostRankError(
            "Another process of this run has ended, or has not answered for "
            f"{SILENCE.seconds} seconds; what it printed itself says why. The run goes on from its last checkpoint "
            "when it is resumed."
        ) from error
