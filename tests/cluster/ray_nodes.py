"""A Ray cluster for tests: nodes on this machine, each with few cores, and no more of Ray than is needed. Each node has
all its processes in a session of its own, so that they can be killed at once."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.waiting import is_running, wait_until

OBJECT_STORE = 80_000_000
"""Bytes; Ray takes no less."""

QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
"""The second, since a token in the home of whoever runs the tests would be asked for, or not, by chance."""


def start_head(port, folder, n_cpus=1):
    """Start a cluster with this port."""
    return _start("--head", f"--port={port}", f"--temp-dir={folder}", "--include-dashboard=false", n_cpus=n_cpus)


def start_node(port, n_cpus=1):
    """Start another node of the cluster with this port, which may be starting up itself."""
    return _start(f"--address=127.0.0.1:{port}", n_cpus=n_cpus)


def kill_node(node):
    """Kill all processes of a node at once, as when its machine loses power."""
    pids = pids_of(node)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    node.wait(timeout=60)
    wait_until(lambda: not any(is_running(pid) for pid in pids))


def pids_of(node):
    """The ids of all processes of a node, those of the runs that it trains included."""
    return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _session_of(pid) == node.pid]


def _start(*arguments, n_cpus):
    command = [
        str(Path(sys.executable).with_name("ray")),
        "start",
        "--block",
        f"--num-cpus={n_cpus}",
        f"--object-store-memory={OBJECT_STORE}",
        "--disable-usage-stats",
        *arguments,
    ]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env={**os.environ, **QUIET}, stdout=quiet, stderr=quiet, start_new_session=True)


def _session_of(pid):
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid)
    return 0
