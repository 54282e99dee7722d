"""The lesson's cells on the page: results beside the code that ran, and words where shapes do not fit."""

import pytest


@pytest.fixture
def session(visitor):
    session = visitor()
    session.open("tensors")
    return session


def codes(session) -> list[str]:
    return [block.value for block in session.at.code]


def test_the_lessons_numbers_beside_their_code(session) -> None:
    shown = codes(session)
    for code, printed in (
        ("a * b", "tensor([[ 2.,  4.],\n        [30., 40.]])"),
        ("(a * b).sum(1)", "tensor([ 6., 70.])"),
        ("a @ b.T", "tensor([[ 6., 30.],\n        [14., 70.]])"),
        ("model(a, b)", "tensor([ 6., 70.])"),
    ):
        (place,) = (i for i, text in enumerate(shown) if text.splitlines()[-1] == code)
        assert shown[place + 1] == printed
    assert "Shape: 2 × 2 · torch.float32 · on cpu" in session.says("caption")


def test_what_the_device_is(session) -> None:
    assert session.at.button_group(key="device").value == "cpu"


def test_one_hot_and_look_up_are_the_same_numbers(session) -> None:
    assert session.says("success") == "The same numbers."
    assert codes(session).count("tensor([[3., 4.]])") == 2
    session.at.button_group(key="row_of_2").set_value(0).run()
    assert codes(session).count("tensor([[1., 2.]])") == 2
    assert "tensor([[1., 0.]])" in codes(session)


def test_shapes_that_do_not_fit_are_said_in_words(session) -> None:
    session.at.button_group(key="columns_b").set_value(3).run()
    assert session.says("error").count("a is 2 × 2 and b is 2 × 3. Make the shapes equal") == 3
    assert "Give b 2 columns." in session.says("error")
    assert session.says("success") == "The same numbers."


def test_rows_that_differ_leave_the_matrix_product(session) -> None:
    session.at.button_group(key="rows_b").set_value(4).run()
    assert "tensor([[ 6., 30.,  3.,  3.],\n        [14., 70.,  7.,  7.]])" in codes(session)


@pytest.mark.parametrize("size", [1, 4])
def test_all_sizes(session, size: int) -> None:
    for name in ("rows_a", "columns_a", "rows_b", "columns_b"):
        session.at.button_group(key=name).set_value(size)
    assert not session.at.run().exception
    assert not session.at.error
    assert session.says("success") == "The same numbers."


def test_the_sigmoid_range(session) -> None:
    assert session.alt("sigmoid") == "The sigmoid from 0.5 to 5 stars; x = 0 becomes 2.750 stars."
    session.at.slider(key="sigmoid_x").set_value(1.0).run()
    assert session.alt("sigmoid") == "The sigmoid from 0.5 to 5 stars; x = 1 becomes 3.790 stars."
    assert "tensor(3.7898)" in codes(session)
