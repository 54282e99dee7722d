"""Stores sets of ratings, each in one row. Every query names the owner, so that nobody reaches another's sets."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cf_core.errors import ConfigError, TooManyRatingsError, UnknownRatingSetError
from cf_core.runs.rating_set import MOST_SETS, NAME_LENGTH, RatingSet
from cf_core.runs.store.database import Database
from cf_core.runs.store.tables import RatingSetRow
from cf_core.runs.texts import one_line, within


class OwnRatingSets:
    """The sets of ratings of one owner. Each change is one transaction that reads and writes: two tabs that rate at
    once lose nothing, and half a change never appears.

    Raises (every method that takes `set_id`): UnknownRatingSetError, where the owner has no such set, whether or not
    somebody else has.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database, self._owner = database, owner

    def all(self, fingerprint: str) -> list[RatingSet]:
        """The sets on the data with that fingerprint, the oldest first."""
        mine = select(RatingSetRow).where(RatingSetRow.owner == self._owner, RatingSetRow.fingerprint == fingerprint)
        with self._database.reading() as session:
            rows = session.scalars(mine.order_by(RatingSetRow.created, RatingSetRow.set_id)).all()
        return [_set_of(row) for row in rows]

    def get(self, set_id: str) -> RatingSet:
        """The set with that id."""
        with self._database.reading() as session:
            return _set_of(self._row(session, set_id))

    def create(self, name: str, fingerprint: str) -> RatingSet:
        """A new, empty set.

        Raises:
            ConfigError: a name that is empty or too long.
            TooManyRatingsError: the owner has `MOST_SETS`, of all data sets together.
        """
        return self._insert(RatingSet(uuid.uuid4().hex[:12], _checked_name(name), fingerprint))

    def rename(self, set_id: str, name: str) -> None:
        """Give the set another name, in one line; raises `ConfigError` for one that is empty or too long."""
        name = _checked_name(name)
        with self._database.writing() as session:
            self._row(session, set_id).name = name

    def rate(self, set_id: str, item_id: Any, stars: float) -> RatingSet:
        """The set with the rating, in place of an earlier one of the same movie.

        Raises:
            ConfigError: `stars` is no number, or `item_id` no id.
            TooManyRatingsError: the set is full.
        """
        return self._change(set_id, lambda rating_set: rating_set.answered(item_id, stars))

    def skip(self, set_id: str, item_id: Any) -> RatingSet:
        """The set with a note that its owner does not know the movie; raises as `rate` does."""
        return self._change(set_id, lambda rating_set: rating_set.answered(item_id, "skipped"))

    def remove(self, set_id: str, item_id: Any) -> RatingSet:
        """The set without a rating of the movie; raises as `rate` does."""
        return self._change(set_id, lambda rating_set: rating_set.answered(item_id, "removed"))

    def undo(self, set_id: str) -> RatingSet:
        """The set as it was before its last rating, skip or removal."""
        return self._change(set_id, RatingSet.undone)

    def delete(self, set_id: str) -> RatingSet:
        """Delete the set; what it was, for `restore`."""
        with self._database.writing() as session:
            row = self._row(session, set_id)
            session.delete(row)
            return _set_of(row)

    def restore(self, rating_set: RatingSet) -> RatingSet:
        """Undo `delete`: store the set again, as it was; raises as `create` does."""
        return self._insert(rating_set)

    def _insert(self, rating_set: RatingSet) -> RatingSet:
        with self._database.writing() as session:
            n = session.scalar(select(func.count()).where(RatingSetRow.owner == self._owner)) or 0
            if n >= MOST_SETS:
                raise TooManyRatingsError(f"You have {n} sets of ratings, as many as you may. Delete one first.")
            session.add(
                RatingSetRow(
                    set_id=rating_set.set_id,
                    created=datetime.now(UTC).isoformat(),
                    owner=self._owner,
                    name=rating_set.name,
                    fingerprint=rating_set.fingerprint,
                    answers=[list(answer) for answer in rating_set.answers],
                )
            )
        return rating_set

    def _change(self, set_id: str, change: Callable[[RatingSet], RatingSet]) -> RatingSet:
        with self._database.writing() as session:
            row = self._row(session, set_id)
            changed = change(_set_of(row))
            row.answers = [list(answer) for answer in changed.answers]
        return changed

    def _row(self, session: Session, set_id: str) -> RatingSetRow:
        mine = select(RatingSetRow).where(RatingSetRow.owner == self._owner, RatingSetRow.set_id == set_id)
        row = session.scalar(mine)
        if row is None:
            raise UnknownRatingSetError("This set of ratings is not in your workspace any more. Choose another one.")
        return row


def _set_of(row: RatingSetRow) -> RatingSet:
    answers = tuple((item_id, answer) for item_id, answer in row.answers)
    return RatingSet(row.set_id, row.name, row.fingerprint, answers)


def _checked_name(name: str) -> str:
    name = within(one_line(name), "name", NAME_LENGTH)
    if not name:
        raise ConfigError("A set of ratings needs a name, so that you find it again. Give it one.")
    return name
