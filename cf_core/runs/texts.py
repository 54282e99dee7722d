"""What owners may write into names and notes."""

import re

from cf_core.errors import ConfigError

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """The text in one line, each run of blanks as one, and `without_controls`."""
    return " ".join(without_controls(text).split())


def without_controls(text: str) -> str:
    """The text without control characters other than line breaks and tabs, and without those that turn the direction
    of what is written after them."""
    return _CONTROLS.sub("", text)


def within(text: str, what: str, length: int) -> str:
    """The text; raises `ConfigError` where it is longer than `length` characters."""
    if len(text) > length:
        raise ConfigError(f"The {what} has {len(text):,} characters. Shorten it to {length:,}.")
    return text
