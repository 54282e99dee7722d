"""The cells, run by one process for the whole server.

To import PyTorch takes seconds, in which a Python process does nothing else, and to run what a reader typed is safer
outside the server. The process starts with the first cell and ends with the server.
"""

import functools
import json
import subprocess
import sys
import threading
from typing import Any

from cf_core import errors
from cf_core.environment import PROJECT
from cf_core.errors import CellProcessError, CFError
from cf_core.tensors.executed_cell import ExecutedCell, Matrix

SECONDS = 120.0
"""How long a cell may take, the start of the process included."""


class CellProcess:
    """Runs cells, one at a time; where the process has ended, the next cell starts another.

    Raises (every method): what the function of the same name in `cf_core.tensors.cells` raises, or `CellProcessError`
    where the process ends or does not answer within `SECONDS`.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._one_at_a_time = threading.Lock()

    @functools.cached_property
    def devices(self) -> list[str]:
        """The devices that this machine has for tensors, "cpu" first."""
        found: list[str] = self._call("devices")
        return found

    def times(self, a: Matrix, b: Matrix, device: str) -> ExecutedCell:
        """`a * b`."""
        return self._cell("times", a, b, device)

    def row_sums(self, a: Matrix, b: Matrix, device: str) -> ExecutedCell:
        """`(a * b).sum(1)`."""
        return self._cell("row_sums", a, b, device)

    def matrix_product(self, a: Matrix, b: Matrix, device: str) -> ExecutedCell:
        """`a @ b.T`."""
        return self._cell("matrix_product", a, b, device)

    def module(self, a: Matrix, b: Matrix, device: str) -> ExecutedCell:
        """The lesson's `DotProduct` module."""
        return self._cell("module", a, b, device)

    def one_hot(self, a: Matrix, rows: list[int], device: str) -> ExecutedCell:
        """One-hot rows."""
        return self._cell("one_hot", a, rows, device)

    def one_hot_product(self, a: Matrix, rows: list[int], device: str) -> ExecutedCell:
        """One-hot rows times a."""
        return self._cell("one_hot_product", a, rows, device)

    def look_up(self, a: Matrix, rows: list[int], device: str) -> ExecutedCell:
        """Rows of a by an embedding."""
        return self._cell("look_up", a, rows, device)

    def sigmoid_range(self, x: float, low: float, high: float, device: str) -> ExecutedCell:
        """The lesson's `RatingRange` module."""
        return self._cell("sigmoid_range", x, low, high, device)

    def _cell(self, name: str, *arguments: Any) -> ExecutedCell:
        record = self._call(name, *arguments)
        return ExecutedCell(**{**record, "shape": tuple(record["shape"])})

    def _call(self, name: str, *arguments: Any) -> Any:
        with self._one_at_a_time:
            said = self._exchange(json.dumps({"cell": name, "arguments": arguments}))
        if "error" in said:
            kind: type[CFError] = getattr(errors, said["error"])
            raise kind(said["message"])
        return said["answer"]

    def _exchange(self, line: str) -> dict[str, Any]:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        timer = threading.Timer(SECONDS, process.kill)
        timer.start()
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            said: dict[str, Any] = json.loads(process.stdout.readline())
        except (OSError, ValueError) as error:
            process.kill()
            process.wait()  # so that the next cell finds it ended
            raise CellProcessError("The process that runs PyTorch's cells has ended. Run the cell again.") from error
        finally:
            timer.cancel()
        return said

    def _running(self) -> "subprocess.Popen[str]":
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cf_core.tensors.program"],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        return self._process


@functools.cache
def cell_process() -> CellProcess:
    """The one of this server."""
    return CellProcess()
