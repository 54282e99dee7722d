"""Frozen records that go between processes as lines of JSON: the base of events and commands."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeVar

from cf_core.errors import ConfigError


@dataclass(frozen=True)
class Message:
    """A record whose JSON is its `kind`, in the field `kind_field`, and its own fields beside."""

    kind_field: ClassVar[str]
    kind: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """The message as plain JSON; `message_from_json` gives the equal message back."""
        return {self.kind_field: self.kind, **asdict(self)}


M = TypeVar("M", bound=Message)


def by_kind(classes: Iterable[type[M]]) -> dict[str, type[M]]:
    """The classes by the name of their kind."""
    return {cls.kind: cls for cls in classes}


def message_from_json(record: Mapping[str, Any], kinds: Mapping[str, type[M]]) -> M:
    """The message that `to_json` wrote, one of `kinds`.

    Raises:
        ConfigError: it is none of them, or a field is missing, unknown or out of range.
    """
    (kind_field,) = {cls.kind_field for cls in kinds.values()}
    fields = dict(record)
    try:
        return kinds[fields.pop(kind_field)](**fields)
    except (KeyError, TypeError) as error:
        raise ConfigError(f"Not a known {kind_field}: {record!r}. Known are: {', '.join(kinds)}.") from error
