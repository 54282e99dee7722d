"""Error messages on the page, and text that Markdown is not to format.

A message names files for whoever runs the server; a visitor reads their names without the folders, and the whole of it
goes to the log.
"""

import functools
import logging
import re
from collections.abc import Callable

import streamlit as st

from cf_core.errors import CFError

WORD_JOINER = "\u2060"
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=[\w.+-])(?=@[\w-])", re.IGNORECASE)
_SEGMENT = r"[^/\s:;,'\"](?:[^/\n:;,'\"]*[^/\s:;,'\"])?"
_FOLDERS = re.compile(rf"(?<![\w.:/~])/(?:{_SEGMENT}/)*(?=[^/\s])")
_log = logging.getLogger(__name__)


def escape_markdown(text: str) -> str:
    """The text with a backslash before every character that Markdown would read as formatting. A backslash does not
    keep an address from becoming a link; an invisible character within it does."""
    text = _ADDRESS.sub(WORD_JOINER, text)
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$~|<>:])", r"\\\1", text)


def for_visitors(message: str) -> str:
    """A message as Markdown that formats nothing and names no folder of the server."""
    return escape_markdown(_FOLDERS.sub("", message))


def show_error(error: CFError) -> None:
    """The message of an error, in a red box."""
    _log_once(str(error))
    st.error(for_visitors(str(error)), icon=":material/error:")


def attempt(action: Callable[..., object], *arguments: object) -> None:
    """Call `action`; where it fails, show why in a toast. For `on_click`, whose errors the page cannot catch."""
    try:
        action(*arguments)
    except CFError as error:
        _log_once(str(error))
        st.toast(for_visitors(str(error)), icon=":material/error:", duration="long")


@functools.lru_cache(maxsize=256)
def _log_once(message: str) -> None:
    """Log a message unless it was logged before: a page that refreshes itself meets its error again and again."""
    _log.warning("%s", message)
