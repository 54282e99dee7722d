"""The order in which waiting runs get a worker.

Round robin over the owners: of those who wait, the one with the fewest runs in training is served first; among equals
the one who was served longest ago, and then the one who came first. An owner's own runs keep their order. So nobody
waits for the second run of somebody else, however many runs they have in the queue.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

NEVER = -1


class Waiting(NamedTuple):
    """A waiting run and its owner."""

    run_id: str
    owner: str


def fair_order(waiting: Sequence[Waiting], in_training: Iterable[str], served: Mapping[str, int]) -> list[str]:
    """The ids of `waiting` in the order in which they will be served.

    Args:
        waiting: the waiting runs in the order in which they came.
        in_training: the owner of each run in training.
        served: for each owner, the number of their last turn; a later turn has a higher number.
    """
    training, last_turn = Counter(in_training), dict(served)
    queues: dict[str, list[str]] = {}
    for run_id, owner in waiting:
        queues.setdefault(owner, []).append(run_id)
    arrival = {run_id: number for number, (run_id, _) in enumerate(waiting)}
    turn = max(last_turn.values(), default=NEVER)
    order: list[str] = []
    while queues:
        owner = min(queues, key=lambda o: (training[o], last_turn.get(o, NEVER), arrival[queues[o][0]]))
        order.append(queues[owner].pop(0))
        turn += 1
        training[owner] += 1
        last_turn[owner] = turn
        if not queues[owner]:
            del queues[owner]
    return order
