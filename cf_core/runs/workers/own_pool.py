"""The pools of this process, one for each store."""

import threading
from pathlib import Path

from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.pool import WorkerPool

_pools: dict[StoreAddress, WorkerPool] = {}
_pools_lock = threading.Lock()


def pool(place: StoreAddress | str | Path, n_workers: int | None = None) -> WorkerPool:
    """The one pool of this process for the store at `place`. The first call creates it, with `n_workers`."""
    address = StoreAddress.read(place)
    with _pools_lock:
        if address not in _pools:
            _pools[address] = WorkerPool(address, n_workers)
        return _pools[address]


def reset_pools() -> None:
    """Close all pools of this process, so that `pool` makes new ones."""
    with _pools_lock:
        pools = list(_pools.values())
        _pools.clear()
    for each in pools:
        each.close()
