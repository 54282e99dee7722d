"""A server's side of training where a Ray cluster trains: what a `WorkerPool` is to pages, with the one pool of the
cluster behind it. Nothing in here loads Ray before there is a cluster to connect to.

While the cluster is out of reach nothing can be started or steered, and a `ClusterError` says so; what is stored is
there as ever. It is tried again until the cluster is back.
"""

import contextlib
import functools
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from numpy.typing import NDArray

from cf_core.data.reading import EMBEDDED
from cf_core.errors import ClusterError
from cf_core.programs.running import Running
from cf_core.runs.event_log import log_event
from cf_core.runs.limits import Limits
from cf_core.runs.spec import RESUMABLE, Run, RunSpec
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.ended_run import EndedRun
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.sweep import Sweep
from cf_core.runs.sweep_book import Standing, SweepBooks
from cf_core.runs.visitor import UNKNOWN, Visitor
from cf_core.runs.workers.admission import check_disk, logging_refusals
from cf_core.runs.workers.jobs import LiveRun
from cf_core.runs.workers.live_tail import Mark, joined
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workers.pool_state import PoolState
from cf_core.runs.workers.ray_settings import RaySettings
from cf_core.runs.workers.ticker import Ticker
from cf_core.sweeps.spec import SweepSpec

if TYPE_CHECKING:
    from cf_core.runs.workers.ray_pool import RayConnection

Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")

LOOK_SECONDS = 2.0
"""How often it looks whether the cluster is there."""

FIRST_SECONDS = 20.0
"""How long the first calls wait for the first connection."""

N_REMEMBERED = 200
"""Of so many runs it remembers what it has seen."""

KEEP_RUNNING = {"RAY_gcs_rpc_server_reconnect_timeout_s": "1000000000"}
"""Without this Ray ends the whole process, and so the server, a minute after it has lost its cluster."""

AWAY = (
    "The cluster that trains the runs does not answer, so nothing can be started or steered now. What is stored is all "
    "there; this page and the runs go on by themselves when the cluster is back."
)


def _remotely(
    method: Callable[Concatenate[WorkerPool, Arguments], Answer],
) -> "Callable[Concatenate[RemotePool, Arguments], Answer]":
    """The method of that name of the cluster's pool."""

    def ask(self: "RemotePool", /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        answer: Answer = self.call(method.__name__, *args, **kwargs)
        return answer

    functools.update_wrapper(ask, method)
    return ask


class RemotePool:
    """The pool of the cluster that `settings` name, for the store at `address`. All methods may be called from any
    thread; those that need the cluster raise `ClusterError` while it is out of reach.

    Args:
        data: the data set that workers read in advance.

    Attributes:
        store: this server's own way to the store.
        limits: those of the cluster's pool, which hold for all its servers; those of this server's environment until
            there is a connection.
    """

    def __init__(self, address: StoreAddress, settings: RaySettings, data: str | Path = EMBEDDED) -> None:
        self.store, self.limits = RunStore(address), Limits.from_env()
        self.sweeps = RemoteSweeps(self.call, self.store)
        self._address, self._settings, self._data = address, settings, Path(data)
        self._connection: RayConnection | None = None
        self._lost: RayConnection | None = None
        self._looking, self._losing = threading.Lock(), threading.Lock()
        self._state = PoolState()
        self._seen: dict[str, LiveRun] = {}
        self._tried = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()
        self._looks = Ticker(LOOK_SECONDS, self._look)

    @property
    def n_workers(self) -> int:
        """The largest number of runs in training at once, in all of the cluster."""
        return self._state.n_workers

    @property
    def n_ready(self) -> int:
        """How many workers have started up."""
        return self._state.n_ready

    @property
    def notice(self) -> str:
        """What visitors have to know; "" where all is well."""
        return AWAY if self._tried.is_set() and self._connection is None else ""

    def problems(self) -> list[str]:
        """What is wrong with the cluster and its workers, in words."""
        if self._connection is None:
            return [AWAY]
        no_room = [] if self._state.n_workers else ["The Ray cluster has no node that could train a run."]
        return [*no_room, *self._state.problems]

    submit = _remotely(WorkerPool.submit)
    requeue = _remotely(WorkerPool.requeue)
    n_idle = _remotely(WorkerPool.n_idle)
    send = _remotely(WorkerPool.send)
    withdraw = _remotely(WorkerPool.withdraw)
    change_owner = _remotely(WorkerPool.change_owner)
    check_cost = _remotely(WorkerPool.check_cost)

    def add_ended(self, ended: EndedRun, write: Callable[[str], None], owner: str, visitor: Visitor = UNKNOWN) -> Run:
        """See `WorkerPool.add_ended`."""
        with logging_refusals():
            if ended.outcome in RESUMABLE:
                self.check_cost(ended.spec)
            check_disk(self.store, owner, visitor, self.limits)
        return self.store.add_ended(ended, write, owner, visitor.address)

    def live(self, run_id: str) -> LiveRun | None:
        """The run as it is now; None where the cluster has not trained it, or is out of reach. Called often: only what
        is new of it comes over the network."""
        seen = self._seen.get(run_id)
        with contextlib.suppress(ClusterError):
            tail = self._ask(lambda connection: connection.live(run_id, None if seen is None else Mark.of(seen)))
            if tail is not None:
                self._remember(joined(seen, tail))
                return joined(seen, tail)
        self._seen.pop(run_id, None)
        return None

    def curves(self) -> dict[str, tuple[float, ...]]:
        """See `WorkerPool.curves`; none where the cluster is out of reach."""
        with contextlib.suppress(ClusterError):
            return dict(self.call("curves"))
        return {}

    def order(self) -> list[str]:
        """See `WorkerPool.order`; none where the cluster is out of reach."""
        with contextlib.suppress(ClusterError):
            return list(self.call("order"))
        return []

    def warm(self) -> None:
        """See `WorkerPool.warm`; where the cluster is out of reach there is none to start."""
        with contextlib.suppress(ClusterError):
            self.call("warm")

    def close(self) -> None:
        """Leave the cluster. Its pool and the runs go on."""
        self._looks.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def end_pool(self) -> None:
        """End the cluster's pool, for all servers: its runs are interrupted, each with a checkpoint."""
        self._looks.close()
        self._ask(lambda connection: connection.end_pool())

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """What a method of the cluster's pool returns; raises what it raises, and `ClusterError`."""
        return self._ask(lambda connection: connection.call(method, *args, **kwargs))

    def program(self, module: str, data: NDArray[Any], settings: str) -> Running:
        """A program that is to run on the cluster, see `compute_elsewhere`; raises `ClusterError`."""
        self._tried.wait(FIRST_SECONDS)
        if self._connection is None:
            raise ClusterError(AWAY)
        from cf_core.runs.workers.ray_program import RayProgram

        return RayProgram(module, data, settings)

    def _ask(self, question: "Callable[[RayConnection], Answer]") -> Answer:
        self._tried.wait(FIRST_SECONDS)
        connection = self._connection
        if connection is None:
            raise ClusterError(AWAY)
        try:
            return question(connection)
        except ClusterError as error:
            if connection.lost:
                self._lose(connection)
            raise ClusterError(AWAY) from error

    def _remember(self, live: LiveRun) -> None:
        self._seen.pop(live.run_id, None)
        self._seen[live.run_id] = live
        for run_id in [*self._seen][:-N_REMEMBERED]:
            self._seen.pop(run_id, None)

    def _look(self) -> None:
        """Ask the pool how it is; connect to it where there is no connection."""
        with self._looking:
            try:
                if self._connection is None:
                    self._connect()
                if self._connection is not None:
                    self._state = self._connection.state()
            except ClusterError:
                self._lose(self._connection)
            finally:
                self._tried.set()

    def _connect(self) -> None:
        os.environ.update(KEEP_RUNNING)  # before Ray is loaded
        from cf_core.runs.workers.ray_pool import RayConnection

        if self._lost is not None:
            self._lost.close()
            self._lost = None
        self._connection = RayConnection(self._settings, self._address, self._data)
        self.limits = self._connection.limits
        log_event("cluster connected", address=self._settings.address)

    def _lose(self, connection: "RayConnection | None") -> None:
        """Use the connection no more; it is closed when its last call has ended."""
        with self._losing:
            if connection is not None and self._connection is connection:
                log_event("cluster lost", logging.WARNING, address=self._settings.address, reason=connection.lost)
                self._connection, self._lost = None, connection


class RemoteSweeps:
    """What a `SweepRunner` is to pages: it has the cluster's pool conduct the sweeps, and reads where they stand."""

    def __init__(self, call: Callable[..., Any], store: RunStore) -> None:
        self._call, self._books = call, SweepBooks(store)

    def start(self, base: RunSpec, spec: SweepSpec, owner: str, visitor: Visitor = UNKNOWN) -> Sweep:
        """See `SweepRunner.start`."""
        sweep: Sweep = self._call("sweeps.start", base, spec, owner, visitor)
        return sweep

    def pause(self, sweep_id: str) -> None:
        """See `SweepRunner.pause`."""
        self._call("sweeps.pause", sweep_id)

    def stop(self, sweep_id: str) -> None:
        """See `SweepRunner.stop`."""
        self._call("sweeps.stop", sweep_id)

    def go_on(self, sweep_id: str, visitor: Visitor = UNKNOWN) -> None:
        """See `SweepRunner.go_on`."""
        self._call("sweeps.go_on", sweep_id, visitor)

    def delete(self, sweep_id: str) -> None:
        """See `SweepRunner.delete`."""
        self._call("sweeps.delete", sweep_id)

    def standing(self, sweep: Sweep) -> Standing:
        """See `SweepRunner.standing`."""
        return self._books.standing(sweep)
