"""Processes of their own that open the same store, and are let go at the same moment."""

import os
import subprocess
import sys

from cf_core.environment import PROJECT

OPEN = """
import os, sys, time
from cf_core.runs.store.run_store import RunStore
print("ready", flush=True)
sys.stdin.readline()
store = RunStore(os.environ["CF_LAB_RUNS"])
"""


def start(code, place):
    """Run the code in a process of its own, with a store; what it prints is in its `stdout`."""
    return subprocess.Popen(
        [sys.executable, "-c", OPEN + code],
        cwd=PROJECT,
        env=os.environ | place.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def outputs(processes):
    """What they print, once they have been let go, all at the same moment."""
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=300)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return said
