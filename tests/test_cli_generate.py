"""The command `generate`: fields, exit statuses, one line on standard error, and a data set that the others take."""

import json

import pytest
from safetensors import SafetensorError

from cf_core.__main__ import main
from cf_core.data.made_up import files
from cf_core.data.made_up.files import read_planted
from cf_core.data.made_up.options import MadeUpOptions
from cf_core.data.reading import read_ratings

SMALL = ("--users", "60", "--items", "40", "--ratings", "900", "--factors", "2")


@pytest.fixture
def cli(capsys, tmp_path, monkeypatch):
    """`cli("--name", "mine")` gives exit status, output and errors; data sets go to `tmp_path`."""
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path))

    def call(*options):
        status = main(["generate", *options])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_one_line_for_machines(cli, tmp_path):
    status, out, err = cli("--name", "mine", *SMALL, "--json")
    (line,) = map(json.loads, out.splitlines())
    assert (status, err) == (0, "")
    assert list(line) == [
        *("event", "folder", "n_users", "n_items", "n_ratings", "n_factors", "noise_floor", "strengths")
    ]
    assert (line["event"], line["folder"]) == ("generated", str(tmp_path / "mine"))
    assert (line["n_users"], line["n_items"], line["n_ratings"], line["n_factors"]) == (60, 40, 900, 2)
    assert line["strengths"] == pytest.approx([0.7 * 0.8, 0.7 * 0.6])
    assert 0.4 < line["noise_floor"] < 0.6


def test_every_option_reaches_the_data_set(cli, tmp_path):
    more = "--noise 0.2 --factor-spread 0.9 --factor-decay 0.5 --user-spread 0.1 --item-spread 0.2 --popularity-skew 1"
    more += " --activity-skew 0.8 --liking 1.5 --lowest 1 --highest 7 --step 1 --seed 9"
    assert cli("--name", "mine", *SMALL, *more.split())[0] == 0
    assert read_planted(tmp_path / "mine").options == MadeUpOptions(
        n_factors=2,
        noise=0.2,
        n_ratings=900,
        n_users=60,
        n_items=40,
        factor_spread=0.9,
        factor_decay=0.5,
        user_spread=0.1,
        item_spread=0.2,
        popularity_skew=1.0,
        activity_skew=0.8,
        liking=1.5,
        lowest=1.0,
        highest=7.0,
        step=1.0,
        seed=9,
    )
    assert read_ratings(tmp_path / "mine").words.unit == "points"


def test_people_are_told_the_floor_and_how_to_go_on(cli, tmp_path, capsys):
    status, out, _ = cli("--name", "mine", *SMALL)
    assert status == 0
    assert "900 ratings of 60 users for 40 items, with 2 factors planted" in out
    assert f"train --data '{tmp_path / 'mine'}' --recipe fast --set n_factors=2" in out
    assert main(["crosstab", "--data", str(tmp_path / "mine"), "--csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 16


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--name", "../x"), "name"),
        (("--name", ""), "name"),
        (("--name", "mine", "--noise", "much"), "--noise much: this is not a number"),
        (("--name", "mine", "--users", "2.5"), "--users 2.5: this is not a whole number"),
        (("--name", "mine", "--noise", "nan"), "noise=nan is out of range"),
        (("--name", "mine", "--ratings", "10"), "n_ratings=10 is out of range"),
        ((), "--name"),
    ],
)
def test_bad_input_exits_2_with_one_line_and_leaves_nothing(cli, tmp_path, options, says):
    status, out, err = cli(*options)
    assert (status, out) == (2, "")
    assert says in err and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_stays_what_it_was(cli, tmp_path):
    cli("--name", "mine", *SMALL)
    before = (tmp_path / "mine" / "ratings.csv").read_bytes()
    status, _, err = cli("--name", "mine", *SMALL, "--seed", "1")
    assert status == 2 and "taken" in err
    assert (tmp_path / "mine" / "ratings.csv").read_bytes() == before


@pytest.mark.parametrize("error", [SafetensorError("no space left"), OSError(28, "no space left")])
def test_half_a_data_set_never_appears(cli, tmp_path, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(files, "save_file", fail)
    status, _, err = cli("--name", "mine", *SMALL)
    assert status == 2 and "no space left" in err and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
