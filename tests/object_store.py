"""An object store of the tests' own: moto's S3, in a thread of this process, on a port that was free."""

import contextlib
import logging
import urllib.request
from collections.abc import Iterator

import s3fs
from moto.server import ThreadedMotoServer

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIATESTONLY",
    "AWS_SECRET_ACCESS_KEY": "s3cret-of-the-tests",
    "AWS_DEFAULT_REGION": "us-east-1",
}
BUCKET = "lab"


class TestStore:
    """The server, which can be stopped and started again at the same port; what it has been given stays."""

    __test__ = False
    _has_bucket = False
    """All servers of a process have the same buckets."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._server.start()
        self.port = self._server.get_host_and_port()[1]

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a process reaches it."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}"}

    def make_bucket(self) -> None:
        """Create the bucket, unless this process has it already; `environment` has to be set."""
        if not self._has_bucket:
            s3fs.S3FileSystem(skip_instance_cache=True).mkdir(BUCKET)
            TestStore._has_bucket = True

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """Within the block the credentials are those of nobody."""
        self._ask_for_credentials(after=0)
        try:
            yield
        finally:
            self._ask_for_credentials(after=10**9)

    def stop(self) -> None:
        """Be away: nobody listens at the port."""
        self._server.stop()

    def start(self) -> None:
        """Be back, with all there was."""
        self._server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self._server.start()

    def _ask_for_credentials(self, after: int) -> None:
        """Have moto look at the credentials after so many requests; without that it takes any."""
        url = f"http://127.0.0.1:{self.port}/moto-api/reset-auth"
        asked = urllib.request.Request(url, str(after).encode(), {"Content-Type": "text/plain"})
        urllib.request.urlopen(asked).close()
