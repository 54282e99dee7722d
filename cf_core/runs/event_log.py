"""The log of a server: one line for each thing that happens to a run or a worker.

    2026-01-31 12:00:00 INFO run started run=fast-12ab34 worker=0

No line has the token of a workspace or of a link: callers name the run, never its owner.
"""

import json
import logging
import os

from cf_core.errors import ConfigError

LEVELS = ("debug", "info", "warning", "error")
_package = logging.getLogger("cf_core")
_log = logging.getLogger(__name__)


def set_up() -> None:
    """Have the package's log lines written to standard error, from the level in `CF_LAB_LOG` on ("info" by default).
    A second call changes nothing but the level.

    Raises:
        ConfigError: there is no such level.
    """
    level = os.environ.get("CF_LAB_LOG", "info")
    if level not in LEVELS:
        raise ConfigError(f"CF_LAB_LOG={level!r} is no level. Choose one of: {', '.join(LEVELS)}.")
    _package.setLevel(level.upper())
    if not _package.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S"))
        _package.addHandler(handler)
        _package.propagate = False  # or Streamlit would write each line once more


def log_event(what: str, level: int = logging.INFO, **about: object) -> None:
    """Write one line: `what` happened, and what to know about it as `name=value`; text with blanks is quoted."""
    _log.log(level, "%s%s", what, "".join(f" {name}={_value(value)}" for name, value in about.items()))


def _value(value: object) -> str:
    text = str(value)
    return text if text and text.isprintable() and not set(text) & set(' "') else json.dumps(text)
