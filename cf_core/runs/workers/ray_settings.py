"""What the environment says of a Ray cluster, and how many runs one trains at once. Nothing in here loads Ray."""

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cf_core.errors import ConfigError
from cf_core.runs.workers.slots import Slot

CLUSTER, GPUS = "CF_LAB_RAY", "CF_LAB_GPUS_PER_RUN"
"""The environment variables with the cluster's address, and with a run's share of a GPU."""

GPUS_PER_RUN = 0.25
_ADDRESS = re.compile(r"auto|ray://[^/\s]+:\d+")


class RaySettings(NamedTuple):
    """A cluster, and what a run takes of it.

    Attributes:
        address: "auto" for the cluster whose node this machine is, or ray://host:port for one elsewhere.
        gpus_per_run: the share of a GPU that a run takes where there are GPUs.
    """

    address: str = "auto"
    gpus_per_run: float = GPUS_PER_RUN

    @classmethod
    def from_env(cls) -> "RaySettings | None":
        """What `CF_LAB_RAY` and `CF_LAB_GPUS_PER_RUN` say; None where no cluster is named.

        Raises:
            ConfigError: no such address, or no such share.
        """
        address = os.environ.get(CLUSTER, "")
        if not address:
            return None
        if not _ADDRESS.fullmatch(address):
            raise ConfigError(f"{CLUSTER}={address!r} names no cluster. Set it to auto or ray://host:port.")
        return cls(address, _share(os.environ.get(GPUS, str(GPUS_PER_RUN))))


def ray_slots(nodes: Iterable[Mapping[str, Any]], gpus_per_run: float) -> tuple[Slot, ...]:
    """A slot for each run that the living nodes have room for: where a node has GPUs, a core and `gpus_per_run` of one
    GPU, elsewhere a core. Those with a GPU come first.

    `nodes` are as `ray.nodes` lists them.
    """
    n_on_gpus, n_on_cpus = 0, 0
    for node in nodes:
        n_cpus, n_gpus = (int(node["Resources"].get(kind, 0)) for kind in ("CPU", "GPU"))
        if not node["Alive"]:
            continue
        if n_gpus:
            n_on_gpus += min(n_cpus, n_gpus * int(1 / gpus_per_run + 1e-9))
        else:
            n_on_cpus += n_cpus
    return tuple(
        Slot(number, gpus=gpus_per_run if number < n_on_gpus else 0.0) for number in range(n_on_gpus + n_on_cpus)
    )


def _share(given: str) -> float:
    try:
        share = float(given)
    except ValueError:
        share = 0.0
    if not 0.01 <= share <= 1:
        raise ConfigError(f"{GPUS}={given!r} must be a number from 0.01 to 1. Correct it, or leave it unset.")
    return share
