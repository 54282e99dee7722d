import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cf_core.data.id_map import IdMap, index_ids
from cf_core.errors import UnknownIdError

INTEGERS = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1).map(np.array)
STRINGS = st.lists(st.text(), min_size=1).map(lambda texts: np.array(texts, dtype=object))


def test_index_is_the_order_of_first_appearance() -> None:
    index, unique = index_ids(np.array([31, 7, 31, 1029, 7]))
    assert unique.tolist() == [31, 7, 1029]
    assert index.tolist() == [0, 1, 0, 2, 1]
    assert index.dtype == np.int64
    ids = IdMap(unique, "item")
    assert (ids.ids.dtype, len(ids)) == (np.int64, 3)


@given(INTEGERS | STRINGS)
def test_ids_are_indexed_as_the_lesson_does(values: np.ndarray) -> None:
    raw = pd.Series(values)
    lesson_unique = raw.unique()
    to_index = {value: index for index, value in enumerate(lesson_unique)}
    index, unique = index_ids(raw)
    assert index.tolist() == raw.apply(lambda value: to_index[value]).tolist()
    assert unique.tolist() == lesson_unique.tolist()


@given(INTEGERS | STRINGS)
@example(np.array(["\0", "a\0"], dtype=object))
def test_raw_ids_come_back(raw: np.ndarray) -> None:
    index, unique = index_ids(raw)
    ids = IdMap(unique, "user")
    assert ids.raw_of(index).tolist() == raw.tolist()
    assert ids.index_of(raw).tolist() == index.tolist()
    assert ids.index_of(raw.tolist()).tolist() == index.tolist()
    assert ids.raw_of(np.arange(len(ids))).tolist() == list(dict.fromkeys(raw.tolist()))
    assert IdMap(ids.ids, "user") == ids


def test_strings_of_any_kind_become_python_strings() -> None:
    ids = IdMap(np.array(["b", "a"]), "user")
    assert ids.ids.dtype == object
    assert all(type(raw) is str for raw in ids.ids)


def test_shape_is_kept() -> None:
    ids = IdMap(np.array([5, 3]), "user")
    assert ids.index_of([[3, 5], [5, 5]]).tolist() == [[1, 0], [0, 0]]
    assert ids.raw_of([[1], [0]]).tolist() == [[3], [5]]
    assert ids.index_of(3) == 1
    assert ids.raw_of(1) == 3
    assert ids.index_of([]).shape == ids.raw_of([]).shape == (0,)


def test_unknown_ids_are_an_error_or_marked() -> None:
    ids = IdMap(np.array([31, 7]), "item")
    with pytest.raises(UnknownIdError, match=r"no movie with the id 99 \(2 in total\)\. Choose"):
        ids.index_of([31, 99, 100])
    assert ids.index_of([31, 99, 7], unknown="mark").tolist() == [0, -1, 1]


@pytest.mark.parametrize("raw", [["31"], [None], [31.5], [float("nan")], [True], [2**70]])
def test_another_type_is_another_id(raw: list[object]) -> None:
    assert IdMap(np.array([31, 1]), "item").index_of(raw, unknown="mark").tolist() == [-1]


def test_a_number_is_no_string_id() -> None:
    ids = IdMap(np.array(["007", "7"], dtype=object), "user")
    assert ids.index_of(["7", "007", 7], unknown="mark").tolist() == [1, 0, -1]


@pytest.mark.parametrize("index", [[-1], [2], [0, 5], [0.0], [True]])
def test_index_out_of_bounds(index: list[object]) -> None:
    with pytest.raises(UnknownIdError, match="Choose from 0 to 1"):
        IdMap(np.array([31, 7]), "item").raw_of(index)


def test_equal_by_ids_their_type_and_what_they_name() -> None:
    one = IdMap(np.array([1, 2]), "user")
    assert one == IdMap(np.array([1, 2], dtype=np.int32), "user")
    assert one != IdMap(np.array([2, 1]), "user")
    assert one != IdMap(np.array([1, 2]), "item")
    assert one != IdMap(np.array(["1", "2"], dtype=object), "user")
    assert one != [1, 2]


def test_ids_are_unique_and_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="unique"):
        IdMap(np.array([1, 1]), "user")
    given_ids = np.array([1, 2])
    ids = IdMap(given_ids, "user")
    given_ids[0] = 9
    assert ids.ids.tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        ids.ids[0] = 9


@pytest.mark.parametrize(("text", "raw"), [("31", 31), (" 31 ", 31), ("-7", -7), ("0031", 31)])
def test_numbers_read_from_text(text: str, raw: int) -> None:
    assert IdMap(np.array([31, -7]), "item").read(text) == raw


def test_names_are_read_as_they_stand() -> None:
    ids = IdMap(np.array(["31", " x"], dtype=object), "item")
    assert (ids.read("31"), ids.read(" x")) == ("31", " x")


@pytest.mark.parametrize("text", ["", "Shawshank", "--5", "²", "3.1", "99999999999999999999", "32"])
def test_text_that_is_no_id(text: str) -> None:
    with pytest.raises(UnknownIdError, match="no movie with the id"):
        IdMap(np.array([31]), "item").read(text)


def test_what_is_in_it() -> None:
    numbers, texts = IdMap(np.array([7, 5]), "user"), IdMap(np.array(["7", "b"]), "item")
    assert [one in numbers for one in (7, 5, 6, "7", None)] == [True, True, False, False, False]
    assert [one in texts for one in ("7", "b", 7, None)] == [True, True, False, False]
