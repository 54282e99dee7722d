"""What two processes tell each other about an import comes out as it went in."""

import json
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from cf_core.data.tables.as_json import (
    complaint_from_json,
    options_from_json,
    options_to_json,
    summary_from_json,
    understood_from_json,
    understood_to_json,
)
from cf_core.data.tables.options import Complaint, ImportOptions, ImportSummary, Roles
from cf_core.data.tables.understand import understand
from cf_core.words import Words

WORDS = Words("l'œuvre", "l'œuvres", "points")


def through_json(value):
    return json.loads(json.dumps(value))


@pytest.mark.parametrize(
    "options",
    [
        ImportOptions(),
        ImportOptions(Roles("a", "ü", "c", genres="d"), "mean", WORDS, Path("/tmp/titles.csv"), False, 17),
    ],
)
def test_options(options) -> None:
    assert options_from_json(through_json(options_to_json(options))) == options


def test_summary_and_complaint() -> None:
    summary = ImportSummary(5, 2, 3, 1, WORDS, ("Said.", "And this."))
    assert summary_from_json(through_json(asdict(summary))) == summary
    complaint = Complaint(None, "c", '"', "problem", "Cure.")
    assert complaint_from_json(through_json(asdict(complaint))) == complaint


@pytest.mark.parametrize(
    "text", ["user,item,rating\na,b,1\na,c,2\nb,b,5\n", "1;2;3;4\n1;3;4;5\n2;3;1;7\n", "x,y,z\nd,e,f\n"]
)
def test_what_is_understood(tmp_path, text) -> None:
    (tmp_path / "t.csv").write_text(text)
    before = understand(tmp_path / "t.csv")
    after = understood_from_json(through_json(understood_to_json(before)))
    pd.testing.assert_frame_equal(after.first_rows, before.first_rows, check_dtype=False)
    assert {**vars(after), "first_rows": None} == {**vars(before), "first_rows": None}
