"""Runs cells for another process: reads one call per line and prints one answer per line, in JSON, until input ends.

    python -m cf_core.tensors.program

A call is `{"cell": "times", "arguments": [[[1, 2]], [[3, 4]], "cpu"]}`, with a function of `cf_core.tensors.cells`; its
answer `{"answer": ...}`, or `{"error": "ShapeError", "message": "..."}`.
"""

import dataclasses
import json
import sys
from typing import Any

from cf_core import errors
from cf_core.tensors import cells
from cf_core.tensors.executed_cell import ExecutedCell


def answer(call: dict[str, Any]) -> dict[str, Any]:
    """What the call comes to."""
    try:
        value = getattr(cells, call["cell"])(*call["arguments"])
    except errors.CFError as error:
        return {"error": type(error).__name__, "message": str(error)}
    return {"answer": dataclasses.asdict(value) if isinstance(value, ExecutedCell) else value}


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
