"""CSV that a spreadsheet may open: no text is a formula, and every text can be had back."""

import csv
import io

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


@given(st.text())
def test_taking_one_apostrophe_away_gives_any_text_back(text: str) -> None:
    shown = str(guarded(text))
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown.removeprefix("'") == text
