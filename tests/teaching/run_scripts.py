"""Runs scripts one after another, each in a fork of a process that has imported PyTorch and pandas, which start slowly.

    python run_scripts.py FILE.py ...

Prints a JSON object for each as it ends: its exit status, and what it printed.
"""

import json
import os
import runpy
import sys
import tempfile

import pandas as pd
import torch


def warm_up():
    """Load what loads at first use: the first optimizer of a process brings much more of PyTorch with it."""
    pd.DataFrame({"n": [1]})
    torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1).step()


def run(file):
    """Run a script as the main program of a process of its own."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), sys.stdout.fileno())
            runpy.run_path(file, run_name="__main__")
            sys.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        return {"status": os.waitstatus_to_exitcode(status), "printed": out.read()}


if __name__ == "__main__":
    warm_up()
    for file in sys.argv[1:]:
        print(json.dumps(run(file)), flush=True)
