"""Whether a lab is well: its store, its disk, its workers and its queue."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, get_args

from cf_core.errors import StoreError
from cf_core.runs.limits import Limits
from cf_core.runs.spec import Purpose
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.lab_pool import LabPool


@dataclass(frozen=True)
class Health:
    """The state of a lab.

    Attributes:
        problems: what is wrong, in words; empty where the lab is well.
        free_mb: room on the disk that new files of the store take; None where it cannot be told.
        n_training, n_waiting: runs; one that was set down waits.
        n_workers, n_ready: how many may train at once, and how many of them have started up; None where another process
            has the workers.
    """

    problems: tuple[str, ...]
    free_mb: int | None = None
    n_training: int = 0
    n_waiting: int = 0
    n_workers: int | None = None
    n_ready: int | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, with `ok`."""
        return {"ok": self.ok, **asdict(self), "problems": list(self.problems)}


def health_of_store(open_store: Callable[[], RunStore], limits: Limits) -> Health:
    """The health of a store, and of the queue as far as the store knows it, whichever processes have its runs in hand.

    `open_store` may raise `StoreError`, which is then the problem.
    """
    try:
        store = open_store()
        store.check()
        outcomes = [run.outcome for purpose in get_args(Purpose) for run in store.runs(purpose=purpose)]
        free = store.files.store.free_bytes()
        unreadable = store.unreadable()
    except StoreError as error:
        return Health((str(error),))
    problems = [*unreadable.values()]
    if free < limits.free:
        problems.append(f"The disk is nearly full: {free // 10**6:,} MB are left, so no new run is taken.")
    return Health(tuple(problems), free // 10**6, outcomes.count("running"), outcomes.count("queued"))


def health(workers: LabPool) -> Health:
    """The health of the lab of this server, its workers included."""
    known = asdict(health_of_store(lambda: workers.store, workers.limits))
    problems = [*known.pop("problems"), *workers.problems()]
    return Health(tuple(problems), **{**known, "n_workers": workers.n_workers, "n_ready": workers.n_ready})
