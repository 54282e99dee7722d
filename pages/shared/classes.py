"""The classes of the lab: one object for all visitors, for it counts their tries and keeps the boards."""

import functools

from cf_core.classroom.classes import Classes
from cf_core.insight.baselines import Baseline
from cf_core.runs.workers.lab_pool import LabPool
from cf_core.tasks.task import Task
from pages.shared import cached, server


def classes() -> Classes:
    """Those in the store of this server."""
    return _classes(server.runs())


@functools.lru_cache(maxsize=1)
def _classes(pool: LabPool) -> Classes:
    return Classes(pool, _baselines)


def _baselines(task: Task) -> list[Baseline]:
    return cached.baselines(cached.ratings(task.data), task.split)
