"""Who owns what in a store: all that belongs to one workspace changes hands together."""

import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cf_core.runs.store.tables import ClassRow, DataSetRow, MemberRow, RatingSetRow, RunRow, SweepRow


def change_owner(session: Session, owner: str, new: str) -> None:
    """Hand all that `owner` has to the owner `new`, and withdraw its links; its classes get new teacher's keys."""
    session.execute(update(RunRow).where(RunRow.owner == owner).values(owner=new, share_token=None))
    for row in session.scalars(select(ClassRow).where(ClassRow.owner == owner)):
        row.teacher_key = secrets.token_urlsafe(24)
    for table in (RatingSetRow, DataSetRow, SweepRow, ClassRow, MemberRow):
        session.execute(update(table).where(table.owner == owner).values(owner=new))
