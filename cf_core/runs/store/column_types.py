"""The types of the columns: on SQLite as ever, on PostgreSQL such that the same values go in and come out.

PostgreSQL sorts text by a language unless told to compare bytes, refuses the character NUL in it, refuses NaN in JSON,
which the losses of a diverged run hold, and keeps NaN as a number where SQLite stores NULL.
"""

import json
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Double, Integer, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

_POSTGRESQL = "postgresql"


class _Text(TypeDecorator[str]):
    """Text that sorts by its bytes; NUL, which no name that is kept can have, becomes the replacement character."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else value.replace("\x00", "\ufffd")


class _Record(TypeDecorator[Any]):
    """JSON as Python writes it, in text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class _Number(TypeDecorator[float]):
    """A number, or NULL for NaN."""

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> float | None:
        return None if value is None or value != value else value


TEXT = String().with_variant(_Text(collation="C"), _POSTGRESQL)
RECORD = JSON(none_as_null=True).with_variant(_Record(), _POSTGRESQL)
NUMBER: TypeEngine[float] = Double().with_variant(_Number(), _POSTGRESQL)
LARGE = Integer().with_variant(BigInteger(), _POSTGRESQL)
INSTANT = DateTime(timezone=True)
