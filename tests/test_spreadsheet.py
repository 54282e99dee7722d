"""CSV that a spreadsheet may open: no text is a formula, and every text can be had back."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.spreadsheet import csv_of, guarded


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "'"])
def test_a_text_that_looks_like_a_formula_is_text(sign: str) -> None:
    text = f'{sign}1+1, "quoted"\nfilm'
    row = next(csv.DictReader(io.StringIO(csv_of(pd.DataFrame({"title": [text]})), newline="")))
    assert row["title"] == "'" + text


def test_other_text_and_negative_numbers_stay_as_they_are() -> None:
    titles = ["A = B", "ä", "x-y", "("]
    table = pd.DataFrame({"title": titles, "bias": -1.5, "year": pd.array([1, 2, None, 3], dtype="Int64")})
    back = pd.read_csv(io.StringIO(csv_of(table)))
    assert back["title"].tolist() == titles
    assert back["bias"].tolist() == [-1.5] * 4
    assert back["year"].isna().tolist() == [False, False, True, False]


def test_headings_are_guarded_too_and_categories() -> None:
    table = pd.DataFrame({"=1+1": pd.Categorical(["=2", "b"]), "n": [1, 2]})
    assert csv_of(table) == "'=1+1,n\n'=2,1\nb,2\n"
    assert csv_of(table, header=False) == "'=2,1\nb,2\n"


def test_times_are_iso_8601_and_lists_are_text() -> None:
    times = pd.to_datetime(["2026-01-02 03:04:05", None])
    table = pd.DataFrame({"time": times, "in_zone": times.tz_localize("UTC"), "n": [[1, 2.5], np.array([3])]})
    first = '2026-01-02T03:04:05,2026-01-02T03:04:05+00:00,"[1, 2.5]"'
    assert csv_of(table) == f"time,in_zone,n\n{first}\n,,[3]\n"


def test_columns_of_one_name_stay_apart() -> None:
    table = pd.DataFrame([["=a", 1], ["b", 2]], columns=["x", "x"])
    assert csv_of(table) == "x,x\n'=a,1\nb,2\n"


@given(st.text())
def test_taking_one_apostrophe_away_gives_any_text_back(text: str) -> None:
    shown = str(guarded(text))
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown.removeprefix("'") == text
