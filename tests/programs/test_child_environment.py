"""UMAP for a user without a home: its compiler has a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

from cf_core.environment import PROJECT
from cf_core.programs.child_environment import child_environment


def test_a_user_with_a_home_keeps_what_was_compiled_there(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert child_environment() == dict(os.environ)


def test_the_operators_own_choice_stays(monkeypatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/srv/compiled")
    monkeypatch.setenv("HOME", "/nonexistent")
    assert child_environment() == dict(os.environ)


def test_without_a_home_there_is_a_private_folder_that_goes_with_the_process() -> None:
    code = """
import os
from cf_core.programs.child_environment import child_environment
folder = child_environment()["NUMBA_CACHE_DIR"]
assert child_environment()["NUMBA_CACHE_DIR"] == folder
print(folder, oct(os.stat(folder).st_mode & 0o777))
"""
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment["HOME"] = "/nonexistent"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=300
    )
    folder, mode = said.stdout.split()
    assert mode == "0o700"
    assert not Path(folder).exists()
