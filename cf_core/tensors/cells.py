"""Runs the lesson's small PyTorch cells on numbers of the user's own.

The code of a cell is the code that ran, word for word, and can be pasted into a notebook as it is.
"""

import ast
import functools
import inspect
import threading
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from cf_core.errors import ConfigError, ShapeError
from cf_core.models.modules import DotProduct, RatingRange
from cf_core.tensors.executed_cell import MAX_SIZE, ExecutedCell, Matrix

_parsing = threading.Lock()
"""Python 3.11.7 and older may raise a SystemError where two threads parse at once."""


def devices() -> list[str]:
    """The devices that this machine has for tensors, "cpu" first (lesson: "CUDA")."""
    return ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def tensor(name: str, matrix: Matrix, device: str = "cpu") -> ExecutedCell:
    """Make a tensor of the matrix (lesson: "PyTorch Arithmetic").

    Raises:
        ConfigError: a number is missing, the rows differ in length, or there are not 1 to 4 rows and columns.
    """
    return _run(f"{_literal(name, matrix, device)}\n{name}")


def times(a: Matrix, b: Matrix, device: str = "cpu") -> ExecutedCell:
    """`a * b`, element by element (lesson: "PyTorch Arithmetic").

    Raises:
        ConfigError: as `tensor`.
        ShapeError: the shapes cannot be broadcast together; it ends with PyTorch's own words.
    """
    return _run_pairs(f"{_both(a, b, device)}\na * b", a, b)


def row_sums(a: Matrix, b: Matrix, device: str = "cpu") -> ExecutedCell:
    """`(a * b).sum(1)`: the dot product of each row of a with the same row of b (lesson: "PyTorch Arithmetic").

    Raises:
        ConfigError, ShapeError: as `times`.
    """
    return _run_pairs(f"{_both(a, b, device)}\n(a * b).sum(1)", a, b)


def matrix_product(a: Matrix, b: Matrix, device: str = "cpu") -> ExecutedCell:
    """`a @ b.T`: the dot product of every row of a with every row of b.

    Raises:
        ConfigError: as `tensor`.
        ShapeError: a and b differ in their number of columns; it ends with PyTorch's own words.
    """
    (n, k), (m, j) = _shape("a", a), _shape("b", b)
    return _run(
        f"{_both(a, b, device)}\na @ b.T",
        f"a @ b.T takes dot products of rows, so both need as many columns: a is {n} × {k}, b is {m} × {j}. "
        f"Give b {_columns(k)}.",
    )


def module(a: Matrix, b: Matrix, device: str = "cpu") -> ExecutedCell:
    """Call the `DotProduct` module of `cf_core.models.modules` on a and b (lesson: "PyTorch Modules").

    Raises:
        ConfigError, ShapeError: as `times`.
    """
    return _run_pairs(f"{_source(DotProduct)}\n\n{_both(a, b, device)}\nmodel = DotProduct()\nmodel(a, b)", a, b)


def one_hot_product(a: Matrix, rows: Sequence[int], device: str = "cpu") -> ExecutedCell:
    """Multiply a one-hot row for each index by the matrix: the same result as `look_up`.

    Raises:
        ConfigError: as `tensor`, or an index is not a row of a.
    """
    return _run(
        f"{_literal('a', a, device)}\n{_index(a, rows, device)}\n"
        "one_hot = torch.nn.functional.one_hot(index, len(a)).float()\none_hot @ a"
    )


def look_up(a: Matrix, rows: Sequence[int], device: str = "cpu") -> ExecutedCell:
    """Look the rows up in an embedding whose weights are the matrix (lesson: "Creating the module").

    Raises:
        ConfigError: as `one_hot_product`.
    """
    return _run(
        f"{_literal('a', a, device)}\n{_index(a, rows, device)}\n"
        "embedding = torch.nn.Embedding.from_pretrained(a)\nembedding(index)"
    )


def one_hot(a: Matrix, rows: Sequence[int], device: str = "cpu") -> ExecutedCell:
    """The one-hot rows alone, (len(rows), rows of a).

    Raises:
        ConfigError: as `one_hot_product`.
    """
    return _run(
        f"{_literal('a', a, device)}\n{_index(a, rows, device)}\ntorch.nn.functional.one_hot(index, len(a)).float()"
    )


def sigmoid_range(x: float, low: float, high: float, device: str = "cpu") -> ExecutedCell:
    """Call the `RatingRange` module of `cf_core.models.modules`: low + (high - low) · σ(x) (lesson: "Bias").

    Raises:
        ConfigError: low is not below high.
    """
    if not low < high:
        raise ConfigError(f"The range from {low:g} to {high:g} has no width. Choose a low end below the high end.")
    return _run(
        f"{_source(RatingRange)}\n\nx = torch.tensor({float(x)!r}{_on(device)})\n"
        f"rating_range = RatingRange({low!r}, {high!r})\nrating_range(x)"
    )


def _run_pairs(code: str, a: Matrix, b: Matrix) -> ExecutedCell:
    """Run a cell that pairs the numbers of a and b: on each axis their sizes have to be equal, or one of them 1."""
    (n, k), (m, j) = _shape("a", a), _shape("b", b)
    return _run(
        code,
        f"The numbers of a and b are paired one by one, but a is {n} × {k} and b is {m} × {j}. "
        "Make the shapes equal; a side of length 1 would be broadcast.",
    )


def _run(code: str, what_does_not_fit: str = "") -> ExecutedCell:
    """Run a cell as a notebook does: all statements, and the value of the last one.

    Raises:
        ShapeError: PyTorch refused; the message says what does not fit, then what PyTorch said.
    """
    code = f"import torch\n{code}"
    with _parsing:
        *statements, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {"__name__": "cell"}
    exec(compile(ast.Module(statements, []), "cell", "exec"), names)
    try:
        value: Tensor = eval(compile(ast.Expression(last.value), "cell", "eval"), names).detach()
    except RuntimeError as error:
        if not what_does_not_fit:
            raise
        raise ShapeError(f"{what_does_not_fit} PyTorch says: {error}.") from None
    return ExecutedCell(code, value.tolist(), tuple(value.shape), str(value.dtype), str(value.device), repr(value))


@functools.cache
def _source(kind: type[torch.nn.Module]) -> str:
    """The source of a class in `cf_core.models.modules`, with the imports that it needs."""
    with _parsing:
        return f"from torch import Tensor, nn\n\n\n{inspect.getsource(kind).rstrip()}\n"


def _both(a: Matrix, b: Matrix, device: str) -> str:
    return f"{_literal('a', a, device)}\n{_literal('b', b, device)}"


def _literal(name: str, matrix: Matrix, device: str) -> str:
    """A line of Python that creates the tensor."""
    _shape(name, matrix)
    rows = ", ".join("[" + ", ".join(f"{float(number)!r}" for number in row) + "]" for row in matrix)
    return f"{name} = torch.tensor([{rows}]{_on(device)})"


def _index(a: Matrix, rows: Sequence[int], device: str) -> str:
    n, _ = _shape("a", a)
    for row in rows:
        if not 0 <= row < n:
            raise ConfigError(f"a has no row {row}. Choose from 0 to {n - 1}.")
    return f"index = torch.tensor({[int(row) for row in rows]}{_on(device)})"


def _on(device: str) -> str:
    if device not in devices():
        raise ConfigError(f"There is no device '{device}' here. Choose one of: {', '.join(devices())}.")
    return "" if device == "cpu" else f', device="{device}"'


def _shape(name: str, matrix: Matrix) -> tuple[int, int]:
    """Rows and columns, checked."""
    widths = {len(row) for row in matrix}
    if len(widths) != 1 or not (1 <= len(matrix) <= MAX_SIZE and 1 <= max(widths) <= MAX_SIZE):
        raise ConfigError(f"{name} needs 1 to {MAX_SIZE} rows of equal length, 1 to {MAX_SIZE} numbers each.")
    for i, row in enumerate(matrix, start=1):
        for j, number in enumerate(row, start=1):
            if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) <= 1e6:
                raise ConfigError(f"{name} has no number up to a million in row {i}, column {j}. Type one.")
    return len(matrix), widths.pop()


def _columns(n: int) -> str:
    return "1 column" if n == 1 else f"{n} columns"
