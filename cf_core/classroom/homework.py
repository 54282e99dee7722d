"""Homework without a class: a task in one signed link, runs that count for it alone, and a signed result to hand in.

Whoever has the link may work on it, each in their own workspace; nobody sees another's runs. All that the task locks is
checked here, each time, from the link itself.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from cf_core.classroom.result import NAME_LENGTH, Result, is_reached, thinned
from cf_core.classroom.signing import digest_of, read_signed, sign
from cf_core.config import setting_value
from cf_core.errors import ConfigError, TooManyRunsError, UnknownDataSetError, UnknownRunError
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.store.lab_secret import lab_secret, shared_secret
from cf_core.runs.store.tables import RunRow
from cf_core.runs.texts import one_line, within
from cf_core.runs.visitor import UNKNOWN, Visitor
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import is_token
from cf_core.tasks.task import Task, TaskMark
from cf_core.teaching.guesses import Guess


@dataclass(frozen=True)
class SetTask:
    """A task as its link gives it: `task` has the folder of its data set, `task_id` stands for exactly this link."""

    task_id: str
    task: Task


@dataclass(frozen=True)
class Progress:
    """What somebody has done for a task.

    Attributes:
        runs: theirs for it, newest first, without deleted ones.
        n_runs: how many they have submitted, deleted ones included.
        best: the finished run of the lowest RMSE; None before the first.
        reached: whether that reaches the goal; None where there is no goal.
    """

    runs: list[Run]
    n_runs: int
    best: Run | None
    reached: bool | None


class Homework:
    """The homework of a lab. One object serves all visitors.

        homework = Homework(pool("runs"), lambda: {"ml-latest-small": "data/ml-latest-small"})
        link = homework.link_of(task)
        homework.submit(link, token, {"n_factors": 30})
        homework.progress(link, token).best
        result = homework.hand_in(link, token, "Ada")

    Args:
        pool: which trains the runs, and in whose folder the lab's secret lies.
        lab_data: the data sets that the lab offers to everybody, name to folder.

    Raises (every method that takes a link): SignedTextError, UnknownDataSetError, ConfigError, where it leads to no
        task of this lab; see `open`.
    """

    def __init__(self, pool: WorkerPool, lab_data: Callable[[], Mapping[str, str]]) -> None:
        self._pool, self._store, self._lab_data = pool, pool.store, lab_data
        self._counting = threading.Lock()

    def link_of(self, task: Task) -> str:
        """The signed text that stands in the link for this task.

        Raises:
            UnknownDataSetError: the task is on a data set that is not the lab's, so that others could not open it.
            LongTextError: the task has too many words for a link.
        """
        name = next((name for name, folder in self._lab_data().items() if folder == task.data), None)
        if name is None:
            raise UnknownDataSetError(
                "Homework works on a data set of the lab, which everybody has. Select one of those; a class can work "
                "on yours."
            )
        return sign("task", replace(task, data=name).to_json(), self._secret())

    def open(self, link: str) -> SetTask:
        """The task in a link.

        Raises:
            SignedTextError: it was edited, cut off, or not made here; the class of the error says which.
            UnknownDataSetError: the lab does not offer its data set any more.
            ConfigError: this version of the lab does not know something that the task needs.
        """
        task = Task.from_json(read_signed("task", link, self._secret()))
        folder = self._lab_data().get(task.data)
        if folder is None:
            raise UnknownDataSetError(f"This homework needs the data set '{task.data}', which this lab does not have.")
        return SetTask(digest_of(link), replace(task, data=folder))

    def submit(
        self,
        link: str,
        owner: str,
        settings: Mapping[str, Any],
        guess: Guess | None = None,
        visitor: Visitor = UNKNOWN,
    ) -> str:
        """Train a run for the task, with these free settings; its id. It is the owner's own, in their workspace.

        Raises:
            TooManyRunsError: the owner has had all their runs.
            LockedSettingError: a setting that the task does not leave free.
            ConfigError: a value out of its range, no guess where the task asks for one, or `owner` is no token.
            QueueFullError, TooCostlyError, DiskQuotaError: see `WorkerPool.submit`.
        """
        if not is_token(owner):
            raise ConfigError("Homework needs a workspace. Load the page anew.")
        opened = self.open(link)
        task = opened.task
        spec = RunSpec(task.data, task.split, task.config(settings))
        if task.asks_guesses and (guess is None or guess.is_empty):
            raise ConfigError("This task asks for a guess before each run. Answer at least one question, then train.")
        with self._counting:  # two clicks at once do not get one run more than there are
            if task.most_runs is not None and self._count(opened.task_id, owner) >= task.most_runs:
                raise TooManyRunsError(f"You have had all {task.most_runs} runs of this task. Hand in the best one.")
            return self._pool.submit(spec, owner, guess, visitor, TaskMark(opened.task_id))

    def progress(self, link: str, owner: str) -> Progress:
        """What the owner has done for the task."""
        opened = self.open(link)
        runs = [run for run in self._store.runs(owner) if run.task == TaskMark(opened.task_id)]
        finished = [run for run in runs if run.outcome == "finished" and run.rmse is not None]
        best, goal = min(finished, key=_rmse, default=None), opened.task.goal
        reached = None if goal is None else best is not None and is_reached(_rmse(best), goal)
        return Progress(runs, self._count(opened.task_id, owner), best, reached)

    def result_of(self, link: str, owner: str, name: str) -> Result:
        """The result of the owner's best run, under the name that they give themself.

        Raises:
            UnknownRunError: none of their runs for the task has finished.
            ConfigError: the name is too long.
        """
        opened, progress = self.open(link), self.progress(link, owner)
        best = progress.best
        if best is None or best.rmse is None:
            raise UnknownRunError("None of your runs for this task has finished. Train one, then hand it in.")
        curve = [(epoch.epoch, round(epoch.rmse, 5)) for epoch in self._store.history(best.run_id).epochs]
        data = next(name for name, folder in self._lab_data().items() if folder == opened.task.data)
        return Result(
            name=within(one_line(name), "name", NAME_LENGTH),
            task_id=opened.task_id,
            task=replace(opened.task, data=data),
            run_id=best.run_id,
            settings={name: setting_value(best.spec.config, name) for name in opened.task.free},
            rmse=best.rmse,
            seconds=round(best.seconds or 0.0, 2),
            curve=thinned(curve),
            created=best.created.astimezone(UTC).replace(microsecond=0),
            handed_in=datetime.now(UTC).replace(microsecond=0),
            n_runs=progress.n_runs,
            fingerprint=best.fingerprint,
            versions=dict(best.versions),
        )

    def hand_in(self, link: str, owner: str, name: str) -> str:
        """The signed text of `result_of`, which `read_result` takes. Raises as that does, and `LongTextError`."""
        return sign("result", self.result_of(link, owner, name).to_json(), self._secret())

    def read_result(self, text: str) -> Result:
        """A result that this lab has signed, as it was then; its run may be gone since.

        Raises:
            SignedTextError: it was edited, cut off, or not made here.
        """
        return Result.from_json(read_signed("result", text, self._secret()))

    def _count(self, task_id: str, owner: str) -> int:
        query = select(func.count()).where(RunRow.task_id == task_id, RunRow.owner == owner)
        with self._store.database.reading() as session:
            return session.scalar(query) or 0

    def _secret(self) -> bytes:
        address = self._store.address
        return lab_secret(address.folder) if address.is_folder else shared_secret(self._store.database)


def _rmse(run: Run) -> float:
    return float("inf") if run.rmse is None else run.rmse
