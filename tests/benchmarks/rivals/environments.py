"""A virtual environment for each library: made once, kept in a folder, made anew when what it should hold changes."""

import os
import subprocess
import sys
from pathlib import Path

HOLDS = "holds.txt"
"""The file in an environment that says what was installed into it; written last."""


class NotInstalled(Exception):
    """A library cannot be had here; the message is pip's last word."""


def default_folder() -> Path:
    """Where environments are kept unless told otherwise: the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cf-lab" / "rivals"


def python_of(name: str, requirements: tuple[str, ...], folder: Path) -> Path:
    """The Python of the environment `name` in `folder`, with `requirements` installed.

    Raises:
        NotInstalled: pip could not.
    """
    environment = folder / name
    python, holds = environment / "bin" / "python", environment / HOLDS
    wanted = "\n".join((sys.version, *requirements))
    if holds.exists() and holds.read_text(encoding="utf-8") == wanted:
        return python
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(environment)],
        [str(python), "-m", "pip", "install", "--quiet", *requirements],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise NotInstalled(last_word(done.stderr or done.stdout))
    holds.write_text(wanted, encoding="utf-8")
    return python


def last_word(output: str) -> str:
    """The last line of `output` that begins with "ERROR:" or "error:", or else the last that is not empty."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = [line for line in lines if line.lower().startswith("error:")]
    return (told or lines or ["no word why"])[-1]
