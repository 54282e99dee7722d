"""A PostgreSQL server for the tests, started once, on a Unix socket in a folder of its own; and databases on it."""

import contextlib
import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from cf_core.runs.store.tables import Table

SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "autovacuum": "off",
}


class Server:
    """One server with the programs in `binaries`; as root it belongs to the user postgres, since it refuses root."""

    def __init__(self, binaries: Path) -> None:
        self.binaries, self.user = binaries, "postgres" if os.geteuid() == 0 else getpass.getuser()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path has 107 characters at most
        if os.geteuid() == 0:
            os.chown(self.folder, *pwd.getpwnam("postgres")[2:4])
        self.run("initdb", "-D", self.data, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-N", "-U", self.user)

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", f"-k {self.folder} {options}", "start")

    def stop(self) -> None:
        """As a crash stops it."""
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), *arguments]
        command = ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{self.user}@/{name}?host={self.folder}"

    def execute(self, statement: str, name: str = "postgres") -> None:
        """One or several statements, in the database of that name."""
        import psycopg

        with psycopg.connect(host=str(self.folder), user=self.user, dbname=name, autocommit=True) as connection:
            connection.execute(statement.encode())

    def empty(self, name: str) -> None:
        """Delete the rows of all tables of a store, after whoever still uses them has been sent away."""
        others = "pid <> pg_backend_pid() AND datname = current_database()"
        self.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}", name)
        self.execute("; ".join(f"DELETE FROM {table}" for table in reversed(Table.metadata.sorted_tables)), name)

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, empty database, which is dropped in the end."""
        name = f"lab_{uuid.uuid4().hex[:8]}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def find_binaries() -> Path:
    """The folder of PostgreSQL's programs; skips the test where there is none, or no driver."""
    pytest.importorskip("psycopg", reason="the driver for PostgreSQL is not installed")
    initdb = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if initdb is None and not found:
        pytest.skip("no PostgreSQL on this machine")
    return Path(initdb).parent if initdb else found[-1].parent
