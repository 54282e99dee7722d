"""Programs of `cf_core.programs` on a Ray cluster: one actor each, on whichever node, which ends with its program. It
takes no core of those that train: as on a server, it gives way to them."""

import contextlib
import io
import os
import queue
import runpy
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray
from ray.exceptions import RayError

from cf_core.errors import ClusterError
from cf_core.programs.child_environment import child_environment
from cf_core.runs.workers.ray_worker import environment_of_actors

LOST = "The machine of the cluster that computed it does not answer any more. Try again."


class RayProgram:
    """A program on the cluster that this process is connected to; see `Running`."""

    def __init__(self, module: str, data: NDArray[Any], settings: str) -> None:
        self._call = module, data, settings
        self._actor: Any = None
        self._latest: NDArray[Any] | None = None
        self._result: NDArray[Any] | None = None
        self._killed = False

    def start(self) -> None:
        actor = ray.remote(num_cpus=0, scheduling_strategy="SPREAD")(_RayProgram)
        self._actor = actor.options(runtime_env={"env_vars": environment_of_actors()}).remote()

    def lines(self) -> Iterator[str]:
        try:
            for report in self._actor.run.options(num_returns="streaming").remote(*self._call):
                line, self._latest, self._result = ray.get(report)
                yield line
        except (RayError, OSError, RuntimeError) as error:
            if not self._killed:
                raise ClusterError(LOST) from error

    def partial(self) -> NDArray[Any] | None:
        return self._latest

    def result(self) -> NDArray[Any] | None:
        return self._result

    def kill(self) -> None:
        self._killed = True
        with contextlib.suppress(RayError, OSError, RuntimeError):
            ray.kill(self._actor)

    def close(self) -> None:
        self.kill()


class _RayProgram:
    """The actor. It runs the module as the command line would, and so has the same program."""

    def run(
        self, module: str, data: NDArray[Any], settings: str
    ) -> Iterator[tuple[str, NDArray[Any] | None, NDArray[Any] | None]]:
        """Each line that it prints, with what there is to show; the last again, with the result where it has one."""
        os.environ.update(child_environment())
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        succeeded: list[bool] = []
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "data.npy", Path(folder) / "result.npy"
            np.save(source, data)
            arguments = [module, str(source), str(target), settings]
            threading.Thread(target=_run, args=(module, arguments, lines, succeeded), daemon=True).start()
            last_line = ""
            while (line := lines.get()) is not None:
                last_line = line
                yield line, np.load(target) if target.exists() else None, None
            yield last_line, None, np.load(target) if succeeded else None


class _Lines(io.TextIOBase):
    """A standard output that passes lines on."""

    def __init__(self, lines: "queue.SimpleQueue[str | None]") -> None:
        self._lines = lines

    def write(self, text: str) -> int:
        for line in filter(None, text.split("\n")):
            self._lines.put(line)
        return len(text)


def _run(module: str, arguments: list[str], lines: "queue.SimpleQueue[str | None]", succeeded: list[bool]) -> None:
    """Run the module, with nothing else in this process."""
    sys.argv = arguments
    try:
        with contextlib.redirect_stdout(_Lines(lines)):
            runpy.run_module(module, run_name="__main__")
        succeeded.append(True)
    except SystemExit:
        pass  # it has said why
    except Exception as error:
        lines.put(f"{type(error).__name__}: {error}")
    finally:
        lines.put(None)
