"""How long a single run waits for a worker while a sweep fills them all: `python tests/benchmarks/beside_a_sweep.py`.

Prints the seconds until it trains, for a few runs one after the other, beside a sweep of short trials and beside one of
long ones; before that, without a sweep.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cf_core.config import with_settings
from cf_core.data.reading import EMBEDDED
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import RunSpec
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.sweeps.space import SearchSpace
from cf_core.sweeps.spec import SweepSpec
from cf_core.training.commands import Stop
from cf_core.training.recipes import recipe

N_WORKERS, N_RUNS = 2, 8


def seconds_until_it_trains(student: Workspace, spec: RunSpec) -> float:
    """From the click to the first event of its training; the run is stopped then."""
    began = time.perf_counter()
    run_id = student.submit(spec)
    while (run := student.live(run_id)) is not None and run.history.started is None:
        time.sleep(0.005)
    seconds = time.perf_counter() - began
    student.send(run_id, Stop())
    while (run := student.live(run_id)) is not None and run.unfinished:
        time.sleep(0.01)
    time.sleep(1.0)
    return seconds


def main() -> None:
    base = RunSpec(str(EMBEDDED), SplitConfig(), recipe("notebook-learner").config, "cpu")
    with tempfile.TemporaryDirectory() as folder:
        workers = WorkerPool(folder, N_WORKERS)
        teacher, student = Workspace(workers, new_token()), Workspace(workers, new_token())
        space = SearchSpace.read(["learning_rate=0.001:0.1:log", "n_factors=10:60"])
        workers.warm()
        for name, n_epochs in (("no sweep", 0), ("trials of 1 epoch", 1), ("trials of 60 epochs", 60)):
            if n_epochs:
                varied = RunSpec(base.data, base.split, with_settings(base.config, {"n_epochs": n_epochs}), "cpu")
                sweep_id = teacher.sweeps.start(varied, SweepSpec(space, n_trials=500))
                while sum(map(bool, workers.curves().values())) < N_WORKERS and n_epochs > 1:
                    time.sleep(0.1)
            waits = [seconds_until_it_trains(student, base) for _ in range(N_RUNS)]
            print(f"{name}: median {statistics.median(waits):.2f} s, longest {max(waits):.2f} s", flush=True)
            if n_epochs:
                print(f"  {len(teacher.sweeps.progress(sweep_id).trials)} trials meanwhile")
                teacher.sweeps.stop(sweep_id)
                while any(run.unfinished for run in teacher.sweeps.progress(sweep_id).runs):
                    time.sleep(0.1)
        workers.close()


if __name__ == "__main__":
    main()
