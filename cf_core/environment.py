"""Locates the project, reads the environment's `CF_LAB_*` variables, and says in which environment workers train."""

import os
from pathlib import Path

from cf_core.errors import ConfigError

PROJECT = Path(__file__).resolve().parents[1]
"""The folder that holds `app.py`, `cf_core` and `data`."""

OF_TWO_THREADS = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "MALLOC_TRIM_THRESHOLD_": str(2**27),
}
"""What trainings with two threads need of the system's libraries. A thread of PyTorch's that waits for another spins by
default, which takes the core from the browser beside it, or from the very thread that it waits for; and memory that a
part of a batch has used is given back to the system by default, to be asked for again, zeroed, for the next one."""


def folder_from_env(variable: str, default: Path) -> Path:
    """The folder that an environment variable names, or `default` where it is not set."""
    return Path(os.environ.get(variable, default))


def cache_folder() -> Path:
    """Where files lie that can be had again: `CF_LAB_CACHE`, or else `cf-lab` in the user's cache.

    Raises:
        RuntimeError: the user has no home.
    """
    chosen, user = os.environ.get("CF_LAB_CACHE"), os.environ.get("XDG_CACHE_HOME")
    return Path(chosen) if chosen else Path(user or Path.home() / ".cache") / "cf-lab"


def positive_int_from_env(variable: str, default: int) -> int:
    """The whole number, from 1, in an environment variable, or `default` where it is not set.

    Raises:
        ConfigError: it holds something else.
    """
    given = os.environ.get(variable, str(default))
    if not given.isdecimal() or int(given) < 1:
        raise ConfigError(f"{variable}={given!r} must be a whole number of at least 1. Correct it, or leave it unset.")
    return int(given)


def memory_of_machine(cgroup: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """The bytes of memory that this process may use at most: the machine's, or those that its container has."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = cgroup.read_text().strip() if cgroup.exists() else "max"
    return min(machine, int(limit)) if limit.isdecimal() else machine
