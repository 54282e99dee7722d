"""A Ray cluster for tests: nodes on this machine, each with few cores, and no more of Ray than is needed."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.waiting import is_running, wait_until

OBJECT_STORE = 80_000_000
"""Bytes; Ray takes no less."""

QUIET = {"RAY_USAGE_STATS_ENABLED": "0"}


def start_head(port, folder, n_cpus=1):
    """Start a cluster with this port in a process of its own, which has all that belongs to it in its session."""
    command = [
        str(Path(sys.executable).with_name("ray")),
        "start",
        "--head",
        "--block",
        f"--port={port}",
        f"--num-cpus={n_cpus}",
        f"--object-store-memory={OBJECT_STORE}",
        f"--temp-dir={folder}",
        "--include-dashboard=false",
        "--disable-usage-stats",
    ]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env={**os.environ, **QUIET}, stdout=quiet, stderr=quiet, start_new_session=True)


def kill_head(head):
    """Kill all processes of a cluster at once, as when its machine loses power."""
    pids = [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _session_of(pid) == head.pid]
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    head.wait(timeout=60)
    wait_until(lambda: not any(is_running(pid) for pid in pids))


def _session_of(pid):
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid)
    return 0
