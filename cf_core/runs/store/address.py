"""Where a store is: a folder, or a database by URL with a place for its files. Nothing in here opens either."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cf_core.errors import ConfigError
from cf_core.remote.url import is_url

RUNS, FILES = "CF_LAB_RUNS", "CF_LAB_FILES"
"""The environment variables that hold the two parts of an address."""

DRIVER = "postgresql+psycopg"
_POSTGRESQL = re.compile(r"(postgres|postgresql|postgresql\+psycopg)://")
_IN_AUTHORITY = re.compile(r"(://[^:/@?]*):.*@")
_IN_QUERY = re.compile(r"(?i)([?&](?:ssl)?(?:password|passwd|secret|key|token)=)[^&]*")


@dataclass(frozen=True, repr=False)
class StoreAddress:
    """Where the records and the files of a store are.

        StoreAddress.of("runs")
        StoreAddress.of("postgresql+psycopg://lab@db.example/lab", "s3://lab/files")

    Attributes:
        runs: an absolute folder, or the URL of a PostgreSQL database.
        files: the same folder, or the URL of the files: `s3://…`, or `file://…` for a folder.
    """

    runs: str
    files: str

    @classmethod
    def of(cls, runs: str | Path, files: str | None = None) -> "StoreAddress":
        """The address of a store in a folder, which has its files too, or of one in a database with its files at
        `files`.

        Raises:
            ConfigError: a database without a place for the files, or one that is not PostgreSQL; a folder with its
                files elsewhere.
        """
        if not is_url(str(runs)):
            folder = str(Path(runs).absolute())
            if files not in (None, "", folder, str(runs)):
                raise ConfigError(
                    f"A store in a folder ({folder}) has its files there, not in {without_password(files or '')}. "
                    f"Leave {FILES} unset, or name a database with {RUNS}."
                )
            return cls(folder, folder)
        url = _with_driver(str(runs))
        if not files:
            raise ConfigError(
                f"A store in a database needs a place for its files. Set {FILES} to a URL, such as s3://bucket/folder, "
                "or to a folder."
            )
        return cls(url, files if is_url(files) else Path(files).absolute().as_uri())

    @classmethod
    def read(cls, place: "StoreAddress | str | Path") -> "StoreAddress":
        """The address that somebody gives: a folder, or the URL of a database whose files are where `CF_LAB_FILES`
        says; raises as `of` does."""
        if isinstance(place, StoreAddress):
            return place
        return cls.of(place, os.environ.get(FILES) if is_url(str(place)) else None)

    @classmethod
    def from_env(cls, default: Path) -> "StoreAddress":
        """The address in `CF_LAB_RUNS` and `CF_LAB_FILES`, or the folder `default` where neither is set; raises as `of`
        does."""
        return cls.of(os.environ.get(RUNS) or default, os.environ.get(FILES))

    @property
    def is_folder(self) -> bool:
        """Whether the store is a folder."""
        return not is_url(self.runs)

    @property
    def folder(self) -> Path:
        """The folder that the store is; only where `is_folder`."""
        assert self.is_folder
        return Path(self.runs)

    @property
    def environment(self) -> dict[str, str]:
        """The variables from which another process reads this address, so that no password stands in its arguments."""
        return {RUNS: self.runs, FILES: self.files}

    def __str__(self) -> str:
        return without_password(self.runs)

    def __repr__(self) -> str:
        return f"StoreAddress({without_password(self.runs)!r}, {without_password(self.files)!r})"


def without_password(url: str) -> str:
    """The URL with *** in place of its password; what is no URL stays as it is."""
    return _IN_QUERY.sub(r"\1***", _IN_AUTHORITY.sub(r"\1:***@", url)) if is_url(url) else url


def _with_driver(url: str) -> str:
    """The URL of a PostgreSQL database, with the driver that the lab has for it."""
    found = _POSTGRESQL.match(url)
    if found is None:
        kind = url.partition("://")[0]
        hint = f" For SQLite name its folder instead, such as {_folder_hint(url)}." if kind.startswith("sqlite") else ""
        raise ConfigError(
            f"{without_password(url)}: runs are stored in a folder or in PostgreSQL ({DRIVER}://…), not by '{kind}'."
            + hint
        )
    return f"{DRIVER}://{url[found.end() :]}"


def _folder_hint(url: str) -> str:
    path = Path(unquote(urlsplit(url).path.removeprefix("/")) or "runs/runs.sqlite")
    return str(path.parent)
