"""With a code folder that cannot be written, by a user who may write elsewhere: training by the command line and by a
server's worker works, and where the folder of runs would be in there, the message says so.

Tests may run as a user whom no permission stops, so an audit hook in every Python process refuses the writing.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cf_core.environment import PROJECT

REFUSE = f"""
import os, sys

PLACES = {{"open": 0, "os.mkdir": 0, "os.rename": 1}}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def refuse(event, arguments):
    if event not in PLACES or not isinstance(path := arguments[PLACES[event]], (str, os.PathLike)):
        return
    if event == "open" and not arguments[2] & WRITING:
        return
    if os.path.abspath(path).startswith({str(PROJECT) + os.sep!r}):
        raise PermissionError(13, "Permission denied", os.fspath(path))

sys.addaudithook(refuse)
"""

BY_A_WORKER = """
import sys
from cf_core.data.reading import EMBEDDED
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import RunSpec
from cf_core.runs.workers.pool import WorkerPool
from cf_core.training.recipes import recipe
from tests.waiting import wait_until_ended

workers = WorkerPool(sys.argv[1], n_workers=1)
run_id = workers.submit(RunSpec(str(EMBEDDED), SplitConfig(), recipe("fast").config))
print(wait_until_ended(workers, run_id).state)
workers.close()
"""


@pytest.fixture
def python(tmp_path: Path):
    """Runs Python in the project with these arguments, and may not write there; its result."""
    (tmp_path / "sitecustomize.py").write_text(REFUSE)

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        env = {**os.environ, "PYTHONPATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        env.pop("CF_LAB_RUNS", None)
        return subprocess.run(
            [sys.executable, *arguments], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=300
        )

    return run


def test_the_command_line_trains_into_a_folder_elsewhere(python, tmp_path: Path) -> None:
    trained = python("-m", "cf_core", "train", "--recipe", "fast", "--epochs", "1", "--runs", str(tmp_path / "runs"))
    assert (trained.returncode, trained.stderr) == (0, "")


def test_a_folder_of_runs_in_there_is_refused_in_words(python) -> None:
    refused = python("-m", "cf_core", "train", "--recipe", "fast", "--epochs", "1", "--runs", "runs-of-a-test")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "runs-of-a-test" in refused.stderr


def test_a_worker_trains(python, tmp_path: Path) -> None:
    said = python("-c", BY_A_WORKER, str(tmp_path / "runs"))
    assert said.stdout == "finished\n", said.stderr
