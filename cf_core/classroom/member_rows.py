"""Stores the members of classes. Each change is one transaction, and these follow one another: of two students who want
one nickname at once, or two runs for one place, the second is refused."""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from cf_core.classroom.class_rows import is_same, row_of, row_of_teacher, seen
from cf_core.classroom.nicknames import nickname_key
from cf_core.classroom.records import Class, Member, TaughtClass
from cf_core.errors import ClassEndedError, ClassFullError, NicknameError, NotMemberError, TooManyRunsError
from cf_core.runs.store.database import Database
from cf_core.runs.store.tables import ClassRow, MemberRow
from cf_core.tasks.task import Task

REMOVED = "The teacher has removed you from this class. Talk to them if that was a mistake."


class MemberRows:
    """The members of all classes in the database of a store.

    Args:
        database: the store's.
        class_size: how many members a class may have.
    """

    def __init__(self, database: Database, class_size: int) -> None:
        self._database, self._class_size = database, class_size

    def join(self, class_: Class, nickname: str, owner: str) -> tuple[Member, bool]:
        """The member that the owner is in the class, and whether they have become it now; who is one already stays who
        they are.

        Raises:
            NotMemberError: the teacher has removed them.
            ClassEndedError, ClassFullError: it takes nobody any more.
            NicknameError: somebody in it is called so, or nearly.
        """
        with self._database.writing() as session:
            found = session.scalar(_of(class_, MemberRow.owner == owner))
            if found is not None:
                return _live(found), False
            check_open(seen(row_of(session, class_)))
            self._check_room(session, class_)
            key = nickname_key(nickname)
            if session.scalar(_of(class_, MemberRow.nickname_key == key)) is not None:
                raise NicknameError(f"Somebody in this class is called '{nickname}' or nearly so. Choose another name.")
            row = MemberRow(
                member_id=uuid.uuid4().hex[:12],
                class_id=class_.class_id,
                owner=owner,
                nickname=nickname,
                nickname_key=key,
                joined=datetime.now(UTC).isoformat(),
                removed=None,
                n_runs=0,
            )
            session.add(row)
        return _member(row), True

    def of_class(self, class_: Class) -> list[Member]:
        """The members by when they joined, without their tokens and without those who were removed."""
        query = _of(class_, MemberRow.removed.is_(None)).order_by(MemberRow.joined, MemberRow.member_id)
        with self._database.reading() as session:
            return [_member(row, secret=False) for row in session.scalars(query).all()]

    def of_owner(self, class_: Class, owner: str) -> Member | None:
        """The member that the owner is in the class; None where they are none, or were removed."""
        query = _of(class_, MemberRow.owner == owner, MemberRow.removed.is_(None))
        with self._database.reading() as session:
            row = session.scalar(query)
        return None if row is None else _member(row)

    def classes_of(self, owner: str) -> list[Class]:
        """The classes that the owner is a member of, the last joined first."""
        mine = MemberRow.owner == owner, MemberRow.removed.is_(None)
        query = select(ClassRow).join(MemberRow, MemberRow.class_id == ClassRow.class_id).where(*mine)
        with self._database.reading() as session:
            return [seen(row) for row in session.scalars(query.order_by(MemberRow.joined.desc())).all()]

    def remove(self, class_: TaughtClass, member_id: str) -> None:
        """Take a member out of the class; their nickname is free again, and they do not come back.

        Raises:
            NotTeacherError: the key is not the class's.
            NotMemberError: there is no such member.
        """
        with self._database.writing() as session:
            row_of_teacher(session, class_)
            row = session.scalar(_of(class_, MemberRow.member_id == member_id))
            if row is None:
                raise NotMemberError("There is no such member in this class. Load the page anew.")
            row.removed, row.nickname_key = row.removed or datetime.now(UTC).isoformat(), None

    @contextlib.contextmanager
    def run_counted(self, class_: Class, member: Member) -> Iterator[Task]:
        """Count one more run of the member, which the block submits for the class's task as it is stored; where the
        block raises, the run is not counted.

        Raises:
            ClassEndedError: the class has ended.
            NotMemberError: they are not in it, or not any more.
            TooManyRunsError: they have had all the runs that the task allows.
        """
        with self._database.writing() as session:
            now = seen(row_of(session, class_))
            check_open(now)
            row = self._proven(session, class_, member)
            most = now.task.most_runs
            if most is not None and row.n_runs >= most:
                raise TooManyRunsError(f"You have had all {most} runs of this task. The board shows how others do.")
            row.n_runs += 1
        try:
            yield now.task
        except BaseException:
            one_less = update(MemberRow).where(MemberRow.member_id == member.member_id)
            with self._database.writing() as session:
                session.execute(one_less.values(n_runs=MemberRow.n_runs - 1))
            raise

    def check(self, class_: Class, member: Member) -> None:
        """Raise `NotMemberError` where they are not in the class, or not any more."""
        with self._database.reading() as session:
            self._proven(session, class_, member)

    def _proven(self, session: Session, class_: Class, member: Member) -> MemberRow:
        row = session.scalar(_of(class_, MemberRow.member_id == member.member_id))
        if row is None or not is_same(member.owner, row.owner):
            raise NotMemberError("You are not in this class. Join it with its code.")
        if row.removed is not None:
            raise NotMemberError(REMOVED)
        return row

    def _check_room(self, session: Session, class_: Class) -> None:
        live = _of(class_, MemberRow.removed.is_(None)).with_only_columns(func.count())
        if (session.scalar(live) or 0) >= self._class_size:
            raise ClassFullError(f"This class has {self._class_size} members, as many as a class may have.")


def check_open(class_: Class) -> None:
    """Raise `ClassEndedError` where the class has ended."""
    if not class_.is_open():
        raise ClassEndedError("This class has ended. Its board stays; its teacher can open it again.")


def _of(class_: Class, *which: ColumnElement[bool]) -> Select[MemberRow]:
    return select(MemberRow).where(MemberRow.class_id == class_.class_id, *which)


def _live(row: MemberRow) -> Member:
    if row.removed is not None:
        raise NotMemberError(REMOVED)
    return _member(row)


def _member(row: MemberRow, secret: bool = True) -> Member:
    joined, owner = datetime.fromisoformat(row.joined), row.owner if secret else ""
    return Member(row.member_id, row.class_id, row.nickname, joined, row.n_runs, owner)
