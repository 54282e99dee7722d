"""A headless Chromium and real Streamlit servers for the browser tests."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from cf_core.data.reading import EMBEDDED
from cf_core.data.split import SplitConfig
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.training.recipes import RECIPES
from pages.shared.steps import PAGES

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
    "--disable-gpu-compositing",  # WebGL stays; to put pages together in software as well takes twice the time
]
SETTINGS = {
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
}

STREAMLITS_OWN = re.compile(r"/\w+/_stcore/(health|host-config)$|^https://fonts\.gstatic\.com/")
"""What Streamlit asks for in vain by itself: its endpoints below the address of a page, and an icon for the tab."""

COOKIE, WORKSPACE = "cf_lab_workspace", "w" * 32
expect.set_options(timeout=30_000)  # for slow machines; what is there is seen at once

Serve = Callable[..., str]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Add to the report of a test that failed what its page showed then."""
    report = yield
    if report.when == "call" and report.failed:
        for name, page in item.funcargs.items():
            if isinstance(page, Page) and not page.is_closed():
                report.sections.append((f"{name} at {page.url}", page.locator("body").inner_text(timeout=5_000)))
    return report


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """A Chromium, for the fixture `browser`, which tests outside this folder use too."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh context; what its console complains about gathers in `page.complaints`."""
    with entering(browser) as page:
        yield page


@pytest.fixture(scope="session")
def enter() -> Callable[..., contextlib.AbstractContextManager[Page]]:
    """`with enter(browser, address, **options) as page`: another browser, which has been at the address before."""
    return entering


@contextlib.contextmanager
def entering(browser: Browser, address: str | None = None, **options: Any) -> Iterator[Page]:
    """A page in a context of its own: in the workspace of `lab` where an address is given, else a new visitor's."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "color_scheme": "light", **options})
    if address:
        context.add_cookies([{"name": COOKIE, "value": WORKSPACE, "url": address}])
    page = context.new_page()
    page.complaints = listen(page)
    yield page
    context.close()


def listen(page: Page) -> list[str]:
    """A list that fills with the page's console errors and uncaught exceptions, Streamlit's own left out."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not STREAMLITS_OWN.search(message.location["url"]):
            complaints.append(f"{message.text} {message.location['url']}")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(script, **env)` starts `streamlit run script` on a free port and returns the address."""
    with serving(tmp_path) as (start, _):
        yield start


@pytest.fixture
def serve_again(tmp_path: Path) -> Iterator[Callable[..., tuple[str, Callable[[], None]]]]:
    """As `serve`, with a function besides the address that kills the server alone, as `kill -9` does."""
    with serving(tmp_path) as (start, servers):

        def start_mortal(script: str | Path, **env: str) -> tuple[str, Callable[[], None]]:
            address = start(script, **env)
            server = servers[address]
            return address, lambda: (server.kill(), server.wait(timeout=10))[0]

        yield start_mortal


@pytest.fixture(scope="session")
def lab_store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """The store of `lab`."""
    return RunStore(tmp_path_factory.mktemp("lab") / "runs")


@pytest.fixture(scope="session")
def lab_run(lab_store: RunStore) -> str:
    """The id of the finished run of `notebook-learner` that `lab` begins with; other tests may rename it, and train
    more."""
    spec = RunSpec(str(EMBEDDED), SplitConfig(), RECIPES["notebook-learner"].config, "cpu")
    run_id = lab_store.create(spec, WORKSPACE).run_id
    for _ in execute(lab_store, run_id):
        pass
    return run_id


@pytest.fixture(scope="session")
def lab(lab_store: RunStore, lab_run: str) -> Iterator[str]:
    """The address of the app with `lab_run`, in the workspace of `enter`."""
    with serving(lab_store.folder.parent) as (start, _):
        yield start("app.py", CF_LAB_RUNS=str(lab_store.folder), CF_LAB_WORKERS="1")


@pytest.fixture(scope="module")
def student_browser(browser: Browser, lab: str) -> Iterator[BrowserContext]:
    """The browser of the student of `lab`, one for all tests of a file, so that it loads the app once."""
    with contextlib.closing(browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")) as mine:
        mine.add_cookies([{"name": COOKIE, "value": WORKSPACE, "url": lab}])
        yield mine


@pytest.fixture
def student(student_browser: BrowserContext) -> Iterator[Page]:
    """A new tab of that browser, whose console has nothing to complain about."""
    page = student_browser.new_page()
    page.complaints = listen(page)
    yield page
    assert page.complaints == []
    page.close()


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[tuple[Serve, dict[str, "subprocess.Popen[bytes]"]]]:
    """What starts a server, and the servers by their addresses. They end with the block and log into `folder`."""
    servers: dict[str, subprocess.Popen[bytes]] = {}

    def start(script: str | Path, **env: str) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = [f"--{name}={value}" for name, value in {**SETTINGS, "server.port": str(port)}.items()]
        log = folder / f"server-{port}.log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(script), "--server.address=127.0.0.1", *options],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **env},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        base = env.get("STREAMLIT_SERVER_BASE_URL_PATH")
        address = f"http://127.0.0.1:{port}" + (f"/{base}" if base else "")
        servers[address] = server
        _wait_until_healthy(server, address, log)
        return address

    try:
        yield start, servers
    finally:
        for server in servers.values():
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


def navigate(page: Page, title: str) -> None:
    """Change to the page of that title by the navigation at the top."""
    section = next(step.section for step in PAGES if step.title == title)
    if section:
        page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
    page.get_by_role("menuitem" if section else "link", name=title, exact=True).first.click()


def wait_until_idle(page: Page, timeout: float = 60_000) -> None:
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]',
        timeout=timeout,
    )


SETTLED = """() => {
    const { testScriptState, testConnectionState } = document.querySelector('[data-testid="stApp"]').dataset;
    const idle = testScriptState === "notRunning" && testConnectionState === "CONNECTED";
    window.idleSince = idle ? (window.idleSince ?? performance.now()) : undefined;
    return idle && performance.now() - window.idleSince > 300;
}"""
"""Whether nothing has run for 0.3 s; a click takes a moment to reach the server."""


def wait_until_settled(page: Page, timeout: float = 60_000) -> None:
    """Wait until no script has run for a moment."""
    page.evaluate("window.idleSince = undefined")
    page.wait_for_function(SETTLED, timeout=timeout)
