"""The order in which waiting runs get a worker.

Round robin over the addresses that visitors come from, and over the owners behind each: the one with the fewest runs in
training is served first; among equals the one who was served longest ago, and then the one who came first. Who was
never served counts as served when they came, so that a new workspace gets nobody ahead of those who wait already. An
owner's own runs keep their order. So nobody waits for the second run of somebody else, however many runs or workspaces
they have in the queue, and a class behind one address shares what that address gets.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

N_REMEMBERED = 10_000
"""Of so many owners, and of so many addresses, the last turns are remembered."""


class Party(NamedTuple):
    """An owner of runs, and the address that they come from."""

    owner: str
    address: str = ""


class Waiting(NamedTuple):
    """A waiting run, and whose it is."""

    run_id: str
    party: Party


class Turns:
    """The turns that owners and addresses have had, numbered from 1; `number` is that of the last one."""

    def __init__(self) -> None:
        self.owners: dict[str, int] = {}
        self.addresses: dict[str, int] = {}
        self.number = 0

    def join(self, party: Party) -> None:
        """Note that they are there; to be served is only a later turn than the one under way."""
        self.owners.setdefault(party.owner, self.number)
        self.addresses.setdefault(party.address, self.number)

    def serve(self, party: Party) -> None:
        """Note that it is their turn."""
        self.number += 1
        for turns, name in ((self.owners, party.owner), (self.addresses, party.address)):
            turns.pop(name, None)
            turns[name] = self.number
            if len(turns) > N_REMEMBERED:
                del turns[next(iter(turns))]

    def rename(self, owner: str, new: str) -> None:
        """Have an owner's last turn count for their new name."""
        if owner in self.owners:
            self.owners[new] = self.owners.pop(owner)

    def copy(self) -> "Turns":
        """The same turns, apart from these."""
        other = Turns()
        other.owners, other.addresses, other.number = {**self.owners}, {**self.addresses}, self.number
        return other


def fair_order(waiting: Sequence[Waiting], in_training: Iterable[Party], turns: Turns) -> list[str]:
    """The ids of `waiting` in the order in which they will be served.

    Args:
        waiting: the waiting runs in the order in which they came.
        in_training: whose each run in training is.
        turns: the turns until now.
    """
    line = _Line(waiting, in_training, turns.copy())
    return [line.serve_next() for _ in waiting]


class _Line:
    """The runs that are left while the order is played through."""

    def __init__(self, waiting: Sequence[Waiting], in_training: Iterable[Party], turns: Turns) -> None:
        self.turns = turns
        self.n_of_owner: Counter[str] = Counter()
        self.n_at_address: Counter[str] = Counter()
        self.queues: dict[str, dict[Party, list[str]]] = {}
        self.arrival = {run.run_id: number for number, run in enumerate(waiting)}
        for party in in_training:
            self._count(party)
        for run_id, party in waiting:
            turns.join(party)
            self.queues.setdefault(party.address, {}).setdefault(party, []).append(run_id)

    def serve_next(self) -> str:
        """Take out the run whose turn it is."""
        address = min(self.queues, key=self._rank_of_address)
        queues = self.queues[address]
        party = min(queues, key=lambda one: self._rank_of_owner(one, queues[one][0]))
        run_id = queues[party].pop(0)
        self.turns.serve(party)
        self._count(party)
        if not queues[party]:
            del queues[party]
        if not queues:
            del self.queues[address]
        return run_id

    def _rank_of_address(self, address: str) -> tuple[int, int, int]:
        first = min(self.arrival[queue[0]] for queue in self.queues[address].values())
        return self.n_at_address[address], self.turns.addresses[address], first

    def _rank_of_owner(self, party: Party, first: str) -> tuple[int, int, int]:
        return self.n_of_owner[party.owner], self.turns.owners[party.owner], self.arrival[first]

    def _count(self, party: Party) -> None:
        self.n_of_owner[party.owner] += 1
        self.n_at_address[party.address] += 1
