"""Looks at a source of ratings, or imports it, for another process: what somebody uploaded may be made to take all the
memory or time there is, and takes them from this process alone.

    python -m cf_core.data.tables.program look SOURCE OPTIONS MEMORY
    python -m cf_core.data.tables.program import SOURCE OPTIONS MEMORY TARGET

OPTIONS are an `ImportOptions` in JSON, MEMORY the bytes that it may take. It prints one JSON object per line:
`understood`, then `complaints`; or `progress` and at last `imported`; or `refused`, with the message.
"""

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any


def main() -> None:
    """Do what the command line asks for."""
    task, source, options, memory, *target = sys.argv[1:]
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))

    from cf_core.errors import CFError

    try:
        if task == "look":
            _look(Path(source), json.loads(options))
        else:
            _import(Path(source), json.loads(options), Path(*target))
    except CFError as error:
        _print("refused", message=str(error))
    except MemoryError:
        _print("memory")


def _look(source: Path, record: dict[str, Any]) -> None:
    from cf_core.data.tables.as_json import options_from_json, understood_to_json
    from cf_core.data.tables.complaints import complaints
    from cf_core.data.tables.understand import understand

    options = options_from_json(record)
    _print("understood", understood=understood_to_json(understand(source, options.has_header)))
    _print("complaints", complaints=[asdict(one) for one in complaints(source, options)])


def _import(source: Path, record: dict[str, Any], target: Path) -> None:
    from cf_core.data.tables.as_json import options_from_json
    from cf_core.data.tables.importing import import_data_set

    def report(done: int, total: int) -> None:
        _print("progress", done=done, total=total)

    summary = import_data_set(source, target, options_from_json(record), report)
    _print("imported", summary=asdict(summary))


def _print(event: str, **values: object) -> None:
    print(json.dumps({"event": event, **values}), flush=True)


if __name__ == "__main__":
    main()
