"""Commands that reach all ranks before the same batch, whichever rank they came to."""

import queue
import time
from collections import deque
from typing import TYPE_CHECKING

from cf_core.training.commands import Command

if TYPE_CHECKING:
    from cf_core.training.distributed.ranks import Ranks

LOOK_EVERY = 0.05
"""Seconds between two looks for commands while the run is paused."""


class SharedCommands(queue.SimpleQueue[Command]):
    """A queue that `fit` reads the same commands from in all ranks, at the same moments of the training.

    Whether any rank has a command goes with the gradients (`has_own`, `some_have`) and costs no exchange of its own;
    only where one has do the ranks show each other what has come, which then counts in the order of the ranks. `get`
    has to be called by all of them.
    """

    def __init__(self, ranks: "Ranks") -> None:
        super().__init__()
        self._ranks = ranks
        self._agreed: deque[Command] = deque()
        self.some_have = False

    @property
    def has_own(self) -> bool:
        """Whether a command has come to this rank that the others do not know of."""
        return not super().empty()

    def empty(self) -> bool:
        """Whether there is nothing to read: in every rank the same."""
        return not self._agreed and not self.some_have

    def get(self, block: bool = True, timeout: float | None = None) -> Command:
        """The next command; waits until one has come to some rank."""
        while not self._agreed:
            own = [super(SharedCommands, self).get() for _ in range(self.qsize())]
            self._agreed.extend(command for commands in self._ranks.from_all(own) for command in commands)
            self.some_have = False
            if not self._agreed:
                time.sleep(LOOK_EVERY)
        return self._agreed.popleft()
