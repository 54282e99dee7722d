"""The lesson's cells on the page: results beside the code that ran, and words where shapes do not fit."""

import numpy as np
import pytest


@pytest.fixture
def session(visitor):
    session = visitor()
    session.open("tensors")
    return session


def codes(session) -> list[str]:
    return [block.value for block in session.at.code]


def look_at(session, operation: str):
    session.at.button_group(key="operation").set_value(operation).run()
    assert not session.at.exception


@pytest.mark.parametrize(
    ("operation", "code", "printed"),
    [
        ("times", "a * b", "tensor([[ 2.,  4.],\n        [30., 40.]])"),
        ("row_sums", "(a * b).sum(1)", "tensor([ 6., 70.])"),
        ("matrix_product", "a @ b.T", "tensor([[ 6., 30.],\n        [14., 70.]])"),
        ("module", "model(a, b)", "tensor([ 6., 70.])"),
    ],
)
def test_the_lessons_numbers_beside_their_code(session, operation: str, code: str, printed: str) -> None:
    look_at(session, operation)
    result, ran = codes(session)
    assert (result, ran.splitlines()[-1]) == (printed, code)


def test_a_result_says_what_it_is(session) -> None:
    assert "Result. Shape: 2 × 2 · torch.float32 · on cpu" in session.says("caption").replace("*", "")


def test_one_hot_and_look_up_are_the_same_numbers(session) -> None:
    look_at(session, "look_up")
    assert "The same numbers." in session.says("markdown")
    assert codes(session).count("tensor([[3., 4.]])") == 2
    session.at.button_group(key="row_of_2").set_value(0).run()
    assert codes(session).count("tensor([[1., 2.]])") == 2
    assert "tensor([[1., 0.]])" in codes(session)


def test_shapes_that_do_not_fit_are_said_in_words_and_in_pytorchs(session) -> None:
    session.at.button_group(key="columns_b").set_value(3).run()
    assert "a is 2 × 2 and b is 2 × 3. Make the shapes equal; a side of length 1 would be" in session.says("error")
    assert "PyTorch says: The size of tensor a (2) must match the size of tensor b (3)" in session.says("error")
    look_at(session, "matrix_product")
    assert "Give b 2 columns. PyTorch says: mat1 and mat2 shapes cannot be multiplied" in session.says("error")


def test_rows_that_differ_leave_the_matrix_product(session) -> None:
    session.at.button_group(key="rows_b").set_value(4).run()
    look_at(session, "matrix_product")
    assert "tensor([[ 6., 30.,  3.,  3.],\n        [14., 70.,  7.,  7.]])" in codes(session)


def test_what_was_typed_is_there_again_after_another_operation(session) -> None:
    session.at.session_state["matrix_edited_a_2_3"] = np.array([[0.0, 2.0, 0.0], [3.0, 4.0, 0.0]])
    session.at.button_group(key="columns_a").set_value(3)
    session.at.button_group(key="columns_b").set_value(3)
    look_at(session, "row_sums")
    assert codes(session)[0] == "tensor([ 4., 70.])"


@pytest.mark.parametrize("size", [1, 4])
def test_all_sizes(session, size: int) -> None:
    for name in ("rows_a", "columns_a", "rows_b", "columns_b"):
        session.at.button_group(key=name).set_value(size)
    assert not session.at.run().exception
    for operation in ("row_sums", "matrix_product", "module", "look_up"):
        look_at(session, operation)
        assert not session.at.error
    assert "The same numbers." in session.says("markdown")


def test_the_sigmoid_range(session) -> None:
    look_at(session, "sigmoid")
    assert session.alt("sigmoid") == "The sigmoid from 0.5 to 5 stars; x = 0 becomes 2.750 stars."
    session.at.slider(key="sigmoid_x").set_value(1.0).run()
    assert session.alt("sigmoid") == "The sigmoid from 0.5 to 5 stars; x = 1 becomes 3.790 stars."
    assert "tensor(3.7898)" in codes(session)
