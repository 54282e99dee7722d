"""Trains runs in children of its own and kills them at random moments: `python killing.py FOLDER SPEC SEED N_KILLS`.

Prints one JSON object per run, until N_KILLS kills have hit: after how many epochs it was killed, and what of its
numbers differs from those of a run that was left alone. The children are forked with PyTorch loaded, so that most of
their time is training. This process itself never holds a run: its children would inherit the lock that says so.
"""

import itertools
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import torch

from cf_core.data.reading import read_ratings
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.warm_up import warm_up
from tests.runs.same_numbers import differences, numbers_of


def train(folder, spec):
    """Train the one run of `folder` to its end."""
    store = RunStore(folder)
    run = (store.runs() or [store.create(spec)])[0]
    if run.outcome == "interrupted":
        store.requeue(run.run_id)
    for _ in execute(store, run.run_id):
        pass


def fork(folder, spec):
    """A child that trains, and exits with 0 only if the run came to its end."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        train(folder, spec)
        status = 0
    finally:
        os._exit(status)


def killed_after(child, seconds):
    """Kill the child after that time; whether it was still training."""
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def left_alone(folder, spec):
    """A run without a break: its numbers, and how long it took."""
    began = time.perf_counter()
    assert os.waitpid(fork(folder, spec), 0)[1] == 0
    seconds = time.perf_counter() - began
    store = RunStore(folder)
    return numbers_of(store, store.runs()[0].run_id), seconds


def trial(folder, spec, draw, seconds):
    """Break a run off one to three times, then let it end; its numbers, and how many epochs it had at each break."""
    killed_at, wanted = [], draw.randint(1, 3)
    while len(killed_at) < wanted and outcome_of(folder) != "finished":
        if killed_after(fork(folder, spec), draw.uniform(0, seconds)):
            killed_at += [run.n_epochs_done for run in RunStore(folder).runs()] or [0]
            assert outcome_of(folder) in ("not there", "interrupted", "finished")
    if outcome_of(folder) != "finished":
        assert os.waitpid(fork(folder, spec), 0)[1] == 0
    (run,) = RunStore(folder).runs()
    assert run.outcome == "finished", run
    return numbers_of(RunStore(folder), run.run_id), killed_at


def outcome_of(folder):
    """The outcome of the one run of `folder`."""
    runs = RunStore(folder).runs()
    return runs[0].outcome if runs else "not there"


def main():
    torch.set_num_threads(1)  # or forked children would wait for threads that they do not have
    folder, spec, seed, n_kills = sys.argv[1:]
    folder, spec, draw, left = Path(folder), RunSpec.from_json(json.loads(spec)), random.Random(int(seed)), int(n_kills)
    warm_up(read_ratings(spec.data))
    expected, seconds = left_alone(folder / "left alone", spec)
    again, seconds_again = left_alone(folder / "left alone again", spec)
    assert differences(again, expected) == []
    seconds = min(seconds, seconds_again)  # a moment in which the machine is busy would make every trial long
    for number in itertools.count():
        numbers, killed_at = trial(folder / str(number), spec, draw, seconds)
        print(json.dumps({"killed_at": killed_at, "differences": differences(numbers, expected)}), flush=True)
        left -= len(killed_at)
        if left <= 0:
            return


if __name__ == "__main__":
    main()
