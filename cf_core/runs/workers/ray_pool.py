"""The pool of a cluster: one actor on its head, which holds an ordinary `WorkerPool` for all servers, and a server's
connection to it."""

import hashlib
import logging
import operator
import sys
import threading
from pathlib import Path
from typing import Any

import ray
from ray._private import worker as ray_driver
from ray.exceptions import GetTimeoutError, RayError, RayTaskError

from cf_core.errors import CFError, ClusterError
from cf_core.runs import event_log
from cf_core.runs.limits import Limits
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.jobs import LiveRun
from cf_core.runs.workers.live_tail import Mark, tail_of
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workers.pool_state import PoolState
from cf_core.runs.workers.ray_settings import RaySettings, ray_slots
from cf_core.runs.workers.ray_worker import RayCluster, environment_of_actors

NAMESPACE = "cf-lab"
ON_HEAD = {"node:__internal_head__": 0.001}
N_THREADS = 64
"""How many calls of all servers together the pool answers at once."""

CALL_SECONDS = 10.0
"""How long a server waits for an answer of the pool."""

START_SECONDS = 60.0
"""How long a server waits until a pool that it has started answers."""

_log = logging.getLogger(__name__)


class RayConnection:
    """A connection to the pool for the store at `address`; the first server that comes starts the pool. It goes on when
    the server ends, and so do the runs.

    Attributes:
        lost: why the cluster is known to be out of reach; "" while it is not.

    Raises:
        ClusterError: the cluster cannot be reached.
    """

    def __init__(self, settings: RaySettings, address: StoreAddress, data: Path) -> None:
        self.lost, self._calls = "", _Calls()
        try:
            _connect(settings.address)
            self._actor = _actor(settings, address, data)
            self.limits: Limits = ray.get(self._actor.limits.remote(), timeout=START_SECONDS)
        except (RayError, OSError, RuntimeError, ValueError) as error:
            raise ClusterError(f"The Ray cluster '{settings.address}' cannot be reached.") from error

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """What a method of the pool returns; see `_PoolActor.call`.

        Raises:
            CFError: as the method does.
            ClusterError: there is no answer.
        """
        return self._get(self._actor.call, method, *args, **kwargs)

    def live(self, run_id: str, mark: Mark | None) -> LiveRun | None:
        """The tail of a run, see `tail_of`; None where the pool does not have it. Raises `ClusterError` as `call`."""
        found: LiveRun | None = self._get(self._actor.live, run_id, mark)
        return found

    def state(self) -> PoolState:
        """How the pool is. Raises `ClusterError` as `call`."""
        found: PoolState = self._get(self._actor.state)
        return found

    def close(self) -> None:
        """Leave the cluster, once no call is under way."""
        self._calls.wait_until_none()
        ray.shutdown()

    def end_pool(self) -> None:
        """End the pool and its workers, once their runs have a checkpoint."""
        ray.get(self._actor.end.remote())
        ray.kill(self._actor)

    def _get(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            with self._calls:
                value, error = ray.get(method.remote(*args, **kwargs), timeout=CALL_SECONDS)
        except RayTaskError:
            raise  # a defect of this program
        except GetTimeoutError as slow:
            raise ClusterError("The Ray cluster does not answer in time.") from slow
        except (RayError, OSError, RuntimeError) as lost:
            self.lost = f"{type(lost).__name__}: {lost}"
            raise ClusterError("The Ray cluster does not answer.") from lost
        if error is not None:
            raise error
        return value


class _Calls:
    """Counts the calls under way: to leave a cluster while another thread waits for an answer would be the end of the
    process."""

    def __init__(self) -> None:
        self._n, self._none = 0, threading.Condition()

    def __enter__(self) -> None:
        with self._none:
            self._n += 1

    def __exit__(self, *_: object) -> None:
        with self._none:
            self._n -= 1
            self._none.notify_all()

    def wait_until_none(self) -> None:
        with self._none:
            self._none.wait_for(lambda: self._n == 0, timeout=2 * CALL_SECONDS)


def _connect(address: str) -> None:
    """Connect this process to the cluster, unless it is."""
    if ray.is_initialized():
        return
    # What happens to nodes and actors Ray prints to every driver; the pool's log says it in its own words.
    ray_driver.print_to_stdstream = lambda data, *_, **__: _log.debug("Ray: %s", data)
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    excepthook = sys.excepthook
    ray.init(
        address,
        namespace=NAMESPACE,
        runtime_env={"env_vars": environment_of_actors()},
        log_to_driver=False,
        configure_logging=False,
    )
    sys.excepthook = excepthook  # Ray's own asks the cluster, and waits for ever where that has gone


def _actor(settings: RaySettings, address: StoreAddress, data: Path) -> Any:
    """The pool's actor, a new one where there is none. There is one for each store."""
    digest = hashlib.sha256(repr(address).encode()).hexdigest()[:12]
    n_slots = max((len(ray_slots([node], settings.gpus_per_run)) for node in ray.nodes()), default=1)
    actor: Any = ray.remote(num_cpus=0, max_concurrency=N_THREADS, max_restarts=-1)(_PoolActor)
    return actor.options(
        name=f"pool-{digest}",
        namespace=NAMESPACE,
        lifetime="detached",
        get_if_exists=True,
        resources=ON_HEAD,
        runtime_env={"env_vars": environment_of_actors()},
    ).remote(address, data, settings.gpus_per_run, Limits.from_env(n_slots))


class _PoolActor:
    """The actor. Errors of ours are part of an answer: Ray would make others of them."""

    def __init__(self, address: StoreAddress, data: Path, gpus_per_run: float, limits: Limits) -> None:
        event_log.set_up()
        site = RayCluster(address, data, gpus_per_run)
        self._pool = WorkerPool(address, data=data, limits=limits, site=site)

    def call(self, method: str, *args: Any, **kwargs: Any) -> tuple[Any, CFError | None]:
        """What a method of the pool, or of its `sweeps`, returns, or else the error that it raises."""
        try:
            return operator.attrgetter(method)(self._pool)(*args, **kwargs), None
        except CFError as error:
            return None, error

    def live(self, run_id: str, mark: Mark | None) -> tuple[LiveRun | None, None]:
        """See `RayConnection.live`."""
        live = self._pool.live(run_id)
        return (None if live is None else tail_of(live, mark)), None

    def state(self) -> tuple[PoolState, None]:
        """See `RayConnection.state`."""
        return PoolState(self._pool.n_workers, self._pool.n_ready, tuple(self._pool.problems())), None

    def limits(self) -> Limits:
        """The limits, which hold for all servers."""
        return self._pool.limits

    def end(self) -> None:
        """See `RayConnection.end_pool`."""
        self._pool.close()
