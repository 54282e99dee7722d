"""How long a student waits for data as large as MovieLens 32M in the app, and what memory it takes.

    python tests/benchmarks/large_app.py FOLDER [--against CHECKOUT]

FOLDER holds `ratings.csv` and `movies.csv`, such as `large_data.py` makes. Each time with a server of its own and a
Chromium that is warm already, first with an empty cache and then with what that has left there:

    chosen         from the choice in the box on the page Train until the page is drawn
    beside it      the longest page switch of another visitor meanwhile, with small data
    first point    from the click on Train to the first point of the curve, recipe `fast`
    memory         GiB that the server and the worker have had at most, and what of it they have for themselves now

With `--against` the same with the code of another checkout, in turn. Judges nothing, and ends all that it started.
"""

import argparse
import os
import re
import signal
import socket
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
CURVE = "document.querySelector('.st-key-curves .cf-plot')?.data?.[0]?.x?.length > 0"
IDLE = """document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid=stSpinner], [data-testid=stProgress]')"""
RECORD = f"""() => {{
    const began = performance.now();
    let busy = false, since = null;
    window.drawnAfter = null;
    const timer = setInterval(() => {{
        const idle = {IDLE}, now = performance.now();
        busy ||= !idle;
        since = busy && idle ? since ?? now : null;
        if (since === null || now - since < 500) return;
        window.drawnAfter = (since - began) / 1000;
        clearInterval(timer);
    }}, 50);
}}"""
"""Notes in the page after how many seconds it was drawn: after a script run, and for half a second from then on."""
SMALL, LARGE, MOST = "ml-latest-small", "the-large-data", 110_000  # milliseconds


def measure(browser: Browser, code: Path, folder: Path, what: str) -> None:
    """One server on the code: print a line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    host, port = address.split(":")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", f"--server.address={host}"]
    places = {"CF_LAB_RUNS": folder / f"runs-{what}", "CF_LAB_CACHE": folder / "cache", "CF_LAB_DATA": folder / "data"}
    environment = {**os.environ, **{name: str(place) for name, place in places.items()}, "CF_LAB_WORKERS": "1"}
    server = subprocess.Popen(command, cwd=code, env=environment, stdout=subprocess.DEVNULL)
    student, other = (browser.new_context().new_page() for _ in range(2))
    try:
        until_healthy(int(port))
        for page in (student, other):
            page.goto(f"http://{address}/train?recipe=fast&data={SMALL}")
            page.locator(".st-key-start button").wait_for(timeout=60_000)
        student.wait_for_timeout(8_000)  # until the worker is warm
        chosen, beside = choose(student, other, address)
        began = time.perf_counter()
        student.locator(".st-key-start button").click()
        student.wait_for_function(CURVE, timeout=MOST)
        point = time.perf_counter() - began
        student.wait_for_timeout(3_000)
        line = f"chosen {chosen:5.1f} s   beside it {beside:4.1f} s   first point {point:5.1f} s"
        print(f"{what:24}{line}   {memory(server.pid)}", flush=True)
    finally:
        for page in (student, other):
            page.context.close()
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def choose(student: Page, other: Page, address: str) -> tuple[float, float]:
    """Seconds until the large data's page is drawn, and those of the other's longest page switch meanwhile."""
    student.get_by_role("combobox", name="Data set").click()
    began = time.perf_counter()
    student.evaluate(RECORD)
    student.get_by_role("option", name=LARGE).click()
    longest, place = 0.0, 0
    while student.evaluate("window.drawnAfter") is None and time.perf_counter() - began < MOST / 1000:
        switched, place = time.perf_counter(), 1 - place
        other.goto(f"http://{address}/{('train', 'tensors')[place]}?data={SMALL}")
        other.get_by_role("heading", level=1).wait_for(timeout=MOST)
        longest = max(longest, time.perf_counter() - switched)
        student.wait_for_timeout(1_000)
    return student.evaluate("window.drawnAfter"), longest


def memory(server: int) -> str:
    """Of the server and the processes that it has started, the trainers among them."""
    found = subprocess.run(["pgrep", "-P", str(server)], capture_output=True, text=True, check=False).stdout.split()
    told = []
    for process in (str(server), *found):
        status = Path(f"/proc/{process}/status").read_text()
        peak, own = (int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 2**20 for name in ("VmHWM", "RssAnon"))
        told.append(f"{'server' if process == str(server) else 'worker'} {peak:.2f} GiB, own {own:.2f}")
    return "; ".join(told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--against", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", CHROMIUM), args=FLAGS)
        for code in (given.against, PROJECT):
            if code is None:
                continue
            folder = Path(temporary) / ("here" if code == PROJECT else "there")
            (folder / "data").mkdir(parents=True)
            (folder / "data" / LARGE).symlink_to(given.data.absolute())
            (folder / "data" / SMALL).symlink_to(PROJECT / "data" / SMALL)
            for what in ("first", "cached"):
                measure(browser, code, folder, f"{folder.name}-{what}")
        browser.close()


if __name__ == "__main__":
    main()
