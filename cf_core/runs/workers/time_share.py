"""When a run in training hands its worker on to others who wait: it is set down, with a checkpoint, and goes on later
to the same numbers."""

import math
import time

from cf_core.runs.limits import Limits
from cf_core.runs.workers.job_queue import JobQueue
from cf_core.runs.workers.jobs import Job


def to_hand_on(queue: JobQueue, limits: Limits, wants_trial: bool) -> list[Job]:
    """The runs in training that are to hand their workers on: no more than there are single runs that wait, and only
    where another run would be served next. A trial hands its worker on first; for a trial, nothing but a long pause
    does.

    Args:
        queue: all jobs of the pool.
        wants_trial: whether a sweep waits for a worker.
    """
    now, training = time.monotonic(), [job for job in queue.jobs.values() if job.worker is not None]
    n_wanted = queue.n_waiting_singles - sum(job.handing_on for job in training)
    kept = sorted((job for job in training if not job.handing_on), key=lambda job: job.training_since)
    paused = [job for job in kept if paused_too_long(job, limits, now)]
    if n_wanted == 0 and not queue.n_waiting_singles and (queue.order() or wants_trial):
        return paused[:1]
    served = [job for job in kept if share_is_used(job, limits, now)]
    served = [job for job in served if queue.order(also=job)[0] != job.run_id]
    trials = [job for job in served if job.is_trial]
    singles = [*paused, *(job for job in served if not job.is_trial)]
    return [*trials, *singles][: max(n_wanted, 0)]


def paused_too_long(job: Job, limits: Limits, now: float) -> bool:
    """Whether a paused run is to be set down where anybody waits: its pause has lasted too long, or one batch after the
    other, stepped by hand, has taken as long as a share and a pause together.

    `now` is in seconds of `time.monotonic`.
    """
    if job.paused_since is None:
        return False
    return (
        now - job.paused_since >= limits.pause_seconds
        or now - job.training_since >= limits.share_seconds + limits.pause_seconds
    )


def share_is_used(job: Job, limits: Limits, now: float) -> bool:
    """Whether a run that trains is to be set down where others wait; a trial, whose share is small, where single runs
    do. Rate searches are not: they keep no checkpoint."""
    shares = {"train": limits.share_seconds, "trial": limits.trial_seconds, "rate-search": math.inf}
    return job.paused_since is None and now - job.training_since >= shares[job.purpose]
