"""When a run in training hands its worker on to others who wait: it is set down, with a checkpoint, and goes on later
to the same numbers."""

import math

from cf_core.runs.limits import Limits
from cf_core.runs.workers.jobs import Job


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
