"""Trains a run of one epoch in this process and prints the most memory that the process has had, in bytes:
`python -m tests.runs.measure_memory FOLDER SPEC`."""

import json
import sys
from pathlib import Path

from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.warm_up import warm_up


def main():
    folder, spec = sys.argv[1:]
    warm_up(read_ratings(EMBEDDED))
    store = RunStore(folder)
    for _ in execute(store, store.create(RunSpec.from_json(json.loads(spec))).run_id):
        pass
    status = Path("/proc/self/status").read_text().splitlines()
    print(1024 * next(int(line.split()[1]) for line in status if line.startswith("VmHWM")))


if __name__ == "__main__":
    main()
