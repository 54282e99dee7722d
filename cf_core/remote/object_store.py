"""Asks an object store, through fsspec: each try has a time limit, what fails because the store is away is tried again
for a stated time with growing waits, and what fails for good is told in words.

The words never hold what the store or a library said: that may quote credentials.
"""

import errno
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from cf_core.errors import StoreError
from cf_core.remote.url import checked_url

T = TypeVar("T")
FileSystem = Any
"""What fsspec, which has no types, opens for a kind of store."""
CONNECT_SECONDS, ANSWER_SECONDS = 3, 10
"""How long one try waits for a connection, and for an answer."""
LEAST_SPEED = 1_000_000
"""Bytes a second: a transfer that is slower is given up and tried again."""
FIRST_WAIT, LONGEST_WAIT = 0.25, 8.0
_FULL = (errno.ENOSPC, errno.EDQUOT)
_SENSELESS = (errno.EINVAL, errno.EPERM, errno.ENOSYS, errno.EMSGSIZE, errno.ENAMETOOLONG, getattr(errno, "EREMCHG", 0))
"""What another try would not mend."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How many seconds a store may be away before a call fails.

    Attributes:
        reading: for pages wait for it.
        writing: for a training waits for it, which would be lost.
    """

    reading: float = 15.0
    writing: float = 60.0


class ObjectStore:
    """The object store at `url`. Any number of threads may use it; after a fork, child and parent have connections of
    their own.

    Args:
        patience: how long it may be away.
        sleep, now: wait so many seconds between two tries, and tell how many have gone by.

    Raises:
        ConfigError: see `checked_url`.
    """

    def __init__(
        self,
        url: str,
        patience: Patience = Patience(),
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url, self.patience, self._sleep, self._now = checked_url(url), patience, sleep, now
        self._opened: tuple[int, FileSystem] | None = None

    def read(self, ask: Callable[[FileSystem], T]) -> T:
        """What `ask` returns.

        Raises:
            FileNotFoundError: there is no such file, or no such bucket.
            StoreError: the store does not answer, or refuses.
        """
        return self._call(ask, self.patience.reading)

    def write(self, ask: Callable[[FileSystem], T]) -> T:
        """What `ask`, which may be called several times, returns.

        Raises:
            StoreError: the store does not answer, refuses, or has no such bucket.
        """

        def ask_for_bucket_too(system: FileSystem) -> T:
            try:
                return ask(system)
            except FileNotFoundError as error:  # or it is the upload that is gone: its answer was lost
                self._check_bucket(system)
                raise ConnectionResetError from error

        return self._call(ask_for_bucket_too, self.patience.writing)

    def check_bucket(self) -> None:
        """Raise `StoreError` where there is no such bucket, or the store does not answer."""
        self.read(self._check_bucket)

    def _call(self, ask: Callable[[FileSystem], T], patience: float) -> T:
        away_since, wait = None, FIRST_WAIT
        while True:
            try:
                return ask(self._file_system())
            except FileNotFoundError:
                raise
            except _errors() as error:
                refusal = self._refusal(error)
                if refusal is not None:
                    raise refusal from error
                now = self._now()
                away_since = now if away_since is None else away_since
                if now + wait > away_since + patience:
                    raise self._away(error, now - away_since) from error
                _log.warning("%s does not answer (%s); it is asked again.", self.url, type(error).__name__)
            self._sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _check_bucket(self, system: FileSystem) -> None:
        """Raise `StoreError` where there is no such bucket; what else is wrong with it passes through."""
        try:
            system.call_s3("list_objects_v2", Bucket=self.url.split("/")[2], MaxKeys=1, timeout=ANSWER_SECONDS)
        except FileNotFoundError:
            raise StoreError(f"{self.url}: there is no such bucket. Create it, or correct CF_LAB_FILES.") from None

    def _file_system(self) -> FileSystem:
        """Opened at the first call, and anew in a process that was forked: its connections belong to the parent."""
        opened = self._opened
        if opened is None or opened[0] != os.getpid():
            opened = self._opened = os.getpid(), _open(self.url.partition("://")[0])
        return opened[1]

    def _refusal(self, error: Exception) -> StoreError | None:
        """What to say of an error that waiting does not mend; None for others."""
        if isinstance(error, OSError) and (error.filename or error.errno in _FULL):
            where = error.filename or "The local copies of files"
            return StoreError(
                f"{where}: could not be written ({error.strerror}). Make room on the disk, or name another folder in "
                "CF_LAB_CACHE; what was stored before is whole."
            )
        if isinstance(error, PermissionError) or type(error).__name__ in (
            "NoCredentialsError",
            "PartialCredentialsError",
        ):
            return StoreError(
                f"{self.url}: the store refuses the credentials, or there are none. Check AWS_ACCESS_KEY_ID, "
                "AWS_SECRET_ACCESS_KEY and what they may do; what was stored before is whole."
            )
        if isinstance(error, OSError) and error.errno in _SENSELESS:
            kind = _code(error)
            return StoreError(f"{self.url}: the store refuses the request ({kind}). Check the URL and the region.")
        return None

    def _away(self, error: Exception, seconds: float) -> StoreError:
        return StoreError(
            f"{self.url}: the store has not answered for {seconds:.0f} s ({_code(error)}). Check that it runs and "
            "can be reached, and try again; what was stored before is whole."
        )


def transfer_seconds(n_bytes: int) -> float:
    """How long one try of a transfer may take."""
    return ANSWER_SECONDS + n_bytes / LEAST_SPEED


def _open(kind: str) -> FileSystem:
    """Connections that remember no listing, since other servers write too, and try nothing again, since we do."""
    import fsspec

    system = fsspec.filesystem(
        kind,
        skip_instance_cache=True,
        use_listings_cache=False,
        max_concurrency=2,  # parts of a large file in memory at once
        config_kwargs={
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": ANSWER_SECONDS,
            "retries": {"total_max_attempts": 1},
            "max_pool_connections": 32,
        },
    )
    system.retries = 1
    return system


def _errors() -> tuple[type[Exception], ...]:
    """All that a call may raise because of the store or the network."""
    from aiohttp import ClientError as ConnectionLost
    from botocore.exceptions import BotoCoreError, ClientError
    from fsspec.exceptions import FSTimeoutError

    return OSError, FSTimeoutError, BotoCoreError, ClientError, ConnectionLost


def _code(error: Exception) -> str:
    """What kind of error it is, without its words."""
    response: Any = getattr(error.__cause__, "response", None) or getattr(error, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return str(code or type(error).__name__)
