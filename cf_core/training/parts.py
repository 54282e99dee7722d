"""A large batch in several threads: each works on other parts of it, and all add to the gradient in turn."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

import torch
from torch import Tensor

from cf_core.models.gradients import Gradients

Part = tuple[Tensor, Tensor, Tensor]
"""User indices, item indices and ratings of some rows of a batch."""


class Turns:
    """Lets threads go one after the other, in the order of the numbers of their turns, from 0. Who waits sleeps: a
    thread that spins takes the core from another program, perhaps from the very thread that it waits for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._next, self._given_up = 0, False

    @contextmanager
    def turn(self, number: int) -> Iterator[None]:
        """Wait for the turn `number`, and hand on to the next at the end.

        Raises:
            GivenUp: a turn before will never end.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._given_up or self._next == number)
            if self._given_up:
                raise GivenUp
        yield
        with self._changed:
            self._next += 1
            self._changed.notify_all()

    def give_up(self) -> None:
        """Whoever waits shall wait no longer: a thread has failed before its turn ended."""
        with self._changed:
            self._given_up = True
            self._changed.notify_all()


class GivenUp(Exception):
    """Another thread has failed; its own error says why."""


class PartsInThreads:
    """Accumulates the gradients of a batch's parts in `n_threads` threads, to the same numbers as one thread.

    Thread t of T takes parts t, t + T, ... . All but the adding up goes side by side; parts are added in their order,
    those of users and those of items in a queue each, so that one thread can add to users while another adds to items.

    Args:
        gradients: of a model that is all in its table, see `Gradients.in_table`.
        n_threads: how many; each calls PyTorch with one thread of PyTorch's own.
    """

    def __init__(self, gradients: Gradients, n_threads: int) -> None:
        self.gradients, self.n_threads = gradients, n_threads
        self._threads = ThreadPoolExecutor(n_threads, "part", torch.set_num_threads, (1,))

    def accumulate(self, parts: list[Part], n: int) -> Tensor:
        """Add the gradients of all parts of a batch of n ratings; gives the sum of the squared errors, shape ()."""
        turns = Turns(), Turns()
        work = [self._threads.submit(self._work, parts, first, n, turns) for first in range(self.n_threads)]
        wait(work)
        errors = [error for done in work if (error := done.exception()) is not None]
        for error in sorted(errors, key=lambda error: isinstance(error, GivenUp)):
            raise error
        sums = [done.result() for done in work]
        return torch.stack([sums[at % self.n_threads][at // self.n_threads] for at in range(len(parts))]).sum()

    @torch.inference_mode()  # holds for one thread alone
    def _work(self, parts: list[Part], first: int, n: int, turns: tuple[Turns, Turns]) -> list[Tensor]:
        """The sums of the squared errors of every part that is this thread's."""
        sums = []
        try:
            for number in range(first, len(parts), self.n_threads):
                squared_error_sum, rows, gradient = self.gradients.of_rows(*parts[number], n)
                for queue, *half in zip(turns, rows.chunk(2), gradient.chunk(2), strict=True):
                    with queue.turn(number):
                        self.gradients.table.accumulate_gradient(*half)
                sums.append(squared_error_sum)
        except BaseException:
            for queue in turns:
                queue.give_up()
            raise
        return sums

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()
