"""The address at which a server tells a monitor on the same machine how it is.

    $ curl http://127.0.0.1:8600
    {"ok": true, "problems": [], "free_mb": 40210, "n_training": 1, "n_waiting": 0, "n_workers": 2, "n_ready": 2}

Streamlit serves its own pages alone, so the address has a port of its own: `CF_LAB_HEALTH_PORT`; there is none without
that. Status 200 where the lab is well, 503 where it is not.
"""

import functools
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cf_core.environment import positive_int_from_env
from cf_core.errors import ConfigError
from cf_core.runs.health import health
from cf_core.runs.workers.lab_pool import LabPool

VARIABLE, HOST = "CF_LAB_HEALTH_PORT", "127.0.0.1"


class _Handler(BaseHTTPRequestHandler):
    """Answers every request with the health of `workers`."""

    timeout = 10  # seconds, for a client that says nothing

    def __init__(self, workers: LabPool, *arguments: Any) -> None:
        self._workers = workers
        super().__init__(*arguments)

    def do_GET(self) -> None:
        found = health(self._workers)
        content = json.dumps(found.to_json()).encode()
        self.send_response(200 if found.ok else 503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """A monitor asks every few seconds; the log is for what happens."""


def serve_health(workers: LabPool) -> ThreadingHTTPServer | None:
    """Answer at the address, in threads of its own, until the process ends; None where no port is set.

    Raises:
        ConfigError: the variable holds no port, or one that is taken.
    """
    if VARIABLE not in os.environ:
        return None
    port = positive_int_from_env(VARIABLE, 0)
    try:
        server = ThreadingHTTPServer((HOST, port), functools.partial(_Handler, workers))
    except (OSError, OverflowError) as error:
        raise ConfigError(f"{VARIABLE}={port}: {error}. Set it to a free port, or leave it unset.") from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
