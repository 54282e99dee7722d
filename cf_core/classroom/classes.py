"""Classes: opened by a teacher, joined with a code, worked in by members. All rights are checked here, each time.

Who has the code may look at the board and join; who has joined may submit runs, which lie in their own workspace; who
has the teacher's key, or the workspace that opened the class, controls it. None of them sees more of another's runs
than the board shows, but for the best one, which opens to all in the class once it has ended.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cf_core.classroom.board import Best, Board
from cf_core.classroom.board_reader import BoardReader
from cf_core.classroom.class_rows import ClassRows, in_utc, row_of_teacher, seen, taught
from cf_core.classroom.codes import ALPHABET, LENGTH, plain_code
from cf_core.classroom.member_rows import MemberRows
from cf_core.classroom.nicknames import clean_nickname
from cf_core.classroom.records import Class, Member, TaughtClass
from cf_core.classroom.tries import Tries
from cf_core.errors import (
    ClassFullError,
    ConfigError,
    TooManyTriesError,
    UnknownClassError,
    UnknownDataSetError,
)
from cf_core.insight.baselines import Baseline
from cf_core.runs.data_set import DataSet
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.tables import ClassRow, DataSetRow
from cf_core.runs.visitor import UNKNOWN, Visitor
from cf_core.runs.workers.lab_pool import LabPool
from cf_core.runs.workspace import is_token, new_token
from cf_core.tasks.task import Task, TaskMark
from cf_core.teaching.guesses import Guess

TRIES_SECONDS = 600.0
SESSION_TRIES, ADDRESS_TRIES = 10, 600
"""Wrong codes that a browser session, and an address, may send within `TRIES_SECONDS`. A class behind one address
mistypes a few dozen; who sends as many as an address may finds one of 100 codes in 84 days."""

SESSION_JOINS, JOINS_SECONDS = 3, 3_600.0
"""Memberships that a browser session may begin within `JOINS_SECONDS`, whatever workspaces it is in."""


def _no_baselines(_: Task) -> Sequence[Baseline]:
    return ()


class Classes:
    """The classes of a store. One object serves all visitors: it counts their tries, and keeps the boards.

        classes = Classes(pool("runs"))
        class_ = classes.open(task, teacher_token, ends=None)
        member = classes.join(classes.with_code(class_.code), "Ada", student_token)
        classes.submit(class_, member, {"n_factors": 30})
        classes.board(class_).best

    Args:
        pool: which trains the runs.
        baselines: of a task's data and split, by which guesses about baselines are judged; without, these stay open.

    Raises (every method): StoreError, where the store cannot be read or written.
    """

    def __init__(self, pool: LabPool, baselines: Callable[[Task], Sequence[Baseline]] = _no_baselines) -> None:
        self._pool, self._store, self._baselines = pool, pool.store, baselines
        self._classes = ClassRows(pool.store.database)
        self._members = MemberRows(pool.store.database, pool.limits.class_size)
        self._wrong_by_session = Tries(SESSION_TRIES, TRIES_SECONDS)
        self._wrong_by_address = Tries(ADDRESS_TRIES, TRIES_SECONDS)
        self._joins = Tries(SESSION_JOINS, JOINS_SECONDS)
        self._boards: dict[str, BoardReader] = {}
        self._boards_lock = threading.Lock()

    def open(self, task: Task, owner: str, ends: datetime | None = None) -> TaughtClass:
        """Open a class; its teacher is `owner`, and whoever has its key.

        Args:
            owner: the token of the teacher's workspace.
            ends: when it ends by itself; aware of its time zone.

        Raises:
            ConfigError: it would have ended already, or `owner` is no token.
            ClassFullError: the owner has as many classes as one may have.
            UnknownDataSetError: the task is on a data set that belongs to another workspace, or is deleted.
        """
        if not is_token(owner):
            raise ConfigError("A class needs a teacher with a workspace. Load the page anew.")
        _check_future(ends)
        self._check_data(task, owner)
        return self._classes.create(task, owner, ends)

    def of_teacher(self, owner: str) -> list[TaughtClass]:
        """The classes that the owner teaches, newest first."""
        return [taught(row) for row in self._classes.select(ClassRow.owner == owner)]

    def with_key(self, teacher_key: str) -> TaughtClass:
        """The class that a teacher's address leads to.

        Raises:
            UnknownClassError: none, or none any more.
        """
        rows = self._classes.select(ClassRow.teacher_key == teacher_key) if is_token(teacher_key) else []
        if not rows:
            raise UnknownClassError("This address leads to no class. Open it from the list of your classes.")
        return taught(rows[0])

    def with_code(self, code: str, visitor: Visitor = UNKNOWN) -> Class:
        """The class with that code, as somebody typed it.

        Raises:
            UnknownClassError: there is none.
            TooManyTriesError: this visitor has sent too many wrong ones.
        """
        if self._wrong_by_session.left(visitor.session) <= 0 or self._wrong_by_address.left(visitor.address) <= 0:
            raise TooManyTriesError("Too many wrong codes. Wait ten minutes, and ask your teacher for the right one.")
        plain = plain_code(code)
        is_code = len(plain) == LENGTH and set(plain) <= set(ALPHABET)
        rows = self._classes.select(ClassRow.code == plain) if is_code else []
        if not rows:
            self._wrong_by_session.add(visitor.session)
            self._wrong_by_address.add(visitor.address)
            raise UnknownClassError(
                "No class has this code. Look at it again: six letters and digits, no 0, O, 1, I, L, U."
            )
        return seen(rows[0])

    def now(self, class_: Class) -> Class:
        """The class as it is now, such as ended; as one holds it who has its code.

        Raises:
            UnknownClassError: it is gone.
        """
        rows = self._classes.select(ClassRow.class_id == class_.class_id)
        if not rows:
            raise UnknownClassError("This class is gone. Ask its teacher for another code.")
        return seen(rows[0])

    def as_teacher(self, class_: Class, owner: str) -> TaughtClass | None:
        """The class as its teacher holds it, if that is their workspace; None for anybody else."""
        return next((own for own in self.of_teacher(owner) if own.class_id == class_.class_id), None)

    def end(self, class_: TaughtClass) -> TaughtClass:
        """End the class now: no more members, no more runs. Those that were submitted before go on, and count. Raises
        `NotTeacherError` for anybody but its teacher."""
        return self._classes.change(class_, {"ended": in_utc(datetime.now(UTC))})

    def reopen(self, class_: TaughtClass, ends: datetime | None = None) -> TaughtClass:
        """Open a class again, or change when it ends.

        Raises:
            NotTeacherError: for anybody but its teacher.
            ConfigError: it would have ended already.
        """
        _check_future(ends)
        return self._classes.change(class_, {"ended": None, "ends": in_utc(ends)})

    def remove(self, class_: TaughtClass, member_id: str) -> None:
        """Take a member out: their runs leave the board and stay theirs, their nickname is free again, and they do not
        come back from the same workspace.

        Raises:
            NotTeacherError: for anybody but the teacher.
            NotMemberError: there is no such member.
        """
        self._members.remove(class_, member_id)
        self._reader(class_).forget()

    def join(self, class_: Class, nickname: str, owner: str, visitor: Visitor = UNKNOWN) -> Member:
        """Join the class; the same workspace gets the member back that it is already, under the nickname of the first
        time, also once the class has ended.

        Args:
            owner: the token of the student's workspace.

        Raises:
            NicknameError: it cannot be shown, or somebody in the class is called so, or nearly.
            NotMemberError: the teacher has removed them.
            ClassEndedError: it has ended.
            ClassFullError: it has as many members as it may, or this browser has joined too often.
            ConfigError: `owner` is no token.
        """
        known = self._members.of_owner(class_, owner)
        if known is not None:
            return known
        if not is_token(owner):
            raise ConfigError("A member needs a workspace. Load the page anew.")
        if self._joins.left(visitor.session) <= 0:
            raise ClassFullError(
                f"This browser has joined {SESSION_JOINS} times within the hour. Go on as who you are."
            )
        member, is_new = self._members.join(class_, clean_nickname(nickname), owner)
        if is_new:
            self._joins.add(visitor.session)
            self._reader(class_).forget()
        return member

    def members(self, class_: Class) -> list[Member]:
        """The members by when they joined, without those who were removed."""
        return self._members.of_class(class_)

    def member_of(self, class_: Class, owner: str) -> Member | None:
        """Who the owner is in the class; None where they have not joined, or were removed."""
        return self._members.of_owner(class_, owner)

    def classes_of_member(self, owner: str) -> list[Class]:
        """The classes that the owner has joined, the last one first."""
        return self._members.classes_of(owner)

    def submit(
        self,
        class_: Class,
        member: Member,
        settings: Mapping[str, Any],
        guess: Guess | None = None,
        visitor: Visitor = UNKNOWN,
    ) -> str:
        """Train a run for the class, with these free settings; its id. It is the member's own, in their workspace.

        Raises:
            ClassEndedError, NotMemberError, TooManyRunsError: the class takes no run of theirs (any more).
            LockedSettingError: a setting that the task does not leave free.
            ConfigError: a value out of its range, or no guess where the task asks for one.
            QueueFullError, TooCostlyError, DiskQuotaError: see `WorkerPool.submit`.
        """
        with self._members.run_counted(class_, member) as task:
            spec = RunSpec(task.data, task.split, task.config(settings))
            if task.asks_guesses and (guess is None or guess.is_empty):
                raise ConfigError("This class guesses before each run. Answer at least one question, then train.")
            mark = TaskMark(class_.class_id, member.member_id)
            return self._pool.submit(spec, member.owner, guess, visitor, mark)

    def board(self, class_: Class) -> Board:
        """The board, at most about a second old."""
        return self._reader(class_).read(class_, self._members)

    def best_run(self, class_: Class) -> Best | None:
        """The best finished run of the class; None where none has finished."""
        return next(iter(self.board(class_).best), None)

    def open_best(self, class_: Class, member: Member | None = None) -> str | None:
        """The token with which all in the class look at its best run, see `shared_run`, once it has ended; None where
        no run has finished. The first call shares the run, as its owner could.

        Args:
            member: who asks; None for the teacher.

        Raises:
            NotTeacherError, NotMemberError: it is not for them.
            ConfigError: the class has not ended.
        """
        if member is None:
            with self._store.database.reading() as session:
                row_of_teacher(session, class_)
        else:
            self._members.check(class_, member)
        if self.now(class_).is_open():
            raise ConfigError("The best run opens to all once the class has ended. Wait until then.")
        best = self.best_run(class_)
        if best is None:
            return None
        token = self._store.get(best.run_id).share_token or new_token()
        self._store.update(best.run_id, share_token=token)
        return token

    def data_set_of(self, class_: Class) -> DataSet | None:
        """The teacher's own data set that the class works on, which its members may choose; None where it is one of the
        lab's.

        Raises:
            UnknownDataSetError: the teacher has deleted it.
        """
        found = self._store.data_sets.at(class_.task.data)
        if found is not None and found.deleted is not None:
            raise UnknownDataSetError("The teacher of this class has deleted its data set. Tell them to restore it.")
        return found

    def data_sets_of_member(self, owner: str) -> list[DataSet]:
        """The teachers' own data sets of all classes that the owner has joined, each once, without deleted ones."""
        at = [self._store.data_sets.at(class_.task.data) for class_ in self.classes_of_member(owner)]
        found = {one.data_id: one for one in at if one is not None and one.deleted is None}
        return [*found.values()]

    def _check_data(self, task: Task, owner: str) -> None:
        found = self._store.data_sets.at(task.data)
        if found is None:
            return
        own = DataSetRow.data_id == found.data_id, DataSetRow.owner == owner, DataSetRow.deleted.is_(None)
        if not self._store.data_sets.select(*own):
            raise UnknownDataSetError(
                "A class works on a data set of the lab or of yours. Choose one, or import this one."
            )

    def _reader(self, class_: Class) -> BoardReader:
        with self._boards_lock:
            if class_.class_id not in self._boards:
                self._boards[class_.class_id] = BoardReader(self._store, class_.class_id, self._baselines)
            return self._boards[class_.class_id]


def _check_future(ends: datetime | None) -> None:
    if ends is not None and ends <= datetime.now(UTC):
        raise ConfigError("This end is over already. Choose a later one, or none.")
