"""How soon a run starts and obeys, and whether a run that was killed comes to the same numbers.

    python tests/benchmarks/steering.py [--times 20]

All through a real pool with one worker on the embedded data: from `submit` to the first batch's report heard by the
pool; from `send` to the event that the command has been taken, on notebook-learner; and one run whose worker is killed
twice (SIGKILL) and resumed, beside one that was left alone. Prints figures and judges nothing.
"""

import argparse
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cf_core.config import with_settings
from cf_core.data.reading import EMBEDDED
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import RunSpec
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.training.commands import Command, Pause, Resume, SetLearningRate, Stop
from cf_core.training.recipes import RECIPES
from tests.runs.same_numbers import differences, numbers_of


def spec(recipe: str, n_epochs: int) -> RunSpec:
    config = with_settings(RECIPES[recipe].config, {"n_epochs": n_epochs})
    return RunSpec(str(EMBEDDED), SplitConfig(), config, "cpu")


def seconds_until(condition: Callable[[], object]) -> float:
    """How long until `condition()` is true, looked at every millisecond."""
    began = time.perf_counter()
    while not condition():
        time.sleep(0.001)
    return time.perf_counter() - began


class Class:
    """One workspace on a pool of one worker."""

    def __init__(self, folder: str) -> None:
        self.workers = WorkerPool(folder, n_workers=1)
        self.mine = Workspace(self.workers, new_token())

    def until_warm(self) -> None:
        self.workers.warm()
        seconds_until(lambda: self.workers.n_ready)

    def until_ended(self, run_id: str) -> None:
        seconds_until(lambda: not self.mine.live(run_id).unfinished)

    def first_batch(self) -> float:
        """Seconds from `submit` to the first report."""
        began = time.perf_counter()
        run_id = self.mine.submit(spec("notebook-learner", 5))
        seconds_until(lambda: self.workers.live(run_id).history.batches)
        seconds = time.perf_counter() - began
        self.mine.send(run_id, Stop())
        self.until_ended(run_id)
        return seconds

    def obeyed(self, run_id: str, command: Command) -> float:
        """Seconds from `send` to the event that the command has been taken."""
        n_taken = len(self.workers.live(run_id).history.commands)
        began = time.perf_counter()
        self.mine.send(run_id, command)
        seconds_until(lambda: len(self.workers.live(run_id).history.commands) > n_taken)
        return time.perf_counter() - began

    def latencies(self) -> dict[str, float]:
        """Of each command, on a run of its own."""
        run_id = self.mine.submit(spec("notebook-learner", 100))
        seconds_until(lambda: self.workers.live(run_id).history.batches)
        took = {"new rate": self.obeyed(run_id, SetLearningRate(0.01)), "pause": self.obeyed(run_id, Pause())}
        self.obeyed(run_id, Resume())
        took["stop"] = self.obeyed(run_id, Stop())
        self.until_ended(run_id)
        return took

    def differences_after_kills(self) -> list[str]:
        """What is not the same after two kills in mid-run."""
        runs = [self.mine.submit(spec("notebook-net", 3)) for _ in range(2)]
        self.until_ended(runs[0])
        for _ in range(2):
            seconds_until(lambda: self.workers.live(runs[1]).history.batches)
            time.sleep(random.uniform(0, 3))
            os.kill(self.workers.worker_pids()[0], signal.SIGKILL)
            self.until_ended(runs[1])
            if self.mine.get(runs[1]).resumable:
                self.mine.resume(runs[1])
        self.until_ended(runs[1])
        return differences(*(numbers_of(self.workers.store, run_id) for run_id in runs))


def show(what: str, seconds: list[float]) -> None:
    print(f"{what:28}{statistics.median(seconds) * 1000:10.0f}{max(seconds) * 1000:10.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20, help="how often each is measured (default 20)")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        students = Class(folder)
        students.until_warm()
        print(f"{f'ms, over {times}':28}{'median':>10}{'max':>10}")
        show("submit to first batch", [students.first_batch() for _ in range(times)])
        latencies = [students.latencies() for _ in range(times)]
        for command in latencies[0]:
            show(f"{command}, send to taken", [each[command] for each in latencies])
        unlike = students.differences_after_kills()
        print(
            f"killed twice and resumed: {'all numbers the same' if not unlike else f'{len(unlike)} differ: {unlike}'}"
        )
        students.workers.close()


if __name__ == "__main__":
    main()
