"""One program under way: what `jobs` needs of it wherever it runs, and how it runs on this machine."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cf_core.environment import PROJECT
from cf_core.programs.child_environment import child_environment

FOLDER = "cf-lab-job"
"""A program's temporary folder begins with this and the number of the server's process."""


class Running(Protocol):
    """A program, made from its module, its data and its settings in JSON; see `program`."""

    def start(self) -> None:
        """Start it, once."""

    def lines(self) -> Iterator[str]:
        """What it prints, as it comes, until it has ended."""

    def partial(self) -> NDArray[Any] | None:
        """What it has come to meanwhile; None until it shows any."""

    def result(self) -> NDArray[Any] | None:
        """What has come of it, once it has ended; None where it failed, as its last line says."""

    def kill(self) -> None:
        """End it at once."""

    def close(self) -> None:
        """Remove what it leaves."""


class LocalProgram:
    """A program in a process of its own on this machine."""

    def __init__(self, module: str, data: NDArray[Any], settings: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=f"{FOLDER}-{os.getpid()}-")
        self._source, self._target = (Path(self._folder.name) / name for name in ("data.npy", "result.npy"))
        self._call = module, settings
        self.process: subprocess.Popen[str] | None = None
        np.save(self._source, data)

    def start(self) -> None:
        module, settings = self._call
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", module, self._source, self._target, settings],
            cwd=PROJECT,
            env=child_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def lines(self) -> Iterator[str]:
        assert self.process is not None and self.process.stdout is not None
        yield from self.process.stdout
        self.process.wait()

    def partial(self) -> NDArray[Any] | None:
        return np.load(self._target) if self._target.exists() else None

    def result(self) -> NDArray[Any] | None:
        return np.load(self._target) if self.process is not None and self.process.returncode == 0 else None

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()

    def close(self) -> None:
        self._folder.cleanup()
