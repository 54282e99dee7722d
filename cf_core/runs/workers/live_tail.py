"""What is new of a run in training since somebody last looked: a page looks four times a second, and a history of
thousands of reports need not go over the network each time."""

from dataclasses import replace
from typing import NamedTuple

from cf_core.runs.workers.jobs import LiveRun
from cf_core.training.history import History


class Mark(NamedTuple):
    """How much of which history somebody has."""

    history_id: str
    n_batches: int
    n_commands: int
    n_epochs: int

    @classmethod
    def of(cls, live: LiveRun) -> "Mark":
        """The mark of who has the run as it is."""
        history = live.history
        return cls(live.history_id, len(history.batches), len(history.commands), len(history.epochs))


def tail_of(live: LiveRun, mark: Mark | None) -> LiveRun:
    """The run with what has come after `mark` alone; whole where the mark is of another history."""
    if mark is None or mark.history_id != live.history_id:
        return live
    history = live.history
    tail = replace(
        history,
        batches=history.batches[mark.n_batches :],
        commands=history.commands[mark.n_commands :],
        epochs=history.epochs[mark.n_epochs :],
    )
    return replace(live, history=tail)


def joined(earlier: LiveRun | None, tail: LiveRun) -> LiveRun:
    """The run as it is, from an earlier look, whose mark the tail goes by, and the tail. Its history is a new one."""
    before = earlier.history if earlier is not None and earlier.history_id == tail.history_id else History()
    history = replace(
        tail.history,
        batches=[*before.batches, *tail.history.batches],
        commands=[*before.commands, *tail.history.commands],
        epochs=[*before.epochs, *tail.history.epochs],
    )
    return replace(tail, history=history)
