"""The command `import`: fields, exit statuses, one line on standard error."""

import json

import pytest

from cf_core.__main__ import main
from cf_core.data.reading import read_ratings


@pytest.fixture
def cli(capsys, tmp_path, monkeypatch):
    """`cli("table.csv", "--name", "mine")` gives exit status, output and errors; data sets go to `tmp_path/data`."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "data"))
    (tmp_path / "t.csv").write_text("reader,book,score,plays\na,x,5,9\na,y,1,8\nb,x,4,7\n")

    def call(*options):
        status = main(["import", str(tmp_path / "t.csv"), *options])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_a_line_per_report_for_machines(cli, tmp_path):
    status, out, _ = cli("--name", "mine", "--json")
    first, *steps, last = map(json.loads, out.splitlines())
    assert status == 0
    assert (first["event"], first["roles"]) == ("understood", {"user": "reader", "item": "book", "rating": "score"})
    assert {step["event"] for step in steps} == {"progress"}
    assert [step["done"] for step in steps] == sorted(step["done"] for step in steps)
    assert steps[-1]["done"] == steps[-1]["total"]
    assert last == {
        "event": "imported",
        "folder": str(tmp_path / "data" / "mine"),
        "n_ratings": 3,
        "n_users": 2,
        "n_items": 2,
        "n_repeated": 0,
        "words": {"item": "book", "items": "books", "unit": "stars"},
        "notes": [],
    }


def test_what_was_understood_and_written_for_people(cli, tmp_path):
    status, out, err = cli("--name", "mine", "--rating", "plays", "--item-word", "poem")
    assert (status, err) == (0, "")
    assert "rating: plays" in out
    assert "3 ratings of 2 poems by 2 users" in out
    ratings = read_ratings(tmp_path / "data" / "mine")
    assert (ratings.rating.tolist(), ratings.words.unit) == ([9, 8, 7], "points")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--name", "../x"], "name"),
        (["--name", "a/b"], "name"),
        (["--name", ".hidden"], "name"),
        (["--name", "mine", "--user", "nobody"], "nobody"),
        (["--name", "mine", "--user", "book", "--item", "book"], "different columns"),
        (["--name", "mine", "--repeated", "first"], "invalid choice"),
        (["--name", "mine", "--titles", "nowhere.csv"], "cannot be opened"),
        (["--name", "mine", "--items-word", "poems"], "--item-word"),
        (["--name", "mine", "--item-word", "1"], "noun"),
        (["--name", "mine", "--header", "--no-header"], "not allowed with"),
    ],
)
def test_bad_input_is_one_line_and_status_2(cli, options, says, tmp_path):
    status, _, err = cli(*options)
    assert status == 2
    assert says in err and err.count("\n") == 1
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize(
    ("table", "flag", "n_ratings"),
    [
        ("7,rating,5\n8,x,1\n8,rating,4\n", [], 3),
        ("7,rating,5\n8,x,1\n8,rating,4\n9,x,4\n", ["--header"], 3),
        ("user,rating,5\nb,x,1\nb,rating,4\n", ["--no-header"], 3),
    ],
)
def test_whether_there_is_a_header_can_be_said(cli, tmp_path, table, flag, n_ratings):
    (tmp_path / "t.csv").write_text(table)
    columns = ("7", "rating", "5") if flag == ["--header"] else ("column 1", "column 2", "column 3")
    roles = [part for pair in zip(("--user", "--item", "--rating"), columns, strict=True) for part in pair]
    status, _, err = cli("--name", "mine", *roles, *flag)
    assert (status, err) == (0, "")
    assert read_ratings(tmp_path / "data" / "mine").n_ratings == n_ratings


def test_a_name_that_is_taken_is_refused(cli):
    assert cli("--name", "mine")[0] == 0
    status, _, err = cli("--name", "mine")
    assert (status, "taken" in err) == (2, True)
