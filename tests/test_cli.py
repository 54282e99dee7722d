"""The command line is the contract for machines: fields, exit statuses, one line on standard error."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from cf_core.__main__ import main
from cf_core.data.reading import EMBEDDED
from cf_core.runs.store.run_store import RunStore
from cf_core.training.events import BatchEnded
from tests.runs.same_numbers import differences, numbers_of

PROJECT = Path(__file__).parents[1]
EPOCH_FIELDS = ["event", "epoch", "phase", "train_loss", "valid_loss", "rmse", "mae", "learning_rate", "seconds"]
EPOCH_FIELDS += ["ratings_per_second"]
BUSIEST = [15, 30, 73, 212, 213, 294, 311, 380, 452, 468, 509, 547, 564, 580, 624]
MOST_RATED = [1, 110, 260, 296, 318, 356, 480, 527, 589, 593, 608, 1196, 1198, 1270, 2571]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with one finished run of two epochs, and what training it printed."""
    return tmp_path_factory.mktemp("cli") / "runs"


@pytest.fixture(scope="module")
def trained(folder):
    """What `train --json` says, as one object a line."""
    command = [sys.executable, "-m", "cf_core", "train", "--recipe", "fast", "--epochs", "2", "--seed", "3", "--json"]
    process = subprocess.run(
        [*command, "--runs", str(folder)], cwd=PROJECT, capture_output=True, text=True, timeout=300
    )
    assert (process.returncode, process.stderr) == (0, "")
    return [json.loads(line) for line in process.stdout.splitlines()]


@pytest.fixture
def cli(capsys, folder):
    """`cli("runs", "--json")` gives exit status, output and errors; runs are those of the module."""

    def call(*argv, runs=folder):
        reads_runs = {"train", "resume", "leaderboard", "project", "recommend", "evaluate", "runs", "health"}
        needs_runs = argv[0] in reads_runs
        status = main([*argv, "--runs", str(runs)] if needs_runs else argv)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def objects(text):
    return [json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} in JSON")) for line in text.splitlines()]


def test_train_gives_a_line_an_epoch_and_a_last_one(trained):
    *epochs, last = trained
    assert [list(record) for record in epochs] == [EPOCH_FIELDS] * 2
    assert [(record["event"], record["epoch"], record["phase"]) for record in epochs] == [
        ("epoch_ended", 1, 1),
        ("epoch_ended", 2, 1),
    ]
    assert epochs[1]["rmse"] == pytest.approx(epochs[1]["valid_loss"] ** 0.5)
    assert 0.8 < epochs[1]["rmse"] < 1.0
    assert list(last) == ["event", "outcome", "run_id", "seconds"]
    assert (last["event"], last["outcome"]) == ("fit_ended", "finished")


def test_runs_lists_what_was_trained(cli, trained):
    status, out, _ = cli("runs", "--json")
    assert status == 0
    record = objects(out)[-1]
    assert list(record) == ["run_id", "recipe", "outcome", "created", "epochs", "valid_loss", "rmse"]
    assert (record["run_id"], record["recipe"], record["outcome"]) == (trained[-1]["run_id"], "fast", "finished")
    assert (record["epochs"], record["valid_loss"]) == (2, trained[-2]["valid_loss"])
    assert datetime.fromisoformat(record["created"]).utcoffset().total_seconds() == 0


def test_a_folder_without_runs_lists_none_and_is_not_made(cli, tmp_path):
    assert cli("runs", "--json", runs=tmp_path / "none") == (0, "", "")
    assert "train --recipe" in cli("runs", runs=tmp_path / "none")[1]
    assert not (tmp_path / "none").exists()


def test_the_leaderboard_has_its_fields_in_rank_order(cli, trained):
    status, out, err = cli("leaderboard", trained[-1]["run_id"], "--top", "5", "--popular", "500", "--json")
    board = objects(out)
    assert (status, err) == (0, "")
    assert [list(row) for row in board] == [["rank", "item_id", "title", "bias", "n_ratings", "mean_rating"]] * 5
    assert [row["rank"] for row in board] == [1, 2, 3, 4, 5]
    assert [row["bias"] for row in board] == sorted((row["bias"] for row in board), reverse=True)
    worst = objects(cli("leaderboard", "latest", "--order", "worst", "--top", "1", "--popular", "500", "--json")[1])
    assert worst[0]["bias"] < board[-1]["bias"]
    assert isinstance(board[0]["item_id"], int) and isinstance(board[0]["n_ratings"], int)


def test_help_speaks_of_any_data(cli, capsys):
    """Not of movies and stars, but where a name of an option or of an edition has them."""
    from cf_core.__main__ import build_parser

    (commands,) = (action for action in build_parser()._actions if isinstance(action.choices, dict))
    texts = {name: parser.format_help() for name, parser in commands.choices.items()}
    assert len(texts) > 10
    for name, text in {"": build_parser().format_help(), **texts}.items():
        assert re.findall(r"(?<!--)\b(?:movies?|films?|stars?)\b", text.lower()) == [], name


def test_project_gives_a_line_a_movie(cli, trained):
    status, out, err = cli("project", "latest", "--components", "2", "--popular", "50", "--json")
    movies = objects(out)
    assert (status, err, len(movies)) == (0, "", 50)
    assert all(list(movie) == ["item_id", "title", "components"] for movie in movies)
    assert all(len(movie["components"]) == 2 for movie in movies)
    assert sum(movie["components"][0] ** 2 for movie in movies) == pytest.approx(1)


def test_project_says_that_factors_are_nearly_zero(tmp_path, capsys):
    settings = ["--epochs", "1", "--set", "weight_decay=0.1", "--set", "batch_size=1024"]
    assert main(["train", "--recipe", "fast", *settings, "--runs", str(tmp_path)]) == 0
    capsys.readouterr()
    status = main(["project", "latest", "--json", "--runs", str(tmp_path)])
    said = capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (2, "", 1)
    assert "nearly zero" in said.err and "lower it, and train again" in said.err


def test_evaluate_gives_a_line_a_ranker(cli, trained):
    status, out, err = cli("evaluate", "latest", "--baselines", "--json")
    lines = objects(out)
    fields = ["name", "rmse", "mae", "ndcg", "recall", "coverage", "n_users"]
    assert (status, err) == (0, "")
    assert [list(line) for line in lines] == [fields] * 4
    assert [line["name"] for line in lines] == [trained[-1]["run_id"], "popular", "damped_means", "ease"]
    run, popular, means, ease = lines
    assert (run["rmse"], run["mae"]) == (trained[-2]["rmse"], trained[-2]["mae"])
    assert run["ndcg"] < popular["ndcg"]
    assert means["rmse"] == pytest.approx(0.890, abs=0.0005)
    assert [popular["rmse"], popular["mae"], ease["rmse"], ease["mae"]] == [None] * 4
    assert [round(line["ndcg"], 3) for line in (popular, ease)] == [0.148, 0.297]
    assert {line["n_users"] for line in lines} == {648}


def test_evaluate_takes_k_and_threshold(cli, trained):
    at_10, at_20, strict = (
        objects(cli("evaluate", trained[-1]["run_id"], *options, "--json")[1])[0]
        for options in ([], ["--k", "20"], ["--threshold", "5"])
    )
    assert at_20["recall"] > at_10["recall"] and at_20["coverage"] > at_10["coverage"]
    assert strict["n_users"] < at_10["n_users"] == at_20["n_users"]
    status, _, err = cli("evaluate", "latest", "--threshold", "6")
    assert status == 2 and "lower threshold" in err and err.count("\n") == 1


def test_crosstab_as_csv_has_raw_ids_and_empty_cells(cli):
    status, out, _ = cli("crosstab", "--csv")
    header, *rows = csv.reader(io.StringIO(out))
    assert status == 0
    assert header[1:] == [str(item) for item in MOST_RATED]
    assert [row[0] for row in rows] == [str(user) for user in BUSIEST]
    assert all(len(row) == 16 for row in rows)
    table = {(row[0], item): cell for row in rows for item, cell in zip(header[1:], row[1:], strict=True)}
    assert float(table["15", "1"]) == 2 and table["212", "1196"] == ""


def test_crosstab_as_json_is_an_object_a_user(cli):
    out = cli("crosstab", "--data", str(EMBEDDED), "--users", "2", "--movies", "3", "--json")[1]
    assert [list(row) for row in objects(out)] == [["user_id", "296", "318", "356"]] * 2
    assert [row["user_id"] for row in objects(out)] == [547, 564]
    assert objects(out)[1]["318"] is None


def test_people_get_tables(cli, trained):
    run_id = trained[-1]["run_id"]
    assert "2571" in cli("crosstab")[1]
    assert "finished" in cli("runs")[1] and run_id in cli("runs")[1]
    best = cli("leaderboard", run_id, "--top", "3")[1]
    assert "rank" in best and "bias (logits)" in best and len(best.splitlines()) == 5
    assert "NDCG@3" in cli("evaluate", run_id, "--k", "3", "--baselines")[1]
    assert "high end" in cli("project", run_id, "--components", "1")[1]


def test_people_see_the_losses_of_each_epoch(cli, trained, tmp_path):
    status, out, err = cli("train", "--recipe", "fast", "--epochs", "1", "--set", "n_factors=5", runs=tmp_path)
    assert (status, err) == (0, "")
    assert "epoch   1 of 1" in out and "RMSE" in out and "python -m cf_core leaderboard fast-" in out
    assert "\x1b" not in out, "no bar where there is no terminal"


def test_a_run_is_found_by_the_beginning_of_its_id(cli, trained):
    assert cli("leaderboard", trained[-1]["run_id"][:-2], "--top", "1", "--json")[0] == 0


def test_an_ambiguous_or_unknown_id_says_what_there_is(cli, trained):
    cli("train", "--recipe", "fast", "--epochs", "1", "--set", "n_factors=2", "--json")
    status, _, err = cli("leaderboard", "fast")
    assert status == 2 and trained[-1]["run_id"] in err and "Give more" in err
    status, _, err = cli("leaderboard", "slow")
    assert status == 2 and trained[-1]["run_id"] in err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["train", "--recipe", "slow"], "no recipe 'slow'"),
        (["train", "--recipe", "fast", "--epochs", "0"], "n_epochs=0"),
        (["train", "--recipe", "fast", "--epochs", "two"], "n_epochs='two'"),
        (["train", "--recipe", "fast", "--seed", "-1"], "seed=-1"),
        (["train", "--recipe", "fast", "--set", "speed=1"], "no setting 'speed'"),
        (["train", "--recipe", "fast", "--set", "learning_rate"], "KEY=VALUE"),
        (["train", "--recipe", "fast", "--set", "learning_rate=nan"], "learning_rate=nan"),
        (["train", "--recipe", "fast", "--device", "tpu"], "'tpu'"),
        (["train", "--recipe", "fast", "--data", "no/such/folder"], "no/such/folder"),
        (["train"], "--recipe"),
        (["crosstab", "--data", "no/such/folder"], "no/such/folder"),
        (["crosstab", "--users", "0"], "--users"),
        (["crosstab", "--csv", "--json"], "not allowed with"),
        (["crosstab", "--color"], "--color"),
        (["leaderboard", "latest", "--order", "middle"], "'middle'"),
        (["leaderboard", "latest"], "Train a run first"),
        (["leaderboard"], "RUN"),
        (["project", "latest", "--components", "x"], "--components"),
        (["recommend", "latest"], "--user --rate"),
        (["recommend", "latest", "--user", "1", "--rate", "1=2"], "not allowed with"),
        (["evaluate", "latest", "--k", "0"], "--k"),
        (["evaluate", "latest", "--threshold", "four"], "--threshold"),
        (["evaluate", "latest"], "Train a run first"),
        (["bake"], "'bake'"),
        ([], "COMMAND"),
    ],
)
def test_bad_input_exits_2_with_one_line(argv, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == "" and said in err
    assert err.endswith("\n") and err.count("\n") == 1


def test_data_that_have_changed_are_refused(cli, trained, tmp_path):
    data = shutil.copytree(EMBEDDED, tmp_path / "data")
    options = ["--epochs", "1", "--set", "n_factors=2", "--data", str(data), "--json"]
    assert cli("train", "--recipe", "fast", *options, runs=tmp_path / "runs")[0] == 0
    with (data / "ratings.csv").open("a", newline="") as file:
        file.write("1,1,3.0,1260759144\r\n")
    for command in ("leaderboard", "project", "evaluate"):
        status, _, err = cli(command, "latest", runs=tmp_path / "runs")
        assert status == 2 and "was trained on other ratings" in err and err.count("\n") == 1


def test_a_run_without_biases_has_no_leaderboard(cli, tmp_path):
    options = ["--recipe", "notebook-dot", "--epochs", "1", "--set", "batch_size=4096", "--json"]
    assert cli("train", *options, runs=tmp_path)[0] == 0
    status, _, err = cli("leaderboard", "latest", runs=tmp_path)
    assert status == 2 and "biases" in err and err.count("\n") == 1


def test_a_diverged_run_exits_1_with_its_advice(cli, tmp_path):
    status, out, err = cli("train", "--recipe", "notebook-dot", "--set", "learning_rate=99", "--json", runs=tmp_path)
    assert status == 1
    assert [record["outcome"] for record in objects(out)] == ["diverged"]
    assert "learning rate" in err and err.count("\n") == 1


def test_ctrl_c_stops_and_keeps_the_run(cli, tmp_path, monkeypatch):
    from cf_core.cli.train import _Lines

    def show_and_interrupt(self, event, show=_Lines.show):
        show(self, event)
        if isinstance(event, BatchEnded) and event.epoch == 2 and event.batch == 1:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(_Lines, "show", show_and_interrupt)
    before = signal.getsignal(signal.SIGINT)
    status, out, err = cli("train", "--recipe", "fast", "--json", runs=tmp_path)
    assert (status, err) == (130, "")
    assert [record.get("outcome") for record in objects(out)] == [None, "stopped"]
    assert cli("leaderboard", "latest", "--top", "1", "--json", runs=tmp_path)[0] == 0
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_killed_in_training_is_interrupted_and_harms_no_other(cli, trained, tmp_path):
    runs = tmp_path / "runs"
    assert cli("train", "--recipe", "fast", "--epochs", "1", "--json", runs=runs)[0] == 0
    command = [sys.executable, "-m", "cf_core", "train", "--recipe", "fast", "--epochs", "900", "--json"]
    process = subprocess.Popen([*command, "--runs", str(runs)], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert json.loads(process.stdout.readline())["epoch"] == 1
    process.kill()
    process.wait(timeout=60)
    process.stdout.close()
    killed, whole = objects(cli("runs", "--json", runs=runs)[1])
    assert (killed["outcome"], whole["outcome"]) == ("interrupted", "finished")
    assert killed["epochs"] >= 1 and killed["rmse"] is not None
    assert cli("leaderboard", whole["run_id"], "--json", runs=runs)[0] == 0
    status, _, err = cli("leaderboard", killed["run_id"], runs=runs)
    assert status == 2 and "interrupted" in err


def test_a_reader_that_goes_away_is_no_error():
    command = [sys.executable, "-m", "cf_core", "crosstab", "--users", "600", "--movies", "600", "--csv"]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 141


def test_only_train_pays_for_torch():
    code = """
import contextlib, os, sys
from cf_core.__main__ import main
sys.stdout = open(os.devnull, "w")
assert main(["crosstab", "--csv"]) == 0
assert main(["runs", "--runs", "none"]) == 0
for command in ("train", "crosstab", "leaderboard", "project", "recommend", "evaluate", "runs", "health"):
    with contextlib.suppress(SystemExit):
        main([command, "--help"])
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, timeout=300)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--help"], ["train", "crosstab", "leaderboard", "project", "evaluate"]),
        (["train", "--help"], ["notebook-dot", "n_factors"]),
    ],
)
def test_help_names_commands_recipes_and_settings(argv, words, capsys):
    with pytest.raises(SystemExit) as left:
        main(argv)
    said = capsys.readouterr().out
    assert left.value.code == 0
    assert all(word in said for word in words)


def test_a_training_that_is_terminated_or_killed_is_resumed_to_the_same_numbers(cli, tmp_path):
    """By SIGTERM it keeps a checkpoint of the very batch; killed it goes on from its last whole epoch."""
    options = ["--recipe", "fast", "--epochs", "40", "--device", "cpu", "--json"]
    command = [sys.executable, "-m", "cf_core", "train", *options]
    expected = tmp_path / "in one go"
    assert cli(*command[3:], runs=expected)[0] == 0
    for number, how in enumerate((signal.SIGTERM, signal.SIGKILL)):
        runs = tmp_path / str(number)
        process = subprocess.Popen(
            [*command, "--runs", str(runs)], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        process.stdout.readline()
        process.send_signal(how)
        _, err = process.communicate(timeout=60)
        run = RunStore(runs).runs()[0]
        assert (run.outcome, run.has_checkpoint, run.n_epochs_done > 0) == ("interrupted", True, True)
        if how is signal.SIGTERM:
            assert process.returncode == 143
            assert err == f"Run {run.run_id} is interrupted. Go on with: python -m cf_core resume {run.run_id}\n"
        status, out, _ = cli("resume", run.run_id[:-1], "--json", runs=runs)
        assert status == 0
        records = objects(out)
        assert [record["epoch"] for record in records[:-1]] == list(range(run.n_epochs_done + 1, 41))
        numbers = numbers_of(RunStore(runs), run.run_id)
        assert differences(numbers, numbers_of(RunStore(expected), RunStore(expected).runs()[0].run_id)) == []


def test_a_run_that_has_finished_is_not_resumed(cli, trained):
    status, _, err = cli("resume", trained[-1]["run_id"])
    assert status == 2 and "has finished" in err


def test_the_folder_of_runs_is_that_of_the_environment(trained, folder, monkeypatch, capsys):
    monkeypatch.setenv("CF_LAB_RUNS", str(folder))
    assert main(["runs", "--json"]) == 0
    assert trained[-1]["run_id"] in [record["run_id"] for record in objects(capsys.readouterr().out)]


def test_health_says_what_is_well_and_what_is_not(cli, trained, tmp_path, monkeypatch):
    status, out, _ = cli("health", "--json")
    (said,) = objects(out)
    assert (status, said["ok"], said["problems"], said["n_training"], said["n_waiting"]) == (0, True, [], 0, 0)
    assert said["free_mb"] > 0
    assert cli("health")[1].startswith("well: 0 runs in training, 0 waiting; ")
    monkeypatch.setenv("CF_LAB_FREE_MB", "999999999")
    status, out, _ = cli("health", "--json")
    assert status == 1 and "nearly full" in objects(out)[0]["problems"][0]
    status, out, _ = cli("health", runs=tmp_path / "none")
    assert status == 1 and out.startswith("not well") and "no such folder" in out
