"""What the command beside this file does with the split, with libraries that fail, and with pip's refusals."""

import subprocess
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks import peers
from tests.benchmarks.rivals import contest, environments


def test_the_libraries_get_the_lessons_rows(tmp_path, split):
    peers.write_split(split, tmp_path / "split.npz")
    train, valid, sizes = contest.read(tmp_path / "split.npz")
    ratings = split.ratings
    assert (len(train.rating), len(valid.rating), sizes) == (80_004, 20_000, (671, 9_066))
    for part, rows in ((train, split.train_rows), (valid, split.valid_rows)):
        assert (part.user_idx == ratings.user_idx[rows]).all()
        assert (part.item_idx == ratings.item_idx[rows]).all()
        assert (part.rating == ratings.rating[rows]).all()


def test_errors_are_those_of_clipped_predictions():
    rmse, mae = contest.errors(np.array([7.0, -1.0, 3.0]), np.array([5.0, 1.5, 4.0], dtype=np.float32))
    assert rmse == pytest.approx(sqrt((0 + 1 + 1) / 3))
    assert mae == pytest.approx(2 / 3)


@pytest.mark.parametrize("predicted", [[3.0, np.nan], [3.0]])
def test_a_rating_without_a_prediction_is_an_error(predicted):
    with pytest.raises(ValueError, match="predictions for 2 ratings"):
        contest.errors(np.array(predicted), np.array([3.0, 4.0]))


def test_what_pip_refuses_is_told_and_tried_again(tmp_path, monkeypatch):
    calls = []

    def run(command, **_):
        calls.append(command)
        refused = "install" in command and len(calls) < 3
        return subprocess.CompletedProcess(
            command, int(refused), "", "Collecting it\nERROR: no such release\nnotice: new"
        )

    monkeypatch.setattr(environments.subprocess, "run", run)
    (tmp_path / "it").mkdir()
    with pytest.raises(environments.NotInstalled, match=r"^ERROR: no such release$"):
        environments.python_of("it", ("it==1",), tmp_path)
    assert environments.python_of("it", ("it==1",), tmp_path) == tmp_path / "it" / "bin" / "python"
    assert len(calls) == 4
    environments.python_of("it", ("it==1",), tmp_path)
    assert len(calls) == 4  # there already
    environments.python_of("it", ("it==2",), tmp_path)
    assert len(calls) == 6  # another release


def test_a_turn_that_fails_is_told_and_the_rest_goes_on(monkeypatch, capsys):
    result = peers.Result("1", 0.87, 0.67, 0.4, 0.4, 0.1, None, 100.0)
    failing, fine = peers.Turn("cmfrec", "default", "cmfrec"), peers.Turn("cornac", "default", "Cornac")

    def take(turn, python, file):
        if turn == failing:
            raise peers.TurnFailed("ImportError: no BLAS")
        return result

    monkeypatch.setattr(peers, "take", take)
    pythons = dict.fromkeys(("cmfrec", "cornac", peers.OURS), Path("python"))
    results = peers.rounds([peers.FAST, failing, fine], pythons, Path("split.npz"), 2)
    assert results == {peers.FAST: [result] * 2, fine: [result] * 2}
    assert capsys.readouterr().out == "cmfrec failed: ImportError: no BLAS\n"
