"""The lesson's cells: its numbers, shapes, the code that ran, and error messages."""

import ast
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.errors import ConfigError, ShapeError
from cf_core.tensors import cells as tensors
from cf_core.tensors.executed_cell import ExecutedCell

A, B = [[1.0, 2.0], [3.0, 4.0]], [[2.0, 2.0], [10.0, 10.0]]


def run_again(code: str) -> torch.Tensor:
    """Run the code as a reader would who pasted it into a notebook."""
    *statements, last = ast.parse(code).body
    names: dict[str, Any] = {"__name__": "notebook"}
    exec(compile(ast.Module(statements, []), "pasted", "exec"), names)
    return eval(compile(ast.Expression(last.value), "pasted", "eval"), names)


@pytest.mark.parametrize(
    ("run", "value", "shape", "last_line"),
    [
        (tensors.times, [[2, 4], [30, 40]], (2, 2), "a * b"),
        (tensors.row_sums, [6, 70], (2,), "(a * b).sum(1)"),
        (tensors.matrix_product, [[6, 30], [14, 70]], (2, 2), "a @ b.T"),
        (tensors.module, [6, 70], (2,), "model(a, b)"),
    ],
)
def test_the_lessons_numbers(run: Callable[..., ExecutedCell], value: object, shape: object, last_line: str) -> None:
    ran = run(A, B)
    assert (ran.value, ran.shape) == (value, shape)
    assert (ran.dtype, ran.device) == ("torch.float32", "cpu")
    assert ran.code.startswith("import torch\n")
    assert ran.code.splitlines()[-1] == last_line
    assert run_again(ran.code).tolist() == value
    assert ran.printed.startswith("tensor(")


def test_a_tensor_as_it_is() -> None:
    ran = tensors.tensor("a", A)
    assert (ran.value, ran.shape) == (A, (2, 2))
    assert ran.code == "import torch\na = torch.tensor([[1.0, 2.0], [3.0, 4.0]])\na"


def test_the_module_is_the_one_of_the_models() -> None:
    code = tensors.module(A, B).code
    assert "class DotProduct(nn.Module):" in code
    assert "return (a * b).sum(1)" in code


def test_a_one_hot_product_is_a_look_up() -> None:
    rows = [1, 0, 1]
    assert tensors.one_hot(A, rows).value == [[0, 1], [1, 0], [0, 1]]
    product, looked_up = tensors.one_hot_product(A, rows), tensors.look_up(A, rows)
    assert product.value == looked_up.value == [[3, 4], [1, 2], [3, 4]]
    assert run_again(product.code).tolist() == run_again(looked_up.code).tolist() == product.value
    assert "torch.nn.Embedding" in looked_up.code


@pytest.mark.parametrize("row", [-1, 2])
def test_a_row_that_is_not_there(row: int) -> None:
    with pytest.raises(ConfigError, match=rf"^a has no row {row}\. Choose from 0 to 1\.$"):
        tensors.look_up(A, [row])


@pytest.mark.parametrize(
    ("x", "stars"), [(0.0, 2.75), (100.0, 5.0), (-100.0, 0.5), (1.0, 0.5 + 4.5 / (1 + 2.718281828**-1))]
)
def test_the_sigmoid_range_by_hand(x: float, stars: float) -> None:
    ran = tensors.sigmoid_range(x, 0.5, 5.0)
    assert ran.value == pytest.approx(stars)
    assert ran.shape == ()
    assert run_again(ran.code).item() == ran.value
    assert "class RatingRange(nn.Module):" in ran.code


def test_a_range_without_width() -> None:
    with pytest.raises(ConfigError, match=r"has no width"):
        tensors.sigmoid_range(0.0, 3.0, 3.0)


WIDE = [[1.0, 2.0, 3.0]]


@pytest.mark.parametrize("run", [tensors.times, tensors.row_sums, tensors.module])
def test_shapes_that_do_not_pair(run: Callable[..., ExecutedCell]) -> None:
    with pytest.raises(ShapeError, match=r"a is 2 × 2 and b is 1 × 3\. Make the shapes equal"):
        run(A, WIDE)


def test_a_matrix_product_that_does_not_fit() -> None:
    with pytest.raises(ShapeError, match=r"a is 2 × 2, b is 1 × 3\. Give b 2 columns\. PyTorch says: mat1 and mat2 "):
        tensors.matrix_product(A, WIDE)


SIZES = st.integers(1, 4)


def matrices(rows: int, columns: int) -> list[list[float]]:
    return [[float(i * columns + j) for j in range(columns)] for i in range(rows)]


@settings(max_examples=60)
@given(SIZES, SIZES, SIZES, SIZES)
def test_what_fits_is_what_pytorch_takes(n: int, k: int, m: int, j: int) -> None:
    a, b = matrices(n, k), matrices(m, j)
    both = torch.tensor(a), torch.tensor(b)
    for run, torchs in ((tensors.times, torch.mul), (tensors.matrix_product, lambda a, b: a @ b.T)):
        try:
            expected = torchs(*both)
        except RuntimeError:
            with pytest.raises(ShapeError):
                run(a, b)
            continue
        assert run(a, b).value == expected.tolist()


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[1.0, None]], "a has no number up to a million in row 1, column 2. Type one."),
        ([[1.0], [float("nan")]], "in row 2, column 1"),
        ([[1e7]], "in row 1, column 1"),
        ([[True]], "in row 1, column 1"),
        ([[1.0, 2.0], [3.0]], "rows of equal length"),
        ([], "needs 1 to 4 rows"),
        ([[]], "needs 1 to 4 rows"),
        ([[1.0] * 5], "1 to 4 numbers each"),
        ([[1.0]] * 5, "needs 1 to 4 rows"),
    ],
)
def test_what_is_no_matrix(matrix: Any, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        tensors.times(matrix, A)
    assert words in str(error.value)


def test_a_device_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert tensors.devices() == ["cpu"]
    with pytest.raises(ConfigError, match=r"^There is no device 'cuda' here\. Choose one of: cpu\.$"):
        tensors.times(A, B, "cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_graphics_card() -> None:
    for run in (tensors.times, tensors.row_sums, tensors.matrix_product, tensors.module):
        ran = run(A, B, "cuda")
        assert ran.device == "cuda:0"
        assert ran.value == run(A, B).value
    assert tensors.look_up(A, [1], "cuda").value == tensors.one_hot_product(A, [1], "cuda").value == [[3, 4]]
    assert tensors.sigmoid_range(0.0, 0.5, 5.0, "cuda").device == "cuda:0"
