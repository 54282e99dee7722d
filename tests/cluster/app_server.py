"""A server of the lab in a process of its own, which trains nothing itself: `python -m tests.cluster.app_server SOCKET`
finds store and cluster in its environment, as an app does. Tests ask it through the socket, and kill it."""

import contextlib
import operator
import subprocess
import sys
from multiprocessing.managers import BaseManager
from pathlib import Path

from cf_core.environment import PROJECT
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.ray_settings import RaySettings
from cf_core.runs.workers.remote_pool import RemotePool
from tests.waiting import wait_until

KEY = b"of the tests"


class Desk:
    """Where a server is asked."""

    def __init__(self):
        self.workers = RemotePool(StoreAddress.from_env(PROJECT / "runs"), RaySettings.from_env())

    def ask(self, name, *arguments):
        """What a method of its pool returns, or raises."""
        return operator.attrgetter(name)(self.workers)(*arguments)


class Manager(BaseManager):
    pass


Manager.register("desk", Desk)


class AppServer:
    """A running server, which is asked as a `RemotePool` is."""

    def __init__(self, socket: Path):
        self.process = subprocess.Popen([sys.executable, "-m", "tests.cluster.app_server", str(socket)], cwd=PROJECT)
        wait_until(socket.exists)
        manager = Manager(str(socket), KEY)
        manager.connect()
        self._desk = manager.desk()

    def __getattr__(self, name):
        return lambda *arguments: self._desk.ask(name, *arguments)

    def kill(self):
        """As `kill -9` does."""
        self.process.kill()
        self.process.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        Manager(sys.argv[1], KEY).get_server().serve_forever()
