"""Reads the board of a class from the store: what may change each time, what cannot change once.

Settings and guesses of a run never change, and judgements of a run only when it goes on after its end; so a board of
over a thousand runs costs one short query.
"""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import select

from cf_core.classroom.board import COLUMNS, GUESS_COLUMNS, STATES, Board, make_board
from cf_core.classroom.guesses import Guessed, in_words, judged, open_questions
from cf_core.classroom.latest import Latest
from cf_core.classroom.member_rows import MemberRows
from cf_core.classroom.records import Class, Member
from cf_core.config import TrainingConfig, setting_value
from cf_core.errors import ConfigError
from cf_core.insight.baselines import Baseline
from cf_core.runs.spec import UNFINISHED
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.store.tables import EpochRow, RunRow
from cf_core.tasks.task import Task
from cf_core.teaching.guesses import Guess
from cf_core.training.events import FitEnded
from cf_core.training.history import History

FRESH_SECONDS = 1.0
"""A board as old as this is read again; until then all who look at it share it."""


class _Now(NamedTuple):
    """What may change of a run."""

    run_id: str
    member_id: str | None
    outcome: str
    holder: str
    rmse: float | None
    seconds: float | None
    n_epochs_done: int


class BoardReader:
    """The board of one class.

    Args:
        store: which has the runs.
        class_id: the class's.
        baselines: of a task's data and split, by which guesses about baselines are judged; called only where there are
            any.
    """

    def __init__(self, store: RunStore, class_id: str, baselines: Callable[[Task], Sequence[Baseline]]) -> None:
        self._store, self._class_id, self._baselines = store, class_id, baselines
        self._settings: dict[str, dict[str, Any]] = {}
        self._guesses: dict[str, Guess] = {}
        self._judged: dict[tuple[str, str, int], list[Guessed]] = {}
        self._latest: Latest[Board] = Latest(FRESH_SECONDS)
        self._board: Board | None = None
        self._read_of: tuple[list[_Now], list[Member]] = [], []

    def read(self, class_: Class, members: MemberRows) -> Board:
        """The board, at most about `FRESH_SECONDS` old; the same object for as long as it says the same."""
        return self._latest.get(lambda: self._read(class_, members))

    def forget(self) -> None:
        """Read the board anew at the next call."""
        self._latest.forget()

    def _read(self, class_: Class, members: MemberRows) -> Board:
        """The board; the same object as before where nothing has changed, so that what is drawn of it can be kept."""
        runs, people = self._runs(), members.of_class(class_)
        self._learn(class_.task, [run.run_id for run in runs if run.run_id not in self._settings])
        runs = [run for run in runs if run.run_id in self._settings]
        if self._board is not None and (runs, people) == self._read_of:
            return self._board
        self._judge(class_.task, runs)
        self._read_of = runs, people
        about = [self._about(run) for run in runs]
        rows = [self._row(run, guessed) for run, guessed in zip(runs, about, strict=True)]
        guesses = [
            (run.run_id, run.member_id, "", *one) for run, of_run in zip(runs, about, strict=True) for one in of_run
        ]
        table = pd.DataFrame(rows, columns=[*COLUMNS, *class_.task.free]).astype(COLUMNS)
        answers = pd.DataFrame(guesses, columns=[*GUESS_COLUMNS], dtype=object)
        self._board = make_board(class_.task.free, people, table, answers)
        return self._board

    def _runs(self) -> list[_Now]:
        """The runs by when they were submitted; those whose process has died are interrupted."""
        columns = [getattr(RunRow, name) for name in _Now._fields]
        query = select(*columns).where(RunRow.task_id == self._class_id, RunRow.deleted.is_(None))
        with self._store.database.reading() as session:
            runs = [_Now(*row) for row in session.execute(query.order_by(RunRow.created, RunRow.run_id))]
        holders = {run.holder for run in runs if run.outcome in UNFINISHED}
        dead = holders - self._store.liveness.alive(holders)
        cut_off = [run.outcome in UNFINISHED and run.holder in dead for run in runs]
        return [run._replace(outcome="interrupted") if cut else run for run, cut in zip(runs, cut_off, strict=True)]

    def _row(self, run: _Now, about: Sequence[Guessed]) -> dict[str, Any]:
        state = STATES.get(run.outcome, run.outcome)
        return {
            "run_id": run.run_id,
            "member_id": run.member_id,
            "nickname": "",
            "rmse": float("nan") if run.rmse is None or state == "diverged" else run.rmse,
            "seconds": float("nan") if run.seconds is None else run.seconds,
            "state": state,
            "epochs": run.n_epochs_done,
            "guess": in_words(about),
            **self._settings[run.run_id],
        }

    def _learn(self, task: Task, new: Sequence[str]) -> None:
        """Read what does not change of the runs that were not there before. One whose record is damaged stays unknown,
        and off the board: its owner's list of runs says what is wrong with it."""
        try:
            found = self._texts(new)
        except ValueError:  # a damaged row hides the others
            found = [text for run_id in new for text in self._texts_of_one(run_id)]
        for run_id, spec, guess in found:
            with contextlib.suppress(ConfigError, KeyError, TypeError):
                config = TrainingConfig.from_json(spec["config"])
                if guess is not None:
                    self._guesses[run_id] = Guess.from_json(guess)
                self._settings[run_id] = {name: setting_value(config, name) for name in task.free}

    def _texts(self, run_ids: Sequence[str]) -> list[tuple[str, dict[str, Any], dict[str, Any] | None]]:
        query = select(RunRow.run_id, RunRow.spec, RunRow.guess).where(RunRow.run_id.in_(run_ids))
        with self._store.database.reading() as session:
            return [(run_id, spec, guess) for run_id, spec, guess in session.execute(query)] if run_ids else []

    def _texts_of_one(self, run_id: str) -> list[tuple[str, dict[str, Any], dict[str, Any] | None]]:
        with contextlib.suppress(ValueError):
            return self._texts([run_id])
        return []

    def _about(self, run: _Now) -> list[Guessed]:
        guess = self._guesses.get(run.run_id)
        return [] if guess is None else self._judged.get(_end(run)) or open_questions(guess)

    def _judge(self, task: Task, runs: Sequence[_Now]) -> None:
        """Judge the guesses about the runs that have ended since."""
        ended = [run for run in runs if run.run_id in self._guesses and run.outcome not in UNFINISHED]
        new = {run.run_id: _end(run) for run in ended if _end(run) not in self._judged}
        if not new:
            return
        asks_baselines = any(self._guesses[run_id].beats is not None for run_id in new)
        baselines = self._baselines(task) if asks_baselines else ()
        for run_id, history in self._histories(new).items():
            self._judged[new[run_id]] = judged(self._guesses[run_id], history, baselines)

    def _histories(self, ends: dict[str, tuple[str, str, int]]) -> dict[str, History]:
        """The epochs and the end of these runs, without their reports."""
        query = select(EpochRow.run_id, EpochRow.ended).where(EpochRow.run_id.in_(ends)).order_by(EpochRow.epoch)
        with self._store.database.reading() as session:
            epochs = session.execute(query).all()
        records: dict[str, list[dict[str, Any]]] = {run_id: [] for run_id in ends}
        for run_id, ended in epochs:
            if ended is not None:
                records[run_id].append(ended)
        histories = {run_id: History.from_json(of_run) for run_id, of_run in records.items()}
        for run_id, history in histories.items():
            if ends[run_id][1] == "diverged":
                history.add(FitEnded("diverged", len(history.epochs), 0.0))
        return histories


def _end(run: _Now) -> tuple[str, str, int]:
    """Another one each time that the run ends."""
    return run.run_id, run.outcome, run.n_epochs_done
