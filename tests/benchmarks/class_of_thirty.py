"""What a class costs the server, and what a student feels of it while two models train.

    python tests/benchmarks/class_of_thirty.py [--sessions 30] [--seconds 30] [--times 20]

Starts the app on a free port of this machine with a folder of runs of its own, starts two trainings in it, and has
thirty sessions watch their curves. Prints the server's share of one core meanwhile (the workers, who train in processes
of their own, not counted), and how long a page switch and a move of a slider take in one more session, from the message
that asks to the message that the script has finished. Judges nothing, and ends all that it started.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cf_core.runs.workspace import new_token
from tests.benchmarks.browser_session import BrowserSession

PROJECT = Path(__file__).resolve().parents[2]
RECIPE, N_EPOCHS = "notebook-net", 30
PAGES = ("data", "train", "split", "train")
OPTIONS = ("20", "30", "40", "60", "80")
LIMIT_SECONDS = 400.0


@contextlib.contextmanager
def server(folder: str, script: str = "app.py", python_path: str = "", **env: str) -> Iterator[tuple[int, int]]:
    """The app, or another script, on a free port; its port and process id. Modules are looked for on `python_path`,
    too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"port": port, "address": "127.0.0.1", "headless": "true"}
    command = [sys.executable, "-m", "streamlit", "run", script]
    command += [f"--server.{name}={value}" for name, value in options.items()]
    environment = {**os.environ, "PYTHONPATH": f"{PROJECT}:{python_path}", "CF_LAB_RUNS": folder, "CF_LAB_WORKERS": "2"}
    environment |= env
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    try:
        until_healthy(port)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until_healthy(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health"):
            return
        time.sleep(0.2)
    raise TimeoutError("the app did not start")


def cpu_seconds(pid: int) -> float:
    """Processor time of the process itself, all threads, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.asynccontextmanager
async def training(port: int) -> AsyncIterator[list[str]]:
    """Two workspaces with a run in training each; their tokens."""
    async with contextlib.AsyncExitStack() as stack:
        workspaces = []
        for _ in range(2):
            workspace = new_token()
            query = f"recipe={RECIPE}&{RECIPE}.n_epochs={N_EPOCHS}"
            student = await stack.enter_async_context(BrowserSession(port, "train", query, workspace))
            await student.click("start")
            workspaces.append(workspace)
        await asyncio.sleep(10)  # until both have a worker that is ready
        yield workspaces


async def measure(port: int, pid: int, n_sessions: int, seconds: float, times: int) -> None:
    async with training(port) as workspaces, contextlib.AsyncExitStack() as stack:
        watchers = [BrowserSession(port, "train", workspace=workspaces[number % 2]) for number in range(n_sessions)]
        for watcher in watchers:
            await stack.enter_async_context(watcher)
        await asyncio.sleep(3)
        ticks, began, used = sum(w.n_fragment_runs for w in watchers), time.perf_counter(), cpu_seconds(pid)
        await asyncio.sleep(seconds)
        took = time.perf_counter() - began
        rate = (sum(w.n_fragment_runs for w in watchers) - ticks) / took
        share = (cpu_seconds(pid) - used) / took
        print(f"{n_sessions} sessions, {rate:.0f} refreshes a second: server at {share:.2f} of a core", flush=True)
        visitor = await stack.enter_async_context(BrowserSession(port, "train", workspace=workspaces[0]))
        slider = f"{await chosen_recipe(visitor)}.n_factors"
        show("slider", [await visitor.move(slider, OPTIONS[number % len(OPTIONS)]) for number in range(times)])
        show("page switch", [await visitor.switch_to(PAGES[number % len(PAGES)]) for number in range(times)])
        under_way = sum(watcher.watches for watcher in watchers)
        print(f"at the end {under_way} sessions still watched a run under way")


async def chosen_recipe(visitor: BrowserSession) -> str:
    """The recipe whose sliders the page shows."""
    return next(key for key in visitor.widgets if key.endswith(".n_factors")).rpartition(".")[0]


def show(what: str, seconds: list[float]) -> None:
    print(f"{what}: median {statistics.median(seconds) * 1000:.0f} ms, max {max(seconds) * 1000:.0f} ms", flush=True)


async def bounded(port: int, pid: int, given: argparse.Namespace) -> None:
    async with asyncio.timeout(LIMIT_SECONDS):
        await measure(port, pid, given.sessions, given.seconds, given.times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long the server is watched")
    parser.add_argument("--times", type=int, default=20, help="how often each latency is measured")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server(folder) as (port, pid):
        asyncio.run(bounded(port, pid, given))


if __name__ == "__main__":
    main()
