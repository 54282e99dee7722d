"""A look into libraries that let no caller see the places while they move."""

import contextlib
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any


@contextlib.contextmanager
def replaced(module: ModuleType, name: str, value: Callable[..., Any]) -> Iterator[None]:
    """Has the module use another function under that name: both libraries look theirs up for each layout.

    Raises:
        AttributeError: the module has nothing of that name.
    """
    usual = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, usual)
