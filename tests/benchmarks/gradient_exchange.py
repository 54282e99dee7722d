"""Three ways for ranks to add up the gradient of a table of which each batch touches some rows.

    python tests/benchmarks/gradient_exchange.py [--ranks 2 4]

    whole      all-reduce of the gradient of the whole table: what the lab does
    touched    all-reduce of the rows that the batch touches, which every rank finds out for itself
    gathered   each rank sends the rows that its own part touches, with their numbers, to all others (all-gather)

in turn; medians in milliseconds, with 51 numbers to a row, over gloo on this machine.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cf_core.training.distributed.ranks import Ranks, joined
from tests.rank_processes import start_ranks

SHAPES = ((610, 9_724, 64), (610, 9_724, 4_096), (31_000, 35_000, 65_536), (31_000, 35_000, 524_288))
"""Users, items, ratings in a batch."""
WIDTH, ROUNDS = 51, 15


def exchanges(ranks: Ranks, n_users: int, n_items: int, batch: int) -> dict[str, Callable[[], None]]:
    """The three ways for one table and one batch, whose busy users and famous items come more often."""
    random = torch.Generator().manual_seed(0)
    users = (torch.rand(batch, generator=random) ** 2 * n_users).long()
    items = (torch.rand(batch, generator=random) ** 3 * n_items).long() + n_users
    rows, mine = torch.cat([users, items]), torch.cat([users[ranks.part(batch)], items[ranks.part(batch)]])
    gradient = torch.zeros(n_users + n_items, WIDTH)

    def whole() -> None:
        dist.all_reduce(gradient)

    def touched() -> None:
        found = rows.unique()
        part = gradient.index_select(0, found)
        dist.all_reduce(part)
        gradient.index_copy_(0, found, part)

    def gathered() -> None:
        found = mine.unique()
        sizes = [torch.empty(1, dtype=torch.long) for _ in range(ranks.n_ranks)]
        dist.all_gather(sizes, torch.tensor([len(found)]))
        longest = int(max(sizes))
        numbers, parts = torch.zeros(longest, dtype=torch.long), torch.zeros(longest, WIDTH)
        numbers[: len(found)], parts[: len(found)] = found, gradient.index_select(0, found)
        all_numbers = [torch.empty_like(numbers) for _ in sizes]
        all_parts = [torch.empty_like(parts) for _ in sizes]
        dist.all_gather(all_numbers, numbers)
        dist.all_gather(all_parts, parts)
        for rank, size in enumerate(map(int, sizes)):
            if rank != ranks.rank:
                gradient.index_add_(0, all_numbers[rank][:size], all_parts[rank][:size])

    return {"whole": whole, "touched": touched, "gathered": gathered}


def measure() -> None:
    """One rank; the first prints a line for each shape."""
    torch.set_num_threads(1)
    with joined() as ranks:
        for n_users, n_items, batch in SHAPES:
            ways = exchanges(ranks, n_users, n_items, batch)
            times: dict[str, list[float]] = {name: [] for name in ways}
            for _ in range(ROUNDS):
                for name, exchange in ways.items():
                    ranks.wait_for_all()
                    began = time.perf_counter()
                    exchange()
                    times[name].append(1e3 * (time.perf_counter() - began))
            if ranks.is_first:
                medians = "   ".join(f"{name} {statistics.median(spent):7.2f} ms" for name, spent in times.items())
                print(f"{ranks.n_ranks} ranks, {n_users + n_items:,} rows, batch {batch:,}: {medians}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ranks", type=int, nargs="+", default=[2, 4])
    for n_ranks in parser.parse_args().ranks:
        for process in start_ranks([sys.executable, __file__], n_ranks):
            process.wait()


if __name__ == "__main__":
    measure() if "RANK" in os.environ else main()
