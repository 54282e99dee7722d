"""How long a student waits at the start: from `streamlit run` to the first page in the browser, and from the click on
Train to the first batch on the curve.

    python tests/benchmarks/start_up.py [--times 3]

Each time in turn: a bare Streamlit script of one line, the rival, and the app with a folder of runs of its own; in a
Chromium that is warm already (`CHROMIUM`, /usr/bin/chromium). Prints medians, their ratio, and whether PyTorch was
loaded into the server by the time that the first page stood. Judges nothing, and ends all that it started.
"""

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.class_of_thirty import until_healthy
from tests.browser.conftest import CHROMIUM, FLAGS

PROJECT = Path(__file__).resolve().parents[2]
BARE = 'import streamlit as st\n\nst.title("Bare")\n'
CURVE = "document.querySelector('.st-key-curves .cf-plot')?.data?.[0]?.x?.length > 0"


def first_page(browser: Browser, script: Path, heading: str, runs: Path) -> tuple[float, float | None, bool]:
    """Start a server on `script`: seconds until its heading stands in the browser, seconds from a click on Train to
    the first batch on the curve (None where there is no such button), and whether PyTorch is in the server by then."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    environment = {**os.environ, "CF_LAB_RUNS": str(runs), "CF_LAB_WORKERS": "2"}
    began = time.perf_counter()
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    page = browser.new_context().new_page()
    try:
        until_healthy(port)
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_role("heading", name=heading, level=1).wait_for(timeout=60_000)
        stands = time.perf_counter() - began
        has_torch = "libtorch" in Path(f"/proc/{process.pid}/maps").read_text()
        clicked = None if heading == "Bare" else click_to_first_batch(page, port)
        return stands, clicked, has_torch
    finally:
        page.context.close()
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def click_to_first_batch(page: Page, port: int) -> float:
    """On the Train page, once a worker is warm."""
    page.goto(f"http://127.0.0.1:{port}/train?recipe=notebook-bias")
    button = page.locator(".st-key-start button")
    button.wait_for(timeout=60_000)
    page.wait_for_timeout(6_000)
    began = time.perf_counter()
    button.click()
    page.wait_for_function(CURVE, timeout=60_000)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    bare, app, clicks, torch = [], [], [], False
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder) / "bare.py"
        script.write_text(BARE)
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", CHROMIUM), args=FLAGS)
        for number in range(given.times):
            bare.append(first_page(browser, script, "Bare", Path(folder) / "none")[0])
            stands, clicked, has_torch = first_page(browser, PROJECT / "app.py", "CF Lab", Path(folder) / str(number))
            app.append(stands)
            clicks.append(clicked)
            torch = torch or has_torch
        browser.close()
    here, there = statistics.median(app), statistics.median(bare)
    print(f"first page: {here:.1f} s, a bare Streamlit script {there:.1f} s, {here / there:.2f} times as long")
    print(f"PyTorch in the server by then: {'yes' if torch else 'no'}")
    print(f"click to first batch on the curve: {statistics.median(clicks) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
