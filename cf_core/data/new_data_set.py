"""A new data set among the others: its folder is there whole or not at all, and its name is fit for one."""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cf_core.errors import ConfigError, StoreError
from cf_core.files import remove_folder

LONGEST_NAME = 80
_NAME = re.compile(r"\w[\w .,()+-]*")


def check_name(name: str) -> None:
    """Raise `ConfigError` where `name` cannot be that of a folder everywhere: letters, digits, blanks and . , ( ) + - _
    are fit for one, beginning with a letter or digit."""
    if not _NAME.fullmatch(name) or name != name.strip(" .") or len(name) > LONGEST_NAME:
        raise ConfigError(
            f"{name!r} cannot be the name of a data set. Take letters, digits, blanks and . , ( ) + - _, beginning "
            f"with a letter or digit, at most {LONGEST_NAME} characters."
        )


@contextlib.contextmanager
def new_data_set(home: Path, name: str) -> Iterator[Path]:
    """Yields an empty folder to write into, which becomes `home / name` in one step when the block ends; whatever the
    block raises removes it and passes through.

    Raises:
        ConfigError: the name is not fit for a folder, or there is one of that name.
        StoreError: the disk is full, or `home` cannot be written.
    """
    check_name(name)
    target = home / name
    if target.exists():
        raise ConfigError(f"{target} is there already. Choose another name, or remove it first.")
    try:
        home.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=home))
        try:
            yield part
            part.chmod(0o755)
            os.rename(part, target)
        except BaseException:
            remove_folder(part)
            raise
    except OSError as error:
        raise StoreError(
            f"{target}: could not be written ({error.strerror or error}). Make room on the disk, or make the folder "
            "writable."
        ) from error
