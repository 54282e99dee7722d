"""The quick way through a CSV file comes to what `csv.reader` makes of it, whatever the quotes do."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.data import csv_rows, csv_table
from cf_core.data.contents import Contents
from cf_core.data.csv_table import CsvTable, read_csv_table
from cf_core.errors import BadValueError, DataFormatError

FILE = Path("table.csv")
HEADERS = st.sampled_from(["a,b,c", '"a","b","c"', '\n"a\nb",b,a', '"a,b",b,c', 'a,"b\r\n""x""",b'])
PIECES = st.sampled_from(
    ['"', '""', '"""', ",", "\n", "\r\n", "\r", '","', '"\n"', " ", "é", "1", "x,y,z\n", '"p","q","r"\n']
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)
VALUES = st.text(st.sampled_from('ab",\n\r é'), max_size=5)


def read(text: str) -> CsvTable:
    header = next(row for row in csv.reader(io.StringIO(text, newline="")) if row)
    return read_csv_table(Contents(FILE, text.encode()), required=tuple(header))


def by_csv_reader(text: str) -> list[list[str]] | None:
    """The rows below the header; None where they are refused."""
    lines, rows, last = iter(io.StringIO(text, newline="")), [], [""]

    def remembered():
        for line in lines:
            last[0] = line
            yield line

    try:
        for row in csv.reader(remembered(), strict=True):
            if last[0].strip(" \t\r\n"):
                rows.append(row)
    except csv.Error:
        return None
    is_right = len(rows) > 1 and all(len(row) == len(rows[0]) for row in rows)
    return rows[1:] if is_right else None


def check(text: str) -> None:
    expected = by_csv_reader(text)
    try:
        found = read(text).frame.to_numpy().tolist()
    except DataFormatError:
        found = None
    assert found == expected


@settings(max_examples=1_000)
@given(HEADERS, TEXTS)
def test_any_text_is_read_as_csv_reader_reads_it(header: str, text: str) -> None:
    check(f"{header}\n{text}")


@settings(max_examples=300)
@given(
    st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=8),
    st.sampled_from([(csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r"), (csv.QUOTE_MINIMAL, "\r\n")]),
    st.integers(1, 9),
)
def test_what_a_writer_writes_comes_back_on_the_quick_way(
    rows: list[tuple[str, str, str]], style: tuple[int, str], bytes_at_once: int
) -> None:
    (quoting, newline), stream = style, io.StringIO(newline="")
    csv.writer(stream, quoting=quoting, lineterminator=newline).writerows([("a", "b", "c"), *rows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_table, "_rows", lambda *_: pytest.fail("csv.reader was needed"))
        patch.setattr(csv_rows, "_BYTES_AT_ONCE", bytes_at_once)
        found = read(stream.getvalue()).frame.to_numpy().tolist()
    assert found == [list(row) for row in rows]


def test_a_row_that_begins_on_a_later_line() -> None:
    table = read('a,b\n"x\n\ny",1\n\n"z",2\n"",3\n')
    assert [table.line_of(row) for row in range(3)] == [2, 6, 7]


def test_values_as_long_as_csv_reader_allows() -> None:
    longest = "é" * csv.field_size_limit()
    assert read(f'a,b\n"{longest}",1\n').frame.iloc[0, 0] == longest
    with pytest.raises(BadValueError, match="a value of more than 131,072 characters") as caught:
        read(f'a,b\n"1",1\n"{longest}é",1\n')
    assert caught.value.line == 3
