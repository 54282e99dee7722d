"""Waits for a database that is away for a while, on behalf of a run that would be lost otherwise."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from cf_core.errors import StoreAwayError

AWAY_SECONDS, RETRY_SECONDS = 120.0, 1.0
"""How long a training waits for the database, and how often it looks."""

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


def patiently(call: Callable[[], Result]) -> Result:
    """What `call` gives. While the database is away it is called again, for up to `AWAY_SECONDS`; so it has to do no
    harm when it had its effect the first time already, and only its answer was lost.

    Raises:
        StoreAwayError: the database has been away for longer.
        What `call` raises otherwise.
    """
    until = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            return call()
        except StoreAwayError as error:
            if time.monotonic() > until:
                raise
            _log.warning("Waiting for the database: %s", error)
            time.sleep(RETRY_SECONDS)
