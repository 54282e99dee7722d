"""How the pool of a cluster is, as it tells its servers."""

from typing import NamedTuple


class PoolState(NamedTuple):
    """See `WorkerPool`: how many train at once, how many workers have started up, and what is wrong."""

    n_workers: int = 0
    n_ready: int = 0
    problems: tuple[str, ...] = ()
