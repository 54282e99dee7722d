"""Plain files are read in blocks to the same columns as by the reader of text, and all others are left to that."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.data import checks
from cf_core.data import number_table as module
from cf_core.data.checks import _has_repeated
from cf_core.data.contents import Contents
from cf_core.data.csv_table import read_csv_table
from cf_core.data.formats.movielens import COLUMNS
from cf_core.data.number_table import RatingColumns, read_number_table
from cf_core.data.source import Folder

HEADER = b"userId,movieId,rating,timestamp\n"
ROWS = b"1,31,2.5,1260759144\n1,1029,3.0,0\n-2,31,4,-5\n3,9223372036,0.5,99999999999\n"


def read(folder: Path, data: bytes, report=lambda _: None) -> RatingColumns | None:
    (folder / "ratings.csv").write_bytes(data)
    return read_number_table(Folder(folder), "ratings.csv", COLUMNS, report)


def texts(columns: RatingColumns) -> list[list[str]]:
    """Every value of the file, by column."""
    every = [column for column in columns[:4] if column is not None]
    return [[column.value(row) for row in range(len(column.indexed[0]))] for column in every]


def as_text(folder: Path) -> list[list[str]]:
    table = read_csv_table(Contents.of(Folder(folder), "ratings.csv"), COLUMNS[:3], COLUMNS[3:])
    return [table.column(name).text.tolist() for name in COLUMNS if name in table.header]


@pytest.mark.parametrize(
    "data",
    [
        HEADER + ROWS,
        HEADER + ROWS[:-1],
        (HEADER + ROWS).replace(b"\n", b"\r\n"),
        (HEADER + ROWS).replace(b"\n", b"\r\n")[:-2],
        b"movieId,userId,rating\n10,1,5\n11,1,4\n",
        HEADER + b"1,10, ,5\n2,10,nan,6\n",  # any rating: the checks say what is wrong with it
        HEADER + b"7,10,3.5,1",
    ],
)
@pytest.mark.parametrize("block", [5, 33, 2**25])
def test_plain_files_are_read_as_the_other_reader_does(tmp_path, monkeypatch, data: bytes, block: int) -> None:
    monkeypatch.setattr(module, "BLOCK", max(block, len(data.split(b"\n")[0]) + 1))
    found = read(tmp_path, data)
    assert found is not None
    assert texts(found) == as_text(tmp_path)
    lines = [found.rating.line_of(row) for row in range(len(found.rating.indexed[0]))]
    assert lines == list(range(2, 2 + len(lines)))


@pytest.mark.parametrize(
    "row",
    [
        b"007,10,3,1", b"1,010,3,1", b"1,10,3,01", b"+1,10,3,1", b" 1,10,3,1", b"1,10 ,3,1", b"-0,10,3,1", b"1,-01,3,1",
        b'"1",10,3,1', b'1,10,"3",1', b"1,10,3,", b",10,3,1", b"1,10,3", b"1,10,3,1,2", b"", b"a,10,3,1", b"1,10,3,1.0",
        b"0xFFFFFFFFFFFF,10,3,1", b"1,10,3,1\r", b"1,10,3,1\r1,11,3,1", b"1,10,\xc3\xa9,1", b"1,10,\0,1", b"   ",
        b"9223372036854775808,10,3,1", b"-9223372036854775808,10,3,1", b"NA,10,3,1",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_other_reader(tmp_path, row: bytes) -> None:
    assert read(tmp_path, HEADER + b"1,31,2.5,9\n" + row + b"\n2,31,4,9\n") is None


@pytest.mark.parametrize(
    "header",
    [b"", b"\n", b"userId,movieId\n", b"\xef\xbb\xbf" + HEADER, HEADER.replace(b"rating", b"Rating"), HEADER[:-1],
     b'"userId",movieId,rating\n', b"userId,movieId,rating,timestamp,x\n", b"userId,movieId,rating,rating\n"],
)  # fmt: skip
def test_so_is_any_other_header(tmp_path, header: bytes) -> None:
    assert read(tmp_path, header + ROWS) is None
    assert read(tmp_path, HEADER) is None


numbers = st.integers(-(10**18), 10**18)


@settings(max_examples=60)
@given(st.lists(st.tuples(numbers, numbers, st.floats(0, 5), numbers), min_size=1, max_size=20), st.integers(40, 200))
def test_any_numbers_in_blocks_of_any_size(tmp_path_factory, rows, block: int) -> None:
    folder = tmp_path_factory.mktemp("plain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        found = read(folder, HEADER + "".join(f"{u},{i},{r},{t}\n" for u, i, r, t in rows).encode())
    assert found is not None
    assert texts(found) == as_text(folder)
    index, users = found.user_id.indexed
    assert users.tolist() == [str(user) for user in dict.fromkeys(row[0] for row in rows)]
    assert index.dtype == np.int64


def test_it_tells_how_far_it_is(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 40)
    told: list[float] = []
    read(tmp_path, HEADER + ROWS, told.append)
    assert told == sorted(told) and len(told) > 1
    assert (0 < told[0] < 1, told[-1]) == (True, 1)


def test_ratings_of_too_many_values_are_left_to_the_other_reader(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "_MOST_RATINGS", 3)
    assert read(tmp_path, HEADER + ROWS) is None
    assert read(tmp_path, HEADER + ROWS.replace(b"0.5", b"4")) is not None


pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=9)


@given(pairs, st.booleans())
def test_a_pair_that_occurs_again_is_found_with_and_without_an_order(rows, in_order: bool) -> None:
    user, item = np.array(sorted(rows) if in_order else rows).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "_SORTED_UP_TO", 0)
        assert _has_repeated(user, item, 4, 5) == (len(set(rows)) < len(rows))
