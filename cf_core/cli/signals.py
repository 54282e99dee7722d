"""Signals as commands to a run."""

import contextlib
import queue
import signal
from collections.abc import Iterator

from cf_core.training.commands import Command, Interrupt, Stop


@contextlib.contextmanager
def signals_into(commands: "queue.SimpleQueue[Command]") -> Iterator[None]:
    """Within the block the first Ctrl-C puts `Stop` into the queue of a run's commands, the second one aborts; SIGTERM,
    as when the machine shuts down, puts `Interrupt` into it."""

    def stop(*_: object) -> None:
        commands.put(Stop())
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    before_term = signal.signal(signal.SIGTERM, lambda *_: commands.put(Interrupt()))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, before_term)
