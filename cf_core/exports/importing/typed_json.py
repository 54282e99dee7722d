"""Builds dataclasses from plain JSON, every field of the type that the class gives it: nothing else gets in."""

import dataclasses
import json
import math
import types
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from cf_core.errors import BadExportError
from cf_core.runs.texts import without_controls

LONGEST_TEXT, MOST_ENTRIES, LARGEST_INT = 20_000, 1_000, 10**15
T = TypeVar("T")


def parse(text: bytes) -> Any:
    """The JSON in `text`.

    Raises:
        BadExportError: it is none: NaN and infinity, the same name twice, and a thousand brackets within each other
            included.
    """
    try:
        return json.loads(text.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadExportError(f"it is not JSON ({error})") from error


def build(kind: type[T], value: Any, where: str, most: int = MOST_ENTRIES) -> T:
    """`value` as an object of the type `kind`: a dataclass, a number, a text, a literal, a list, a dictionary, a union.

    Args:
        where: the name of the value, for messages.
        most: entries of a list or dictionary.

    Raises:
        BadExportError: a field is missing, unknown or of another type, a number is not finite, a text has control
            characters, or anything is beyond measure.
        ConfigError: raised by the dataclass itself, where a value is out of its range.
    """
    return cast(T, _value(kind, value, where, most))


def _value(kind: Any, value: Any, where: str, most: int) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), value, where, most)
    if origin is Literal:
        return _that(value if isinstance(value, str | int) and value in get_args(kind) else None, where)
    if origin in (list, tuple):
        inner = get_args(kind)[0]
        if not isinstance(value, list) or len(value) > most:
            raise _wrong(where)
        return origin(_value(inner, entry, f"{where}[{number}]", most) for number, entry in enumerate(value))
    if origin is dict:
        inner = get_args(kind)[1]
        if not isinstance(value, dict) or len(value) > most:
            raise _wrong(where)
        return {_text(name, where): _value(inner, entry, f"{where}.{name}", most) for name, entry in value.items()}
    if dataclasses.is_dataclass(kind):
        return _object(cast(type[Any], kind), value, where, most)
    return _plain(kind, value, where)


def _one_of(kinds: tuple[Any, ...], value: Any, where: str, most: int) -> Any:
    if value is None and types.NoneType in kinds:
        return None
    *others, last = [kind for kind in kinds if kind is not types.NoneType]
    for kind in others:
        try:
            return _value(kind, value, where, most)
        except BadExportError:
            continue
    return _value(last, value, where, most)


def _object(kind: type[Any], value: Any, where: str, most: int) -> Any:
    if not isinstance(value, Mapping):
        raise _wrong(where)
    hints, fields = get_type_hints(kind), {field.name: field for field in dataclasses.fields(kind)}
    unknown = value.keys() - fields.keys()
    required = {name for name, field in fields.items() if field.default is field.default_factory is dataclasses.MISSING}
    missing = required - value.keys()
    if unknown or missing:
        raise _wrong(f"{where}.{min(map(str, unknown or missing))}")
    return kind(**{name: _value(hints[name], entry, f"{where}.{name}", most) for name, entry in value.items()})


def _plain(kind: Any, value: Any, where: str) -> Any:
    if kind is str:
        return _text(value, where)
    if kind is bool:
        return _that(value if isinstance(value, bool) else None, where)
    if isinstance(value, bool) or not isinstance(value, int if kind is int else int | float):
        raise _wrong(where)
    if abs(value) > LARGEST_INT if isinstance(value, int) else not math.isfinite(value):
        raise _wrong(where)
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or without_controls(value) != value:
        raise _wrong(where)
    if any("\ud800" <= char <= "\udfff" for char in value):  # half a character, which no file can hold
        raise _wrong(where)
    return value


def _that(value: Any, where: str) -> Any:
    if value is None:
        raise _wrong(where)
    return value


def _wrong(where: str) -> BadExportError:
    return BadExportError(f"{where[:200]} is missing, unknown, or not what it should be")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
