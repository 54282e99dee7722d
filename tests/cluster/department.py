"""A department on one machine: PostgreSQL, an object store, a Ray cluster of two nodes, and servers."""

import contextlib
import random
import re
import socket
import uuid
from pathlib import Path

import s3fs

from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.ray_settings import RaySettings
from cf_core.runs.workers.remote_pool import RemotePool
from tests.cluster.app_server import AppServer
from tests.cluster.ray_nodes import QUIET, kill_node, start_head, start_node
from tests.object_store import BUCKET, TestStore
from tests.postgres import Server, find_binaries
from tests.waiting import wait_until

PASSWORD = "s3cret-of-the-lab"
"""In the URL of the database, which trusts everybody."""

PATIENCE, IMPATIENCE = 240.0, 15.0
"""Seconds. A worker imports PyTorch when it starts, and gives way to all else that the machine does. Once something has
not come within the first, nothing else is waited for as long: it would be for the same reason."""


class Department:
    """The head and the node train one run each. What processes need to find it all is in `environment`, which has to be
    this process's own before `start`.

    Args:
        folder: for all files, with a path of 40 characters at most. Ray's sockets are in there, whose paths have 107 at
            most: a node does not start otherwise, and with the process's number in them, it may or may not.
    """

    def __init__(self, folder: Path):
        self.folder, self.database, self.objects = folder, Server(find_binaries()), TestStore()
        self.patience = PATIENCE
        self.port = _free_port()
        self.files, self.head, self.node, self._servers = f"s3://{BUCKET}/{uuid.uuid4().hex}", None, None, []

    @property
    def environment(self):
        return {
            **self.objects.environment,
            **QUIET,
            "RAY_ADDRESS": f"127.0.0.1:{self.port}",
            "CF_LAB_RAY": "auto",
            "CF_LAB_RUNS": self.database.url("lab").replace("@", f":{PASSWORD}@", 1),
            "CF_LAB_FILES": self.files,
            "CF_LAB_CACHE": str(self.folder / "cache"),
        }

    def start(self):
        self.database.start()
        self.database.execute("CREATE DATABASE lab")
        self.objects.make_bucket()
        self.start_head()
        self.start_node()

    def start_head(self):
        self.head = start_head(self.port, self.folder)

    def start_node(self):
        self.node = start_node(self.port, self.folder)

    def kill_head(self):
        kill_node(self.head)

    def kill_node(self):
        kill_node(self.node)

    def server(self):
        """A new server, in a process of its own."""
        self._servers.append(AppServer(self.folder / f"server-{len(self._servers)}"))
        return self._servers[-1]

    def server_here(self, data):
        """A server in this process."""
        return RemotePool(StoreAddress.from_env(self.folder), RaySettings.from_env(), data)

    def rows(self, statement):
        """What the database itself says."""
        import psycopg

        with psycopg.connect(host=str(self.database.folder), user=self.database.user, dbname="lab") as connection:
            return connection.execute(statement).fetchall()

    def objects_of(self, run_id):
        """The names of the files that the object store itself has of a run."""
        found = s3fs.S3FileSystem(skip_instance_cache=True).find(f"{self.files.removeprefix('s3://')}/{run_id}")
        return {name.partition(f"{run_id}/")[2] for name in found}

    def log(self):
        """The lines of the logs of all pools that there were."""
        return self._lines("worker-*.err")

    def wait(self, condition, every=0.01):
        """What `condition()` returns once it is true. Where that does not come, the failure says how the cluster is."""
        try:
            return wait_until(condition, self.patience, every, self.state)
        except AssertionError:
            self.patience = IMPATIENCE
            raise

    def state(self):
        """How the cluster is, for whoever looks why something did not come."""
        nodes = {"head": self.head, "node": self.node}
        processes = [
            f"The {name} {'runs' if node.poll() is None else f'has ended with status {node.poll()}'}."
            for name, node in nodes.items()
        ]
        errors = [line for line in self._lines("raylet*.out") if re.match(r"\[[^\]]* [EC] ", line)]
        return "\n".join(["", *processes, "Errors of Ray:", *errors[-5:], "Log of the pools:", *self.log()[-20:]])

    def close(self):
        for server in self._servers:
            server.kill()
        for node in filter(None, (self.node, self.head)):
            kill_node(node)
        self.objects.stop()
        self.database.stop()
        self.database.remove()

    def _lines(self, files):
        """All lines of those logs, of all clusters that there were."""
        found = sorted(self.folder.glob(f"session_2*/logs/{files}"), key=lambda file: file.stat().st_mtime)
        return [line for file in found for line in file.read_text(errors="replace").splitlines()]


def _free_port():
    """One that no process gets by chance between now and the start of the head, nor while the head is away."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as free:
            free.bind(("127.0.0.1", port))
            return port
