"""What the live curve costs a browser and the wire, while two models train.

    python tests/benchmarks/live_curve.py [--seconds 15]

Starts the app on a free port of this machine with a folder of runs of its own, trains two models in it and watches one
in headless Chromium (`CHROMIUM`, /usr/bin/chromium). Prints, early and late in the run: how often the plot is drawn
anew a second, how many bytes of WebSocket traffic and how many milliseconds of the browser's main thread that costs
each time; and whether the plot is the same node at the end, and the zoom that was set at the start still there. Judges
nothing, and ends all that it started.
"""

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.class_of_thirty import server
from tests.browser.conftest import CHROMIUM, FLAGS

RUN = "recipe=notebook-bias&notebook-bias.batch_size=32&notebook-bias.n_epochs=30"
PLOT = "document.querySelector('.st-key-curves .cf-plot')"
LINE = f"{PLOT}?.data?.find((trace) => trace.name === 'training loss')?.x"
"""How far the training loss has come, in epochs."""

COUNT = f"() => {{ const node = {PLOT}; node.redraws = 0; node.on('plotly_afterplot', () => node.redraws++); }}"


@dataclass
class Wire:
    """Bytes and messages that came over the page's WebSocket."""

    n_bytes: int = 0


def watch(page: Page, cdp: CDPSession, wire: Wire, seconds: float) -> None:
    """Print what the refreshes of the next `seconds` cost."""
    before, redraws, busy = wire.n_bytes, page.evaluate(f"{PLOT}.redraws"), busy_seconds(cdp)
    began = time.perf_counter()
    page.wait_for_timeout(seconds * 1000)
    took = time.perf_counter() - began
    n = page.evaluate(f"{PLOT}.redraws") - redraws
    trained = page.evaluate(f"{LINE}.at(-1)")
    print(
        f"at epoch {trained:.1f}, {page.evaluate(f'{PLOT}.dataset.n')} points: {n / took:.1f} refreshes a second, "
        f"{(wire.n_bytes - before) / n / 1000:.1f} KB and {(busy_seconds(cdp) - busy) / n * 1000:.0f} ms each",
        flush=True,
    )


def zoom_in(page: Page) -> list[float]:
    """Drag a box over the middle of the plot; the x range that it leaves."""
    box = page.locator(".st-key-curves .nsewdrag").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.9, steps=5)
    page.mouse.up()
    return list(page.evaluate(f"{PLOT}._fullLayout.xaxis.range"))


def busy_seconds(cdp: CDPSession) -> float:
    """Time that the browser's main thread has worked."""
    metrics = {metric["name"]: metric["value"] for metric in cdp.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"])


def start(page: Page, address: str) -> None:
    page.goto(f"{address}/train?{RUN}")
    page.locator(".st-key-start button").click(timeout=60_000)
    page.wait_for_function(f"() => {LINE}?.length > 10", timeout=90_000)


def measure(page: Page, address: str, seconds: float) -> None:
    start(page, address)
    page.locator(".st-key-start button").click()  # a second run, and the page watches that one
    page.wait_for_timeout(2_000)
    page.wait_for_function(f"() => {LINE}?.length > 10", timeout=90_000)
    cdp, wire = page.context.new_cdp_session(page), Wire()
    cdp.send("Performance.enable")
    cdp.send("Network.enable")

    def count(event: dict[str, dict[str, str]]) -> None:
        wire.n_bytes += len(event["response"]["payloadData"]) * 3 // 4  # it is told in base64

    cdp.on("Network.webSocketFrameReceived", count)
    page.evaluate(COUNT)
    page.evaluate(f"{PLOT}.marked = {PLOT}.querySelector('.plot-container')")
    zoomed = zoom_in(page)
    watch(page, cdp, wire, seconds)
    page.wait_for_function(f"() => {LINE}?.at(-1) > 15", timeout=180_000)
    watch(page, cdp, wire, seconds)
    same, kept = page.evaluate(f"{PLOT}.marked?.isConnected"), page.evaluate(f"{PLOT}._fullLayout.xaxis.range")
    print(f"the same plot: {same}; the zoom survived: {kept == zoomed}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15.0, help="how long the plot is watched, twice")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server(folder) as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", CHROMIUM), args=FLAGS)
        measure(browser.new_page(viewport={"width": 1280, "height": 900}), f"http://127.0.0.1:{port}", given.seconds)
        browser.close()


if __name__ == "__main__":
    main()
