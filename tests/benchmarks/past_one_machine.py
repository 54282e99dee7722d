"""What a Ray cluster costs and brings, against the pool of this machine, in the same run.

    python tests/benchmarks/past_one_machine.py [--runs 50] [--times 50]

Throughput of short runs (notebook-bias, 2 epochs, on the embedded data) with one worker here, and on one node and on
two, of one core each. All are on this machine, so that two can be faster than one only where it has cores to spare.
Then from `send` until the pool has heard that a command was taken, on notebook-learner; and the time that an event
takes from a worker to the pool, apart from all training. Prints figures and ratios, and judges nothing.
"""

import argparse
import os
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
from cf_core.runs.limits import Limits
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.pool import WorkerPool
from cf_core.training.commands import Pause, Resume, Stop
from cf_core.training.recipes import RECIPES

MANY = Limits(cap=1000, address_cap=1000)
OBJECT_STORE = 80_000_000


def spec(recipe: str, n_epochs: int) -> RunSpec:
    config = with_settings(RECIPES[recipe].config, {"n_epochs": n_epochs})
    return RunSpec(str(EMBEDDED), SplitConfig(), config, "cpu")


def wait_until(condition: Callable[[], object]) -> float:
    """How long until `condition()` is true, looked at every half millisecond."""
    began = time.perf_counter()
    while not condition():
        time.sleep(0.0005)
    return time.perf_counter() - began


def runs_per_minute(workers: WorkerPool, n_runs: int) -> float:
    """Of short runs, once all workers have started up."""
    ready = [workers.submit(spec("notebook-bias", 1), f"warm {number}") for number in range(workers.n_workers)]
    for run_id in ready:
        wait_until(lambda run_id=run_id: not workers.live(run_id).unfinished)
    wait_until(lambda: workers.n_ready == workers.n_workers)
    began = time.perf_counter()
    runs = [workers.submit(spec("notebook-bias", 2), f"student {number % 5}") for number in range(n_runs)]
    for run_id in runs:
        wait_until(lambda run_id=run_id: not workers.live(run_id).unfinished)
    return 60 * n_runs / (time.perf_counter() - began)


def command_milliseconds(workers: WorkerPool, times: int) -> float:
    """The median from `send` until the pool has heard that a pause, or the end of one, was taken."""
    run_id = workers.submit(spec("notebook-learner", 100), "anna")
    wait_until(lambda: workers.live(run_id).history.batches)
    seconds = []
    for number in range(2 * times):
        workers.send(run_id, Resume() if number % 2 else Pause())
        seconds.append(wait_until(lambda n=number: workers.live(run_id).paused == (n % 2 == 0)))
    workers.send(run_id, Stop())
    wait_until(lambda: not workers.live(run_id).unfinished)
    return 1000 * statistics.median(seconds)


def stream_milliseconds(n_events: int = 2000) -> float:
    """The mean of an event through a stream of Ray, one at a time."""
    import ray

    class Source:
        def events(self):
            for number in range(n_events):
                yield [{"run_id": "a run", "event": "batch_ended", "number": number}]

    source = ray.remote(num_cpus=0)(Source).remote()
    began = time.perf_counter()
    for event in source.events.options(num_returns="streaming").remote():
        ray.get(event)
    return 1000 * (time.perf_counter() - began) / n_events


def pipe_milliseconds(n_events: int = 2000) -> float:
    """The mean of an event through a pipe, as from a worker process."""
    import json
    import subprocess

    code = (
        "import json\n"
        f"for number in range({n_events}):\n"
        "    print(json.dumps({'run_id': 'a run', 'event': 'batch_ended', 'number': number}), flush=True)"
    )
    source = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    source.stdout.readline()
    began = time.perf_counter()
    for line in source.stdout:
        json.loads(line)
    return 1000 * (time.perf_counter() - began) / n_events


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--times", type=int, default=50)
    given = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray
    from ray.cluster_utils import Cluster

    from cf_core.runs.workers.ray_worker import RayCluster

    with tempfile.TemporaryDirectory() as folder:
        here = WorkerPool(Path(folder) / "here", n_workers=1, limits=MANY)
        local, local_command = runs_per_minute(here, given.runs), command_milliseconds(here, given.times)
        here.close()
        print(f"this machine, 1 worker: {local:.0f} runs a minute, a command {local_command:.1f} ms", flush=True)
        head = {"num_cpus": 0, "include_dashboard": False, "object_store_memory": OBJECT_STORE}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        ray.init(cluster.address, log_to_driver=False)
        for n_nodes in (1, 2):
            cluster.add_node(num_cpus=1, object_store_memory=OBJECT_STORE)
            address = StoreAddress.of(Path(folder) / f"{n_nodes} nodes")
            workers = WorkerPool(address, limits=MANY, site=RayCluster(address, EMBEDDED))
            wait_until(lambda workers=workers, n=n_nodes: workers.n_workers == n)
            rate = runs_per_minute(workers, given.runs)
            print(f"Ray, nodes: {n_nodes}: {rate:.0f} runs a minute, {rate / local:.2f} × this machine", flush=True)
            if n_nodes == 1:
                command = command_milliseconds(workers, given.times)
                print(f"a command: {command:.1f} ms, {command / local_command:.1f} × this machine", flush=True)
            workers.close()
        stream, pipe = stream_milliseconds(), pipe_milliseconds()
        here = WorkerPool(Path(folder) / "here again", n_workers=1, limits=MANY)
        print(f"this machine again, 1 worker: {runs_per_minute(here, given.runs):.0f} runs a minute", flush=True)
        here.close()
        print(f"an event: {stream:.2f} ms by Ray, {pipe:.3f} ms by pipe, {stream / pipe:.0f} ×")
        ray.shutdown()
        cluster.shutdown()


if __name__ == "__main__":
    main()
