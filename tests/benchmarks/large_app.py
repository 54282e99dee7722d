"""How long a student waits for data as large as MovieLens 32M in the app, and what memory it takes.

    python tests/benchmarks/large_app.py FOLDER [--against CHECKOUT]

FOLDER holds `ratings.csv` and `movies.csv`, such as `large_data.py` makes. Each time with a server of its own and a
Chromium that is warm already, first with an empty cache and then with what that has left there:

    chosen         from the choice in the box on the page Train until the page is drawn
    beside it      the longest page switch of another visitor meanwhile, with small data
    first point    from the click on Train to the first point of the curve, recipe `fast`
    memory         GiB that the server and the worker have had at most, and what of it they have for themselves now
    with a page    millions of ratings a second of a training with two threads, in large batches, while its page is
                   open, and while no page is: two epochs of either in turn

With `--against` the same with the code of another checkout, in turn. Judges nothing, and ends all that it started.
"""

import argparse
import contextlib
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cf_core.runs.store.run_store import RunStore
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


BATCHES = "fast.n_factors=50&fast.batch_size=262144&fast.n_epochs=9&fast.learning_rate=0.03&fast.weight_decay=0.00001"


@contextlib.contextmanager
def serving(code: Path, folder: Path, what: str, **more: str) -> Iterator[tuple[str, int]]:
    """A server on the code, with one worker: its address and the number of its process. Ends it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    places = {"CF_LAB_RUNS": folder / f"runs-{what}", "CF_LAB_CACHE": folder / "cache", "CF_LAB_DATA": folder / "data"}
    variables = {**{name: str(place) for name, place in places.items()}, "CF_LAB_WORKERS": "1", **more}
    command.append("--server.address=127.0.0.1")
    server = subprocess.Popen(command, cwd=code, env={**os.environ, **variables}, stdout=subprocess.DEVNULL)
    try:
        until_healthy(port)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def measure(browser: Browser, code: Path, folder: Path, what: str) -> None:
    """One server on the code: print a line."""
    student, other = (browser.new_context().new_page() for _ in range(2))
    with serving(code, folder, what) as (address, server), student.context, other.context:
        for page in (student, other):
            page.goto(f"{address}/train?recipe=fast&data={SMALL}")
            page.locator(".st-key-start button").wait_for(timeout=60_000)
        student.wait_for_timeout(8_000)  # until the worker is warm
        chosen, beside = choose(student, other, address)
        point = first_point(student)
        student.wait_for_timeout(3_000)
        line = f"chosen {chosen:5.1f} s   beside it {beside:4.1f} s   first point {point:5.1f} s"
        print(f"{what:24}{line}   {memory(server)}", flush=True)


def first_point(page: Page) -> float:
    """Click on Train; seconds until the curve has a point."""
    began = time.perf_counter()
    page.locator(".st-key-start button").click()
    page.wait_for_function(CURVE, timeout=MOST)
    return time.perf_counter() - began


def with_a_page(browser: Browser, code: Path, folder: Path) -> None:
    """Train with two threads, the page open for two epochs and gone for two, and so on: print a line."""
    page, what = browser.new_context().new_page(), "with a page"
    with serving(code, folder, what, CF_LAB_THREADS="2", CF_LAB_BUDGET=str(10**15)) as (address, _), page.context:
        page.goto(f"{address}/train?data={LARGE}&recipe=fast&{BATCHES}")
        page.locator(".st-key-start button").wait_for(timeout=MOST)
        page.wait_for_timeout(8_000)
        first_point(page)
        store = RunStore(folder / f"runs-{what}")
        run_id, seen = store.runs()[0].run_id, 0
        while store.get(run_id).unfinished:
            n_epochs = len(store.history(run_id).epochs)
            if n_epochs > seen and n_epochs % 2 == 0:
                page.goto("about:blank" if n_epochs % 4 == 2 else f"{address}/train?data={LARGE}")
            seen = n_epochs
            time.sleep(0.5)
        speeds = [
            epoch.ratings_per_second / 1e6 for epoch in store.history(run_id).epochs[1:]
        ]  # the first is warming up
        store.close()
    beside = statistics.median(speed for at, speed in enumerate(speeds, start=1) if at % 4 < 2)
    alone = statistics.median(speed for at, speed in enumerate(speeds, start=1) if at % 4 >= 2)
    print(f"{what:24}{beside:.2f} and {alone:.2f} M ratings/s without: {100 * beside / alone:.0f} %", flush=True)


def choose(student: Page, other: Page, address: str) -> tuple[float, float]:
    """Seconds until the large data's page is drawn, and those of the other's longest page switch meanwhile."""
    student.get_by_role("combobox", name="Data set").click()
    began = time.perf_counter()
    student.evaluate(RECORD)
    student.get_by_role("option", name=LARGE).click()
    longest, place = 0.0, 0
    while student.evaluate("window.drawnAfter") is None and time.perf_counter() - began < MOST / 1000:
        switched, place = time.perf_counter(), 1 - place
        other.goto(f"{address}/{('train', 'tensors')[place]}?data={SMALL}")
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
            with_a_page(browser, code, folder)
        browser.close()


if __name__ == "__main__":
    main()
