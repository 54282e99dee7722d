"""A class on a small data set, its teacher, and made-up runs with known figures."""

from collections.abc import Callable
from typing import Any

import pytest

from cf_core.classroom.classes import Classes
from cf_core.classroom.records import Class, Member, TaughtClass
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import RunSpec
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import new_token
from cf_core.tasks.task import Task, TaskMark
from cf_core.teaching.guesses import Guess
from cf_core.training.events import EpochEnded, FitEnded
from cf_core.training.history import History
from tests.runs.stored import STARTED
from tests.tiny import write_tiny_data

TEACHER = new_token()


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a data set of 30 users and 40 movies."""
    return str(write_tiny_data(tmp_path_factory.mktemp("tiny"), n_items=40))


@pytest.fixture
def workers(either_place):
    """A pool in which runs wait for ever."""
    workers = WorkerPool(either_place, n_workers=0)
    yield workers
    workers.close()


@pytest.fixture
def classes(workers) -> Classes:
    return Classes(workers)


@pytest.fixture
def task(tiny_data) -> Task:
    return Task("Beat the bias model", "Two sliders are yours.", tiny_data, SplitConfig(), "fast", most_runs=3)


@pytest.fixture
def class_(classes, task) -> TaughtClass:
    return classes.open(task, TEACHER)


@pytest.fixture
def join(classes, class_) -> Callable[..., Member]:
    """`join("Ada")`: a new member with a workspace of their own."""
    return lambda nickname: classes.join(class_, nickname, new_token())


@pytest.fixture
def seen(classes, class_) -> Class:
    """The class, as students see it."""
    return classes.with_code(class_.code)


@pytest.fixture
def ended(classes, class_, workers) -> Callable[..., str]:
    """`ended(member, [0.9, 0.8], n_factors=5)`: a run of the member with these RMSEs after its epochs, which is over;
    its id."""

    def make(
        member: Member, rmses: list[float], outcome: str = "finished", guess: Guess | None = None, **settings: Any
    ) -> str:
        mark = TaskMark(class_.class_id, member.member_id)
        with classes._members.run_counted(class_, member) as task:
            spec = RunSpec(task.data, task.split, task.config(settings))
            run_id = workers.store.create(spec, member.owner, guess, task=mark).run_id
        epochs = [_epoch(number, rmse) for number, rmse in enumerate(rmses, start=1)]
        workers.store.begin(run_id, fingerprint="f00d", versions={})
        workers.store.add_epoch(run_id, History.of([STARTED, *epochs]))
        if outcome != "running":
            workers.store.finish(run_id, FitEnded(outcome, len(epochs), 2.5), None)
        classes._reader(class_).forget()
        return run_id

    return make


def _epoch(number: int, rmse: float) -> EpochEnded:
    """Its training loss falls from epoch to epoch."""
    return EpochEnded(number, 1, 1 / number, rmse**2, rmse, 0.7, 0.1, 1, 8)


@pytest.fixture
def make_spec(task) -> Callable[[], RunSpec]:
    """A run outside the class."""
    return lambda: RunSpec(task.data, task.split, task.config({}))
