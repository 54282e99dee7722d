"""Names of data sets: each is the name of a folder, and stands in addresses and messages."""

import re
from pathlib import Path

from cf_core.errors import ConfigError

LONGEST_NAME = 60
_NAME = re.compile(r"[^\W_][\w.\- ]*")


def check_name(name: str) -> str:
    """The name, if a folder can have it everywhere.

    Raises:
        ConfigError: it is empty or long, or has other characters than letters, digits, "-", "_", "." and blanks, or
            begins or ends with one that is neither letter nor digit nor "_".
    """
    if not _NAME.fullmatch(name) or name != name.rstrip(" .-") or len(name) > LONGEST_NAME:
        raise ConfigError(
            f"The name {name[:LONGEST_NAME]!r} does not do. Take up to {LONGEST_NAME} letters, digits, '-', '_', '.' "
            "and blanks, with a letter or digit first and no blank or mark last."
        )
    return name


def default_name(file: str) -> str:
    """A name for a data set from that of its file: "books.csv.gz" becomes "books"."""
    return Path(file).name.split(".")[0].strip()[:LONGEST_NAME] or "data"


def check_free(folder: Path) -> None:
    """Check that a data set can be written as `folder`.

    Raises:
        ConfigError: something of that name is there, or the folder it would be in is not.
    """
    if folder.exists() or folder.is_symlink():
        raise ConfigError(f"{folder}: the name is taken. Choose another, or delete what is there.")
    if not folder.parent.is_dir():
        raise ConfigError(f"{folder.parent}: the folder is not there. Make it, or let CF_LAB_DATA name another.")
