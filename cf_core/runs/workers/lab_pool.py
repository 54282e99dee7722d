"""The pool of this lab: its own worker processes, or those of a cluster, as the environment says."""

import importlib.util
import threading

from cf_core.errors import ConfigError
from cf_core.programs.jobs import compute_elsewhere
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.own_pool import pool
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workers.ray_settings import CLUSTER, RaySettings
from cf_core.runs.workers.remote_pool import RemotePool

LabPool = WorkerPool | RemotePool

_remote: dict[StoreAddress, RemotePool] = {}
_remote_lock = threading.Lock()


def lab_pool(address: StoreAddress) -> LabPool:
    """The one pool of this process for the store at `address`; the first call creates it.

    Raises:
        ConfigError: `CF_LAB_RAY` names no cluster, or Ray is not installed.
    """
    settings = RaySettings.from_env()
    if settings is None:
        return pool(address)
    if importlib.util.find_spec("ray") is None:
        raise ConfigError(f"{CLUSTER} is set, and Ray is not installed: see cf_core/runs/README.md.")
    with _remote_lock:
        if address not in _remote:
            _remote[address] = RemotePool(address, settings)
            compute_elsewhere("cf_core.layouts", _remote[address].program)
        return _remote[address]
