"""A server in a process of its own, for tests that kill it: `python -m tests.runs.workers.serving FOLDER SPEC …`."""

import json
import signal
import subprocess
import sys
import time
from typing import NamedTuple

from cf_core.environment import PROJECT
from cf_core.runs.spec import RunSpec
from cf_core.runs.workers.pool import WorkerPool


class Server(NamedTuple):
    """A running server, the run that it trains, and the ids of its worker processes, its own worker first."""

    process: subprocess.Popen
    run_id: str
    worker_pids: list[int]

    def wait(self):
        """Wait until the server has ended."""
        self.process.wait(timeout=60)
        self.process.stdout.close()


def start_server(folder, spec, n_workers=1, n_reports=1, stderr=None):
    """Start a server on the store at `folder`, which trains its run, a new one of `spec` where there is none. Returns
    once all `n_workers` have started up and the run has made `n_reports` reports."""
    arguments = [str(folder), json.dumps(spec.to_json()), str(n_workers), str(n_reports)]
    command = [sys.executable, "-m", "tests.runs.workers.serving", *arguments]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=stderr, text=True)
    run_id, *pids = process.stdout.readline().split()
    return Server(process, run_id, [int(pid) for pid in pids])


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
    folder, spec, n_workers, n_reports = sys.argv[1:]
    spec = RunSpec.from_json(json.loads(spec))
    workers = WorkerPool(folder, int(n_workers), data=spec.data)
    if runs := workers.store.runs():
        run_id = runs[0].run_id
        workers.requeue(run_id)
    else:
        run_id = workers.submit(spec)
    workers.warm()
    while len(workers.live(run_id).history.batches) < int(n_reports) or workers.n_ready < int(n_workers):
        time.sleep(0.001)
    print(run_id, *workers.worker_pids().values(), flush=True)
    time.sleep(600)


if __name__ == "__main__":
    main()
