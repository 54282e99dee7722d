"""Stores classes, each in one row, and checks who may change one."""

import hmac
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cf_core.classroom.codes import new_code
from cf_core.classroom.records import Class, TaughtClass
from cf_core.errors import ClassFullError, NotTeacherError, UnknownClassError
from cf_core.runs.store.database import Database
from cf_core.runs.store.tables import ClassRow
from cf_core.runs.workspace import new_token
from cf_core.tasks.task import Task

MOST_CLASSES = 100
"""Of one owner."""


class ClassRows:
    """The classes in the database of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, task: Task, owner: str, ends: datetime | None) -> TaughtClass:
        """A new class, with a code that no other class has or had.

        Raises:
            ClassFullError: the owner has `MOST_CLASSES`.
        """
        row = ClassRow(
            class_id=f"class-{uuid.uuid4().hex[:12]}",
            created=datetime.now(UTC).isoformat(),
            teacher_key=new_token(),
            owner=owner,
            task=task.to_json(),
            ends=in_utc(ends),
            ended=None,
        )
        with self._database.writing() as session:
            own = session.scalar(select(func.count()).select_from(ClassRow).where(ClassRow.owner == owner))
            if (own or 0) >= MOST_CLASSES:
                raise ClassFullError(f"You have {own} classes, as many as one may have. Open one of them again.")
            row.code = _free_code(session)
            session.add(row)
        return taught(row)

    def select(self, *which: ColumnElement[bool]) -> list[ClassRow]:
        """The rows, newest first."""
        query = select(ClassRow).where(*which).order_by(ClassRow.created.desc(), ClassRow.class_id)
        with self._database.reading() as session:
            return [*session.scalars(query).all()]

    def change(self, class_: TaughtClass, values: Mapping[str, Any]) -> TaughtClass:
        """Set `values` in the row, as its teacher; the class as it is then.

        Raises:
            NotTeacherError: the key is not the class's, or not any more.
            UnknownClassError: there is no such class.
        """
        with self._database.writing() as session:
            row = row_of_teacher(session, class_)
            for name, value in values.items():
                setattr(row, name, value)
        return taught(row)


def row_of(session: Session, class_: Class) -> ClassRow:
    """The row of the class as it is now.

    Raises:
        UnknownClassError: there is none.
    """
    row = session.get(ClassRow, class_.class_id)
    if row is None:
        raise UnknownClassError("This class is gone. Ask its teacher for another code.")
    return row


def row_of_teacher(session: Session, class_: Class) -> ClassRow:
    """The row of the class, for its teacher alone: for whoever holds a `TaughtClass` with its key.

    Raises:
        NotTeacherError: the key is not the class's, or not any more.
    """
    row = row_of(session, class_)
    key = class_.teacher_key if isinstance(class_, TaughtClass) else ""
    if not is_same(key, row.teacher_key):
        raise NotTeacherError("Only the teacher of this class can do that. Open it from the teacher's address.")
    return row


def is_same(given: str, secret: str) -> bool:
    """Whether a secret was given, in a time that does not tell how much of it was right."""
    return hmac.compare_digest(given.encode(), secret.encode())


def in_utc(moment: datetime | None) -> str | None:
    """The moment in ISO 8601, UTC, so that texts sort as moments do."""
    return None if moment is None else moment.astimezone(UTC).isoformat()


def seen(row: ClassRow) -> Class:
    """The class of a row, as its students see it."""
    return Class(**_fields(row))


def taught(row: ClassRow) -> TaughtClass:
    """The class of a row, as its teacher holds it."""
    return TaughtClass(**_fields(row), teacher_key=row.teacher_key)


def _fields(row: ClassRow) -> dict[str, Any]:
    moments = {name: getattr(row, name) for name in ("created", "ends", "ended")}
    read = {name: None if moment is None else datetime.fromisoformat(moment) for name, moment in moments.items()}
    return {"class_id": row.class_id, "code": row.code, "task": Task.from_json(row.task), **read}


def _free_code(session: Session) -> str:
    while True:
        code = new_code()
        if session.scalar(select(ClassRow.class_id).where(ClassRow.code == code)) is None:
            return code
