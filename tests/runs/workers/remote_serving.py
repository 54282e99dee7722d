"""A server without workers of its own, for tests that kill it: `python -m tests.runs.workers.remote_serving FOLDER
DATA SPEC` connects to the cluster, has it train a run for "anna", and prints its id."""

import json
import sys
import time

from cf_core.runs.spec import RunSpec
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.ray_settings import RaySettings
from cf_core.runs.workers.remote_pool import RemotePool

if __name__ == "__main__":
    folder, data, spec = sys.argv[1:]
    workers = RemotePool(StoreAddress.of(folder), RaySettings(), data)
    while not workers.n_workers:
        time.sleep(0.01)
    print(workers.submit(RunSpec.from_json(json.loads(spec)), "anna"), flush=True)
    time.sleep(600)
