"""Whether one more run may come into the queue, and onto the disk."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence

from cf_core.errors import DiskQuotaError, QueueFullError, StoreError, TooCostlyError, UnknownRunError
from cf_core.runs.event_log import log_event
from cf_core.runs.limits import MB, Limits
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.visitor import Visitor, address_mark
from cf_core.runs.workers.jobs import Job


def check_admission(jobs: Iterable[Job], owner: str, visitor: Visitor, limits: Limits, class_id: str = "") -> None:
    """Raise `QueueFullError`, with what to do, where the owner, their browser session, their address or all together
    have as many unfinished runs as they may have. A run for a class counts in the class, and in no address: a class may
    sit behind one. Trials do not count: they only take what nobody else wants."""
    unfinished = [job for job in jobs if job.unfinished and not job.is_trial]
    own = [job for job in unfinished if job.owner == owner]
    elsewhere = [job for job in unfinished if job.owner != owner and _is_same(job.visitor.session, visitor.session)]
    n_own = len(own) + len(elsewhere)
    if n_own >= limits.cap:
        left = f" {len(elsewhere)} of them are in a workspace that this browser has left." if elsewhere else ""
        raise QueueFullError(
            f"You have {n_own} runs in training or waiting, as many as one may have at a time.{left} "
            "Stop one, or wait until one ends."
        )
    if class_id:
        _check_class([job for job in unfinished if job.class_id == class_id], owner, limits)
    n_here = sum(_is_same(job.visitor.address, visitor.address) for job in unfinished if not job.class_id)
    if n_here >= limits.address_cap and not class_id:
        raise QueueFullError(
            f"{n_here} runs from your network are in training or waiting, as many as one network may have. "
            "Try again when some have ended."
        )
    n_waiting = sum(job.waiting for job in unfinished)
    if n_waiting >= limits.queue_length:
        raise QueueFullError(f"The queue is full: {n_waiting} runs wait. Try again in a few minutes.")


def _check_class(of_class: Sequence[Job], owner: str, limits: Limits) -> None:
    """Raise `QueueFullError` where the owner, or all members of the class, have as many unfinished runs in it as they
    may have."""
    n_own = sum(job.owner == owner for job in of_class)
    if n_own >= limits.member_cap:
        raise QueueFullError(
            f"You have {n_own} runs for this class in training or waiting, as many as each may have at a time. "
            "Look at the board until one ends."
        )
    if len(of_class) >= limits.class_cap:
        raise QueueFullError(
            f"{len(of_class)} runs of this class are in training or waiting, as many as one class may have. "
            "Try again when some have ended."
        )


def check_disk(store: RunStore, owner: str, visitor: Visitor, limits: Limits, more: int = 0) -> None:
    """Raise `DiskQuotaError`, with the figure and what to do, where the owner's runs and data sets, or all that came
    from their address, take as much of the disk as they may, after deleted ones have made room, or where the disk is
    nearly full. `more` bytes are about to be added."""
    used = store.room.make(owner, limits.quota - more) + more
    if used >= limits.quota:
        raise DiskQuotaError(
            f"Your runs and data sets {_take(used, more)}, and this lab keeps {limits.quota / MB:,.0f} MB for each "
            "workspace. Delete some of them on Your runs or Your data."
        )
    if visitor.address:
        _check_disk_of_address(store, visitor.address, limits, more)
    check_free(store, limits)


def check_sweeps(store: RunStore, owner: str, visitor: Visitor, limits: Limits) -> None:
    """Raise `QueueFullError`, with what to do, where the owner, or their address, has as many sweeps going on as
    allowed."""
    if (n_own := store.sweeps.n_running(owner)) >= limits.sweep_cap:
        raise QueueFullError(
            f"You have {n_own} {'sweep' if n_own == 1 else 'sweeps'} going on, as many as one may have at a time. "
            "Pause or stop one, or wait until it ends."
        )
    if not visitor.address:
        return
    n_here = store.sweeps.n_running(address=address_mark(visitor.address))
    if n_here >= limits.address_sweep_cap:
        raise QueueFullError(
            f"{n_here} sweeps from your network are going on, as many as one network may have. "
            "Try again when one has ended."
        )


def check_free(store: RunStore, limits: Limits) -> None:
    """Raise `DiskQuotaError` where the disk is nearly full."""
    free = store.files.store.free_bytes()
    if free < limits.free:
        raise DiskQuotaError(
            f"The lab's disk is nearly full: {free / MB:,.0f} MB are left, and {limits.free / MB:,.0f} MB have to stay "
            "free. Delete what you no longer need on Your runs and Your data, and tell whoever runs this lab."
        )


def check_not_elsewhere(store: RunStore, run_id: str) -> None:
    """Raise `StoreError` where another process has the run in hand."""
    with contextlib.suppress(UnknownRunError):
        if store.get(run_id).unfinished:
            raise StoreError(
                f"Run {run_id} is in the hands of another server or of the command line. Steer it there; this "
                "server's commands do not reach it."
            )


@contextlib.contextmanager
def logging_refusals() -> Iterator[None]:
    """Log a run or a sweep that is refused in the block."""
    try:
        yield
    except (QueueFullError, TooCostlyError, DiskQuotaError) as error:
        log_event("run refused", reason=error)
        raise


def _check_disk_of_address(store: RunStore, address: str, limits: Limits, more: int) -> None:
    used = store.room.make_for_address(address, limits.address_quota - more) + more
    if used >= limits.address_quota:
        raise DiskQuotaError(
            f"Runs and data sets from your network {_take(used, more)}, and this lab keeps "
            f"{limits.address_quota / MB:,.0f} MB for each network. Delete what you no longer need on Your runs and "
            "Your data; whoever runs this lab can allow more."
        )


def _take(used: int, more: int) -> str:
    return f"take {used / MB:,.0f} MB" + (f" with the {more / MB:,.0f} MB of this one" if more else "")


def _is_same(one: str, other: str) -> bool:
    return one == other != ""
