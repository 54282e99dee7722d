"""How many workers there may be at once, and which device each may use.

Without a GPU there are as many as there are cores, with one thread each. Where the driver lists NVIDIA devices there is
one worker per device, which sees that device alone: two and four on one H200 trained no more runs a minute than one,
eight 1.2 times as many. `CF_LAB_WORKERS` overrides both and leaves the devices to PyTorch.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cf_core.environment import positive_int_from_env

GPUS = Path("/proc/driver/nvidia/gpus")
"""The folder in which the driver has one entry per device."""


@dataclass(frozen=True)
class Slot:
    """Room for one worker; `environment` are the variables that its process gets besides the server's, `gpus` the share
    of a GPU that it takes on a cluster."""

    number: int
    environment: Mapping[str, str] = field(default_factory=dict)
    gpus: float = 0.0


def find_slots(gpus: Path = GPUS) -> tuple[Slot, ...]:
    """The slots that this machine has.

    Raises:
        ConfigError: `CF_LAB_WORKERS` is not a number from 1.
    """
    if "CF_LAB_WORKERS" in os.environ:
        return plain_slots(positive_int_from_env("CF_LAB_WORKERS", 1))
    if "CUDA_VISIBLE_DEVICES" in os.environ:
        devices = [name for name in os.environ["CUDA_VISIBLE_DEVICES"].split(",") if name.strip()]
    else:
        devices = [str(number) for number in range(len(list(gpus.iterdir())))] if gpus.is_dir() else []
    if devices:
        return tuple(Slot(number, {"CUDA_VISIBLE_DEVICES": name}) for number, name in enumerate(devices))
    return plain_slots(os.cpu_count() or 1)


def plain_slots(n_slots: int) -> tuple[Slot, ...]:
    """Slots for that many workers, which see the same devices as the server."""
    return tuple(Slot(number) for number in range(n_slots))
