"""What a killed import leaves goes away with the next one; what a living one has in hand stays."""

import os
import subprocess
import sys

import pytest

from cf_core.data.tables import part_folder as module
from cf_core.data.tables.canonical import new_data_set
from cf_core.data.tables.part_folder import PREFIX, part_folder

WRITES = """
import sys
from pathlib import Path
from cf_core.data.tables.canonical import new_data_set
with new_data_set(Path(sys.argv[1])) as folder:
    (folder / "ratings.csv").write_text("half")
    print("writing", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def writing(tmp_path):
    """A process that writes the data set "slow" until its input ends."""
    command = [sys.executable, "-c", WRITES, str(tmp_path / "slow")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "writing\n"
        yield process
        process.kill()


def lying_about(folder):
    return [path.name for path in folder.iterdir() if path.name.startswith(PREFIX)]


def test_what_a_living_process_writes_stays(tmp_path, writing):
    before = lying_about(tmp_path)
    with new_data_set(tmp_path / "quick"):
        pass
    assert lying_about(tmp_path) == before != []
    writing.communicate("")
    assert (tmp_path / "slow" / "ratings.csv").read_text() == "half"
    assert lying_about(tmp_path) == []


def test_what_a_killed_process_left_is_removed(tmp_path, writing):
    writing.kill()
    writing.wait()
    assert len(lying_about(tmp_path)) == 1
    with new_data_set(tmp_path / "quick"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["quick"]


def test_a_folder_that_was_taken_for_left_is_made_again(tmp_path, monkeypatch):
    lock, calls = module.fcntl.flock, []

    def flock(descriptor, how):
        if not calls:
            (path,) = tmp_path.iterdir()
            os.rmdir(path)
        calls.append(how)
        lock(descriptor, how)

    monkeypatch.setattr(module.fcntl, "flock", flock)
    with part_folder(tmp_path) as folder:
        assert folder.is_dir()
    assert len(calls) == 2
