"""`train --distributed` and `resume --distributed` under a real `torchrun`: one run, one output, and what a rank that
dies leaves behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cf_core.__main__ import main
from cf_core.runs.store.run_store import RunStore
from cf_core.training.distributed.ranks import SILENCE
from tests.rank_processes import start_ranks

PROJECT = Path(__file__).parents[1]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
TORCHRUN += ["-m", "cf_core"]
SETTINGS = ["--recipe", "notebook-bias", "--epochs", "60", "--set", "batch_size=16", "--device", "cpu", "--json"]


@pytest.fixture(scope="module")
def data(small_folder):
    """120 ratings with a pattern: epochs of milliseconds."""
    return small_folder([(user, item, 1 + (user * item) % 5) for user in range(1, 13) for item in range(1, 11)])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("distributed") / "runs"


def torchrun(*command):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*TORCHRUN, *map(str, command)],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def rank_processes(launcher):
    """The process id of each rank."""
    children = Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split()
    found = {}
    for child in children:
        rank = re.search(rb"\0RANK=(\d+)\0", b"\0" + Path(f"/proc/{child}/environ").read_bytes())
        if rank:
            found[int(rank[1])] = int(child)
    return found


@pytest.fixture(scope="module")
def cut_off(data, runs):
    """What a run printed of which a rank was killed after the first epoch, its errors, and the seconds in which the
    other one ended."""
    launcher = torchrun("train", "--distributed", "--data", data, "--runs", runs, *SETTINGS)
    try:
        first = launcher.stdout.readline()
        os.kill(rank_processes(launcher)[1], signal.SIGKILL)
        killed = time.monotonic()
        rest, errors = launcher.communicate(timeout=SILENCE.seconds)
        return first + rest, errors, time.monotonic() - killed
    finally:
        launcher.kill()


def test_a_rank_that_dies_ends_the_others_in_words(cut_off, runs):
    """Within a minute is promised where a rank hangs; one that is gone is noticed by the next exchange, and torchrun
    gives the others half a minute at most."""
    out, errors, seconds = cut_off
    assert seconds < 30
    assert all(json.loads(line)["event"] == "epoch_ended" for line in out.splitlines())
    assert "Another process of this run has ended" in errors
    assert "resume notebook-bias-" in errors
    (run,) = RunStore(runs).runs()
    assert (run.outcome, run.has_checkpoint) == ("interrupted", True)
    assert 1 <= run.n_epochs_done < 60


def test_it_is_resumed_to_the_numbers_of_one_process(cut_off, data, runs, tmp_path, capsys):
    """480 steps, each rounded otherwise: what 21 steps hold to 1e-5 they hold to 1e-3 at the worst."""
    (run,) = RunStore(runs).runs()
    command = [sys.executable, "-m", "cf_core", "resume", "--distributed", run.run_id, "--runs", runs, "--json"]
    ranks = start_ranks(command, 2, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    (out, silent), statuses = [rank.communicate(timeout=120)[0] for rank in ranks], [rank.returncode for rank in ranks]
    assert (silent, statuses) == ("", [0, 0])
    printed = [json.loads(line) for line in out.splitlines()]
    assert [line["event"] for line in printed] == ["epoch_ended"] * (60 - run.n_epochs_done) + ["fit_ended"]
    (run,) = RunStore(runs).runs()
    assert (run.outcome, run.n_epochs_done, run.versions["processes"]) == ("finished", 60, "2")

    assert main(["train", "--data", str(data), "--runs", str(tmp_path / "alone"), *SETTINGS]) == 0
    alone = [json.loads(line) for line in capsys.readouterr().out.splitlines()][:-1]
    together = RunStore(runs).history(run.run_id).epochs
    for field in ("train_loss", "valid_loss"):
        assert [getattr(epoch, field) for epoch in together] == pytest.approx([e[field] for e in alone], rel=1e-3)


def test_without_torchrun_it_says_what_to_write(capsys, runs):
    assert main(["train", "--distributed", "--recipe", "fast", "--runs", str(runs)]) == 2
    assert "torchrun --nproc-per-node 2 -m cf_core train --distributed" in capsys.readouterr().err


def test_torchrun_without_it_does_not_train_as_many_runs_as_there_are_processes(capsys, runs, monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "none")
    assert main(["train", "--recipe", "fast", "--runs", str(runs)]) == 2
    assert "Add --distributed." in capsys.readouterr().err
