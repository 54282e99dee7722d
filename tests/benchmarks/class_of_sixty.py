"""Whether a class of sixty can join within a minute and work together: what they feel, and how fast the board moves.

    python tests/benchmarks/class_of_sixty.py [--students 60] [--seconds 60] [--runs 2] [--boards 3]

Opens a class, starts the app on a free port of this machine with a folder of runs of its own, and has the teacher's
board open in a few sessions. Sixty students open the link of the class at moments spread over a minute, join, move a
slider, train, think, and train again, and all the time their own pages show the board, too. Prints how long each step
takes, from the message that asks to the message that the script has finished; the messages of errors that anybody was
shown; how long after its end in the store a run stands on the boards as finished; and the server's share of a core.
Judges nothing, and ends all that it started.
"""

import argparse
import asyncio
import os
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from cf_core.classroom.classes import Classes
from cf_core.classroom.records import TaughtClass
from cf_core.data.reading import EMBEDDED
from cf_core.data.split import SplitConfig
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import new_token
from cf_core.tasks.task import Task
from tests.benchmarks.browser_session import BrowserSession
from tests.benchmarks.class_of_thirty import OPTIONS, cpu_seconds, server

RECIPE = "notebook-bias"
THINK = (4.0, 12.0)
DRAIN_SECONDS, LIMIT_SECONDS = 120.0, 540.0
FINISHED = re.compile(rb'finished, \d+ epochs?\\*",[^\]]{0,160}?(' + RECIPE.encode() + rb"-[0-9a-f]{6})")
"""What a board says of a run that has finished, with the run's id."""

Took = dict[str, list[float]]


class Board(BrowserSession):
    """A board that notes when each run first stood on it as finished."""

    def __init__(self, port: int, page: str, query: str, workspace: str) -> None:
        super().__init__(port, page, query, workspace)
        self.seen: dict[str, float] = {}

    def _take(self, message: ForwardMsg) -> None:
        super()._take(message)
        if message.WhichOneof("type") == "delta":
            for run_id in FINISHED.findall(message.SerializeToString()):
                self.seen.setdefault(run_id.decode(), time.monotonic())


def open_class(folder: str, teacher: str) -> TaughtClass:
    """A class with two free settings on the embedded data."""
    workers = WorkerPool(folder, n_workers=0)
    task = Task("Beat the lesson", "Two sliders are yours.", str(EMBEDDED), SplitConfig(), RECIPE, {"n_epochs": 2})
    opened = Classes(workers).open(task, teacher)
    workers.close()
    return opened


async def work(port: int, code: str, number: int, given: argparse.Namespace, took: Took, errors: list[str]) -> None:
    """One student, from the link to the end of the hour; the page stays open until it is cancelled."""
    chance = random.Random(number)
    await asyncio.sleep(chance.uniform(0, given.seconds))
    session = BrowserSession(port, "classroom", f"join={code}", new_token())
    try:
        began = time.perf_counter()
        await session.__aenter__()
        took["open the link"].append(time.perf_counter() - began)
        await asyncio.sleep(chance.uniform(*THINK))
        session.type_text("class_nickname", f"student {number}")
        took["join"].append(await session.click("FormSubmitter:class_join-Join"))
        for _ in range(given.runs):
            await asyncio.sleep(chance.uniform(*THINK))
            slider = next(key for key in session.widgets if key.endswith(".n_factors"))
            took["slider"].append(await session.move(slider, chance.choice(OPTIONS)))
            await asyncio.sleep(chance.uniform(*THINK))
            took["train"].append(await session.click("class_train"))
        await asyncio.sleep(DRAIN_SECONDS)
    finally:
        errors += [f"student {number}: {error}" for error in session.errors]
        await session.__aexit__(None, None, None)


async def note_ends(folder: str, ends: dict[str, float]) -> None:
    """Note when each run has finished in the store."""
    database = f"file:{folder}/runs.sqlite?mode=ro"
    while True:
        with sqlite3.connect(database, uri=True) as connection:
            for (run_id,) in connection.execute("SELECT run_id FROM runs WHERE outcome = 'finished'"):
                ends.setdefault(run_id, time.monotonic())
        await asyncio.sleep(0.05)


async def measure(
    port: int, pid: int, folder: str, opened: TaughtClass, teacher: str, given: argparse.Namespace
) -> None:
    took: Took = defaultdict(list)
    errors: list[str] = []
    ends: dict[str, float] = {}
    boards = [Board(port, "classroom", f"join={opened.code}", teacher) for _ in range(given.boards)]
    for board in boards:
        await board.__aenter__()
        await board.click("class_to_projector")
    noting = asyncio.create_task(note_ends(folder, ends))
    began, used = time.perf_counter(), cpu_seconds(pid)
    students = [
        asyncio.create_task(work(port, opened.code, number, given, took, errors)) for number in range(given.students)
    ]
    await until_all_have_finished(ends, given.students * given.runs, students)
    share = (cpu_seconds(pid) - used) / (time.perf_counter() - began)
    await asyncio.sleep(5)
    for task in (*students, noting):
        task.cancel()
    failed = [one for one in await asyncio.gather(*students, return_exceptions=True) if isinstance(one, Exception)]
    errors += [f"board: {error}" for board in boards for error in board.errors]
    for board in boards:
        await board.__aexit__(None, None, None)
    show(took, ends, boards)
    print(f"{given.students} students, {len(ends)} runs finished, {len(failed)} sessions failed")
    print(f"server at {share:.2f} of a core, load of the machine {os.getloadavg()[0]:.1f}")
    for problem in [*errors, *map(repr, failed)][:10]:
        print(problem)


async def until_all_have_finished(ends: dict[str, float], n: int, students: list[asyncio.Task[None]]) -> None:
    """Wait until that many runs have finished, or nobody works any more."""
    while len(ends) < n and not all(student.done() for student in students):
        await asyncio.sleep(0.5)


def show(took: Took, ends: dict[str, float], boards: list[Board]) -> None:
    """Milliseconds of each step, and seconds until runs were on the boards."""
    every = [seconds for of_step in took.values() for seconds in of_step]
    for step, seconds in [*took.items(), ("all", every)]:
        p50, p95 = quantiles(seconds)
        print(f"{step:14} {len(seconds):4} times, ms: p50 {1000 * p50:6.0f}, p95 {1000 * p95:6.0f}, "
              f"max {1000 * max(seconds):6.0f}")  # fmt: skip
    waits = [board.seen[run_id] - at for board in boards for run_id, at in ends.items() if run_id in board.seen]
    n_missing = len(ends) * len(boards) - len(waits)
    if waits:
        p50, p95 = quantiles(waits)
        print(f"on the board after its end, s: p50 {p50:.2f}, p95 {p95:.2f}, max {max(waits):.2f}; {n_missing} missing")


def quantiles(seconds: list[float]) -> tuple[float, float]:
    """Median and p95."""
    return statistics.median(seconds), sorted(seconds)[min(int(0.95 * len(seconds)), len(seconds) - 1)]


async def bounded(
    port: int, pid: int, folder: str, opened: TaughtClass, teacher: str, given: argparse.Namespace
) -> None:
    async with asyncio.timeout(LIMIT_SECONDS):
        await measure(port, pid, folder, opened, teacher, given)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=60.0, help="within how long they join")
    parser.add_argument("--runs", type=int, default=2, help="how many each trains")
    parser.add_argument("--boards", type=int, default=3, help="on how many projectors the board is")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        teacher = new_token()
        opened = open_class(folder, teacher)
        with server(folder) as (port, pid):
            asyncio.run(asyncio.wait_for(measure(port, pid, folder, opened, teacher, given), LIMIT_SECONDS))


if __name__ == "__main__":
    main()
