"""A cell that ran. No torch in here, so that a page can show one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MAX_SIZE = 4
"""The largest number of rows, and of columns, of a matrix."""

Matrix = Sequence[Sequence[float]]


@dataclass(frozen=True)
class ExecutedCell:
    """A cell and its result, a tensor.

    Attributes:
        code: what ran, including the imports.
        value: the value of the last line as nested lists of numbers (or one number).
        shape, dtype, device: of that tensor.
        printed: the value as PyTorch prints it.
    """

    code: str
    value: Any
    shape: tuple[int, ...]
    dtype: str
    device: str
    printed: str
