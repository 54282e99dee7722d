"""A headless Chromium and real Streamlit servers for the browser tests."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
SETTINGS = {
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
}

Serve = Callable[..., str]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh context; what its console complains about gathers in `page.complaints`."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.complaints = listen(page)
    yield page
    context.close()


def listen(page: Page) -> list[str]:
    """A list that fills with the page's console errors and uncaught exceptions."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(script, **env)` starts `streamlit run script` on a free port and returns the address."""
    servers: list[subprocess.Popen[bytes]] = []

    def start(script: str | Path, **env: str) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = [f"--{name}={value}" for name, value in {**SETTINGS, "server.port": str(port)}.items()]
        log = tmp_path / f"server-{port}.log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(script), "--server.address=127.0.0.1", *options],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **env},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        servers.append(server)
        _wait_until_healthy(server, f"http://127.0.0.1:{port}", log)
        return f"http://127.0.0.1:{port}"

    yield start
    for server in servers:
        _end(server)


def _wait_until_healthy(server: "subprocess.Popen[bytes]", address: str, log: Path, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"streamlit did not come up at {address}:\n{log.read_text(errors='replace')}")


def _end(server: "subprocess.Popen[bytes]") -> None:
    """End the server and what it started; its process group is its own."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, sign)
        except ProcessLookupError:
            break
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue
    server.wait(timeout=10)


@pytest.fixture
def idle() -> Callable[[Page], None]:
    """`idle(page)` waits until Streamlit is connected and no script runs."""
    return wait_until_idle


def wait_until_idle(page: Page, timeout: float = 60_000) -> None:
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]',
        timeout=timeout,
    )
