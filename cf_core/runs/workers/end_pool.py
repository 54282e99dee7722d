"""Ends the pool of a cluster, once its runs have a checkpoint: `CF_LAB_RAY=… python -m cf_core.runs.workers.end_pool`.
The store is where `CF_LAB_RUNS` and `CF_LAB_FILES` say, as for a server."""

import sys

from cf_core.environment import PROJECT
from cf_core.errors import CFError, ConfigError
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.ray_settings import CLUSTER, RaySettings
from cf_core.runs.workers.remote_pool import RemotePool


def main() -> int:
    """0, or 2 where there is no cluster to be reached."""
    try:
        settings = RaySettings.from_env()
        if settings is None:
            raise ConfigError(f"{CLUSTER} is not set. Set it to the cluster whose pool is to end.")
        RemotePool(StoreAddress.from_env(PROJECT / "runs"), settings).end_pool()
    except CFError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
