"""Both ways to read delimited rows give the same values."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.data.csv_rows import Records, fast_rows, slow_rows

FILE = Path("t.csv")


@settings(max_examples=300)
@given(
    st.text(st.sampled_from(['"', ",", ";", "\t", "\n", "\r", "a", " ", "\ufeff"]), max_size=40),
    st.sampled_from([",", ";", "\t"]),
)
def test_the_quick_way_reads_what_the_standard_library_reads(text, delimiter):
    data, wrong = text.encode(), []
    quick = fast_rows(data, 0, 2, delimiter)
    if quick is not None:
        slow = slow_rows(Records(FILE, data, delimiter), 2, wrong)
        assert not wrong
        assert quick.to_pydict() == slow.to_pydict()


@pytest.mark.parametrize("text", ['a,b\r\n"c\n""d",e\r\n', 'a,b\n"c",e', '"a","b"\n\n"",""\n'])
def test_ordinary_files_are_read_the_quick_way(text):
    assert fast_rows(text.encode(), 0, 2) is not None


def test_rows_of_another_width_are_told_by_line():
    wrong = []
    rows = slow_rows(Records(FILE, b'a,b\n\n"c\nd"\ne,f\ng,h,i\n'), 2, wrong)
    assert rows.to_pydict() == {"0": ["a", "e"], "1": ["b", "f"]}
    assert wrong == [(3, 1), (6, 3)]


def test_a_line_of_tabs_is_a_row_where_they_part_values():
    assert [row for _, row in Records(FILE, b"a\tb\n\t\n  \n", "\t")] == [["a", "b"], ["", ""]]
