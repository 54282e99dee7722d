"""Whether the server ever stands still while many visitors read: all pages, two models in training, fifty sessions.

    python tests/benchmarks/stalls.py [--sessions 50] [--seconds 60] [--think 10 30] [--visits 0]

Starts the app on a free port of this machine with a folder of runs of its own. Each session goes from page to page and
thinks in between, as many seconds as `--think` says. Prints for each page how long a switch to it takes, from the
message that asks to the message that the script has finished, and how late a thread of the server that sleeps for 10 ms
woke up: while it is late, nobody is served. A process that does nothing else is watched beside it: what makes that one
late is the machine. With `--visits` that many sessions are opened and closed afterwards, twenty at a time, and the
server's memory is printed. Judges nothing, and ends all that it started.
"""

import argparse
import asyncio
import contextlib
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cf_core.runs.workspace import new_token
from pages.shared.steps import PAGES
from tests.benchmarks.browser_session import BrowserSession
from tests.benchmarks.class_of_thirty import server, training

LIMIT_SECONDS = 540.0
IDLE = "idle"
NAMES = ["" if step.name == "start" else step.name for step in PAGES]

MONITOR = """
import os, sys, threading, time, traceback

def watch(folder):
    with open(folder + "/late", "w", buffering=1) as late, open(folder + "/stacks", "w", buffering=1) as stacks:
        while True:
            due = time.monotonic() + 0.01
            time.sleep(0.01)
            if (seconds := time.monotonic() - due) > 0.02:
                late.write(f"{time.time():.2f} {seconds:.3f}\\n")
            if seconds > 0.2:  # who held the interpreter has only just let go of it
                for thread, frame in sys._current_frames().items():
                    if thread != threading.get_ident():
                        lines = [f"{at.filename}:{at.lineno}" for at in traceback.extract_stack(frame)]
                        stacks.write(f"{seconds:.3f} " + " ".join(reversed(lines)) + "\\n")

if folder := os.environ.pop("STALLS_FOLDER", ""):  # popped, so that the processes it starts are left alone
    threading.Thread(target=watch, args=(folder,), daemon=True).start()
"""


async def visit(port: int, number: int, until: float, think: list[float], took: dict[str, list[float]]) -> None:
    """One session: pages in an order of its own, until the time is over."""
    chance = random.Random(number)
    pages = chance.sample(NAMES, len(NAMES))
    await asyncio.sleep(chance.uniform(0, think[1] / 2))
    async with BrowserSession(port, pages[0], workspace=new_token()) as session:
        while time.monotonic() < until:
            for page in pages:
                await asyncio.sleep(chance.uniform(*think))
                if time.monotonic() > until:
                    return
                took[page].append(await session.switch_to(page))


async def open_and_close(port: int, pid: int, n_visits: int) -> None:
    """Sessions that see five pages each and leave; the server's memory after each hundred."""

    async def pass_by() -> None:
        async with BrowserSession(port, "", workspace=new_token()) as session:
            for page in random.sample(NAMES, 5):
                await session.switch_to(page)

    print(f"memory before: {memory(pid)} MB")
    for begun in range(0, n_visits, 20):
        await asyncio.gather(*(pass_by() for _ in range(20)))
        if (begun + 20) % 100 == 0:
            print(f"after {begun + 20} sessions were opened and closed: {memory(pid)} MB", flush=True)


def memory(pid: int) -> int:
    """Resident memory of the process in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) // 1024


async def measure(port: int, pid: int, given: argparse.Namespace, folder: Path) -> None:
    took: dict[str, list[float]] = defaultdict(list)
    async with asyncio.timeout(LIMIT_SECONDS), training(port):
        began, until = time.time(), time.monotonic() + given.seconds
        await asyncio.gather(*(visit(port, number, until, given.think, took) for number in range(given.sessions)))
    show(took)
    show_lateness(folder, began)
    if given.visits:
        async with asyncio.timeout(LIMIT_SECONDS):
            await open_and_close(port, pid, given.visits)


def show(took: dict[str, list[float]]) -> None:
    """Milliseconds per page, and over all."""
    every = [seconds for of_page in took.values() for seconds in of_page]
    for page, seconds in [*sorted(took.items()), ("all", every)]:
        n = len(seconds)
        seconds = seconds if len(seconds) > 1 else 2 * seconds
        cuts = [statistics.quantiles(seconds, n=100, method="inclusive")[at - 1] for at in (50, 95, 99)]
        p50, p95, p99 = (f"{1000 * cut:6.0f}" for cut in cuts)
        print(f"{page or 'start':16} {n:4} switches, ms: p50 {p50}, p95 {p95}, p99 {p99}, "
              f"max {1000 * max(seconds):6.0f}")  # fmt: skip


def show_lateness(folder: Path, began: float) -> None:
    """The worst stalls, and what the server was at after those of over 200 ms."""
    for name, where in (("the worst stalls, ms:", folder), ("of a process that does nothing:", folder / IDLE)):
        lines = [line.split() for line in (where / "late").read_text().splitlines()]
        late = sorted((float(seconds) for at, seconds in lines if float(at) > began), reverse=True)
        print(name, *(f"{1000 * seconds:.0f}" for seconds in late[:8]))
    at_work: Counter[str] = Counter()
    for stack in (folder / "stacks").read_text().splitlines():
        ours = [line for line in stack.split(" ")[1:] if "/cf_core/" in line or "/pages/" in line]
        at_work.update(line for line in ours[:1] if "/workers/process.py" not in line)
    print("after stalls of over 200 ms it was most often at:", *(f"{n} {line}" for line, n in at_work.most_common(8)))


@contextlib.contextmanager
def watching_an_idle_process(folder: Path) -> Iterator[None]:
    """Watch a process that does nothing, in `IDLE` of the folder."""
    (folder / IDLE).mkdir()
    env = {**os.environ, "PYTHONPATH": str(folder), "STALLS_FOLDER": str(folder / IDLE)}
    with subprocess.Popen([sys.executable, "-c", "input()"], env=env, stdin=subprocess.PIPE) as idle:
        yield
        idle.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they read")
    parser.add_argument("--think", type=float, nargs=2, default=[10.0, 30.0], help="seconds between two pages")
    parser.add_argument("--visits", type=int, default=0, help="how many sessions are opened and closed afterwards")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        (Path(folder) / "sitecustomize.py").write_text(MONITOR)
        runs = str(Path(folder) / "runs")
        stack.enter_context(watching_an_idle_process(Path(folder)))
        port, pid = stack.enter_context(server(runs, python_path=folder, STALLS_FOLDER=folder))
        asyncio.run(measure(port, pid, given, Path(folder)))


if __name__ == "__main__":
    main()
