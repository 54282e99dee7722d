"""The command `sweep`: the lines that it promises, what it refuses, and going on after a signal."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cf_core.__main__ import main
from cf_core.environment import PROJECT
from cf_core.runs.store.run_store import RunStore
from tests.tiny import write_tiny_data

VARY = ["--vary", "learning_rate=0.001:0.1:log", "--vary", "n_factors=2,4"]
SWEEP = ["--recipe", "fast", "--epochs", "2", "--set", "batch_size=16", "--device", "cpu"]


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return write_tiny_data(tmp_path_factory.mktemp("tiny"), n_items=40)


@pytest.fixture
def cli(capsys, tmp_path, data):
    """`cli("--trials", "3")` gives exit status, output and errors of `sweep`; runs are those of the test."""

    def call(*argv: str) -> tuple[int, str, str]:
        where = [] if "--resume" in argv else ["--data", str(data)]
        status = main(["sweep", *where, "--runs", str(tmp_path / "runs"), *argv])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def objects(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_a_trial_and_a_last_one(cli, tmp_path):
    status, out, err = cli(*SWEEP, *VARY, "--trials", "3", "--json")
    *trials, last = objects(out)
    assert (status, err) == (0, "")
    assert [list(trial) for trial in trials] == [["event", "run_id", "settings", "inner_rmse", "state"]] * 3
    assert {trial["event"] for trial in trials} == {"trial_ended"}
    assert [list(trial["settings"]) for trial in trials] == [["learning_rate", "n_factors"]] * 3
    assert list(last) == ["event", "best_run_id", "settings", "rmse"] and last["event"] == "sweep_ended"
    assert last["settings"] == min(trials, key=lambda trial: trial["inner_rmse"])["settings"]
    store = RunStore(tmp_path / "runs")
    winner = store.get(last["best_run_id"])
    assert winner.rmse == last["rmse"] != min(trial["inner_rmse"] for trial in trials)
    assert (winner.spec.config.n_epochs, winner.spec.config.batch_size) == (2, 16)
    assert store.runs() == [winner]


def test_a_winner_goes_to_another_lab_and_a_trial_does_not(cli, tmp_path, data, capsys):
    *trials, last = objects(cli(*SWEEP, *VARY, "--trials", "2", "--json")[1])
    export = ["export", last["best_run_id"], "--runs", str(tmp_path / "runs"), "--to", str(tmp_path / "export")]
    assert main(export) == 0
    assert main(["import-run", str(tmp_path / "export"), "--data", str(data), "--runs", str(tmp_path / "other")]) == 0
    (arrived,) = RunStore(tmp_path / "other").runs()
    assert (arrived.rmse, arrived.spec.sweep) == (last["rmse"], None)
    export[1], export[-1] = trials[0]["run_id"], str(tmp_path / "trial")
    assert main(export) == 2
    assert "is a trial of a sweep and has no model" in capsys.readouterr().err


def test_a_grid_goes_in_order(cli):
    lines = objects(cli(*SWEEP, "--vary", "n_factors=2:6", "--method", "grid", "--trials", "3", "--json")[1])
    assert [line["settings"]["n_factors"] for line in lines[:-1]] == [2, 4, 6]


def test_people_read_which_trial_won_and_by_what(cli):
    status, out, err = cli(*SWEEP, *VARY, "--trials", "2")
    assert (status, err) == (0, "")
    assert "2 trials by tpe." in out and "inner split of the training ratings" in out
    assert "trial   2 of 2   RMSE " in out
    assert "on the inner split, by which it was chosen." in out and "on the validation ratings, which had no say" in out
    assert "Go on with: python -m cf_core leaderboard fast-" in out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (VARY, "A sweep needs a --recipe and something to --vary"),
        (SWEEP, "A sweep needs a --recipe and something to --vary"),
        ([*SWEEP, "--vary", "n_factors"], "this is not KEY=LOW:HIGH"),
        ([*SWEEP, "--vary", "rate=1:2"], "There is no setting 'rate'"),
        ([*SWEEP, "--vary", "n_hidden=1:2"], "n_hidden has no effect on a run of 'fast'"),
        ([*SWEEP, "--vary", "batch_size=8:16"], "batch_size is both set and varied"),
        ([*SWEEP, "--vary", "n_epochs=1:3"], "n_epochs is both set and varied"),
        ([*SWEEP, *VARY, "--method", "best"], "Choose one of: tpe, random, grid"),
        ([*SWEEP, *VARY, "--method", "grid", "--trials", "3"], "has 4 points, more than 3 trials"),
        ([*SWEEP, *VARY, "--trials", "0"], "not a whole number from 1"),
        ([*SWEEP, *VARY, "--trials", "5000"], "trials=5000 is out of range"),
        ([*SWEEP, *VARY, "--minutes", "-1"], "minutes=-1.0 is out of range"),
        ([*SWEEP, *VARY, "--seed", "x"], "invalid int value"),
        ([*SWEEP, *VARY, "--device", "tpu"], "There is no device 'tpu'"),
        (["--recipe", "none", *VARY], "There is no recipe 'none'"),
        (["--resume", "sweep-x", *VARY], "Give --runs and --json with it alone"),
        (["--resume", "sweep-x"], "no such folder of runs"),
    ],
)
def test_bad_input_is_one_line_and_makes_nothing(cli, tmp_path, argv, message):
    status, out, err = cli(*argv)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert not (tmp_path / "runs").exists()


def test_a_sweep_that_nobody_knows(cli):
    cli(*SWEEP, *VARY, "--trials", "1")
    status, _, err = cli("--resume", "sweep-x")
    assert status == 2 and "There is no sweep 'sweep-x'" in err and "Sweeps here are: sweep-fast-" in err


def test_no_trial_that_finishes_is_status_1(cli):
    diverging = ["--recipe", "notebook-dot", "--epochs", "2", "--vary", "learning_rate=99,100", "--method", "grid"]
    status, out, err = cli(*diverging, "--json")
    assert status == 1
    assert [line["state"] for line in objects(out)] == ["diverged", "diverged"]
    assert "None of the 2 trials" in err and err.count("\n") == 1


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_it_cleanly_and_the_same_command_goes_on(data, tmp_path, cli, number, status):
    argv = ["--recipe", "fast", "--epochs", "60", "--set", "batch_size=4", *VARY, "--trials", "3", "--json"]
    command = [sys.executable, "-m", "cf_core", "sweep", "--data", str(data), "--runs", str(tmp_path / "runs"), *argv]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = json.loads(process.stdout.readline())
    process.send_signal(number)
    rest, err = process.communicate(timeout=300)
    assert process.returncode == status
    assert "The sweep is interrupted. Go on with: python -m cf_core sweep --resume sweep-fast-" in err
    store = RunStore(tmp_path / "runs")
    (sweep,) = store.sweeps.all("")
    assert store.runs_of_sweep(sweep.sweep_id)[-1].outcome == "interrupted"

    *more, last = objects(cli(*argv)[1] if number == signal.SIGINT else cli("--resume", sweep.sweep_id, "--json")[1])
    assert store.sweeps.all("") == [sweep]
    trials = [first, *objects(rest), *more]
    assert [trial["run_id"] for trial in trials] == [run.run_id for run in store.runs_of_sweep(sweep.sweep_id)][:3]
    assert last["settings"] == min(trials, key=lambda trial: trial["inner_rmse"])["settings"]
    assert os.path.isdir(tmp_path / "runs" / last["best_run_id"])


def test_a_sweep_that_has_ended_is_not_gone_on_with(cli):
    first, second = (objects(cli(*SWEEP, *VARY, "--trials", "2", "--json")[1]) for _ in range(2))
    assert len(second) == 3
    assert {line["run_id"] for line in first[:2]}.isdisjoint(line["run_id"] for line in second[:2])
    assert [line["inner_rmse"] for line in first[:2]] == [line["inner_rmse"] for line in second[:2]]
    assert (first[2]["settings"], first[2]["rmse"]) == (second[2]["settings"], second[2]["rmse"])
