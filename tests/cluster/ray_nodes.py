"""A Ray cluster for tests: nodes on this machine, each with few cores, and no more of Ray than is needed. Each node has
all its processes in a session of its own, so that they can be killed at once.

A node gives up where one of Ray's own processes on it needs more than 15 s to start, as it may on a busy machine
("Timed out waiting for file …/metrics_agent_port_…" in raylet.out). So it is started again.
"""

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

STARTED = b"Ray runtime started."
N_TRIES, START_SECONDS = 4, 90.0
"""How often a node is started until it is there, and how long each time it may take."""


def start_head(port, folder, n_cpus=1):
    """Start a cluster with this port, and wait until it is there."""
    options = "--head", f"--port={port}", f"--temp-dir={folder}", "--include-dashboard=false"
    return _start(folder, *options, n_cpus=n_cpus)


def start_node(port, folder, n_cpus=1):
    """Start another node of the cluster with this port, and wait until it is there."""
    return _start(folder, f"--address=127.0.0.1:{port}", n_cpus=n_cpus)


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


def _start(folder, *arguments, n_cpus):
    """What it prints is in `folder`, a file for each time that it is started."""
    command = [
        str(Path(sys.executable).with_name("ray")),
        "start",
        "--block",
        f"--num-cpus={n_cpus}",
        f"--object-store-memory={OBJECT_STORE}",
        "--disable-usage-stats",
        *arguments,
    ]
    for _ in range(N_TRIES):
        log = folder / f"ray-start-{len([*folder.glob('ray-start-*')])}.log"
        with log.open("wb") as output:
            node = subprocess.Popen(
                command, env={**os.environ, **QUIET}, stdout=output, stderr=output, start_new_session=True
            )
        wait_until(lambda node=node, log=log: node.poll() is not None or STARTED in log.read_bytes(), START_SECONDS)
        if node.poll() is None:
            return node
        kill_node(node)  # what it has left
    raise AssertionError(f"A node of Ray ended {N_TRIES} times while it started:\n{log.read_text()[-2000:]}")


def _session_of(pid):
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid)
    return 0
