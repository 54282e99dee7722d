"""How long each page takes with data as large as MovieLens 32M, and whether other visitors are held up meanwhile.

    python tests/benchmarks/large_pages.py [--ratings 32000000] [--folder FOLDER] [--only data movie_map]

The ratings are those of `large_data.py`, made once in the folder; without `--folder` they go into a temporary one. One
epoch of recipe `fast` is trained on them, in large batches, for the pages that show a run. Then the app is started on a
free port of this machine, and one visitor after another enters an address, twice each: to the end of the page's script,
without a browser. Prints for each how long that takes the first and the second time, how much is sent, and the longest
time that a thread of the server which sleeps for 10 ms woke up too late: nobody else is served meanwhile; and the most
memory that the server had during the two visits, the files that it has mapped included. At the end, what it still has.
Judges nothing, and ends all that it started.
"""

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cf_core.config import with_settings
from cf_core.data.split import SplitConfig
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.training.recipes import recipe
from tests.benchmarks.browser_session import BrowserSession
from tests.benchmarks.class_of_thirty import server
from tests.benchmarks.large_data import LARGE, N_RATINGS, make
from tests.benchmarks.stalls import MONITOR

OWNER = "x" * 32
TRAINED = {**LARGE, "n_factors": 20, "batch_size": 2**18, "n_epochs": 1}
ADDRESSES = (
    "",
    "data",
    "data?stars=4+stars",
    "data?genre=Drama",
    "data?years=1990&years=2019",
    "data?rater=7",
    "data?rated={movie}",
    "data?stars=3+stars&genre=Drama",
    "data?data_view=The+corner",
    "data?data_view=The+corner&order=mean+rating&stars=4+stars",
    "data?data_view=The+corner&order=similarity&users=60&movies=60",
    "data?data_view=Long+tail",
    "data?data_view=Long+tail&tail=Users&genre=Drama",
    "data?data_view=Long+tail&tail=Shares&stars=4+stars",
    "data?data_view=Users",
    "data?data_view=Users&genre=War",
    "data?data_view=Over+time",
    "data?data_view=Over+time&stars=4+stars",
    "facts",
    "facts?movie={movie}&user=7",
    "your_data",
    "by_hand",
    "tensors",
    "id_map",
    "split",
    "split?kind=By+time",
    "split?kind=The+last+of+each+user",
    "made_up",
    "train",
    "break_it",
    "compare",
    "sweep",
    "many_runs",
    "runs",
    "best_and_worst",
    "best_and_worst?popular={n_items}",
    "best_and_worst?card={movie}",
    "best_and_worst?view=Who+rises%2C+who+falls",
    "best_and_worst?view=Raters",
    "errors",
    "movie_map",
    "movie_map?map_popular={n_items}",
    "for_you",
    "for_you?for_whom=A+user+of+the+data&for_user=7",
    "ranking",
    "classroom",
    "homework",
)
"""Of the pages; {movie} is a movie that many have rated, and {n_items} is how many there are."""


def train_one(folder: Path, runs: Path) -> None:
    """One epoch, into a store of runs, unless there is one."""
    store = RunStore(runs)
    if not store.runs(OWNER):
        config = with_settings(recipe("fast").config, TRAINED)
        run_id = store.create(RunSpec(str(folder), SplitConfig(), config, "cpu"), OWNER).run_id
        for _ in execute(store, run_id):
            pass


async def visit(port: int, address: str) -> tuple[float, float, list[str]]:
    """Enter an address: seconds until the page's script has ended, megabytes that came, and error messages."""
    page, _, query = address.partition("?")
    began = time.perf_counter()
    async with BrowserSession(port, page, query, OWNER) as session:
        took = time.perf_counter() - began
        await asyncio.sleep(0.05)
        return took, session.n_bytes / 1e6, session.errors


def longest_stall(folder: Path, began: float) -> float:
    lines = [line.split() for line in (folder / "late").read_text().splitlines()]
    return max((float(seconds) for at, seconds in lines if float(at) > began), default=0.0)


async def tour(port: int, pid: int, folder: Path, addresses: list[str]) -> None:
    """All addresses in turn, each twice."""
    print(f"{'address':56} {'first, s':>9} {'again, s':>9} {'MB':>7} {'stall, s':>9} {'peak, GiB':>10}")
    for address in addresses:
        began = time.time()
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins again
        first, megabytes, errors = await visit(port, address)
        stall = longest_stall(folder, began)
        again, _, _ = await visit(port, address)
        times = f"{first:9.2f} {again:9.2f} {megabytes:7.2f} {stall:9.2f} {memory(pid)['VmHWM']:10.2f}"
        print(f"{address:56} {times}", *errors, flush=True)


def memory(pid: int) -> dict[str, float]:
    """GiB of a process: resident now and at its peak, mapped files included, and its own alone."""
    status = Path(f"/proc/{pid}/status").read_text()
    names = ("VmRSS", "VmHWM", "RssAnon")
    return {name: int(re.findall(rf"{name}:\s+(\d+)", status)[0]) / 2**20 for name in names}


def whole(home: Path, n_ratings: int, only: list[str]) -> None:
    folder = home / str(n_ratings)
    if not (folder / "movies.csv").exists():  # it is written last
        make(folder, n_ratings)
    os.environ.setdefault("CF_LAB_CACHE", str(home / "cache"))
    runs = Path(os.environ.get("CF_LAB_RUNS", home / "runs"))
    train_one(folder, runs)
    with (folder / "ratings.csv").open() as ratings, (folder / "movies.csv").open() as movies:
        movie, n_items = next(islice(ratings, 1, None)).split(",")[1], sum(1 for _ in movies) - 1
    addresses = [address.format(movie=movie, n_items=n_items) for address in ADDRESSES]
    chosen = [each for each in addresses if not only or each.partition("?")[0] in only]
    with tempfile.TemporaryDirectory() as watched:
        (Path(watched) / "sitecustomize.py").write_text(MONITOR)
        with server(str(runs), python_path=watched, STALLS_FOLDER=watched, CF_LAB_DATA=str(home)) as (port, pid):
            asyncio.run(tour(port, pid, Path(watched), chosen))
            held = memory(pid)
            print(f"memory of the server: {held['VmRSS']:.2f} GiB, {held['RssAnon']:.2f} of it its own")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=int, default=N_RATINGS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="pages")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        whole(given.folder or Path(temporary), given.ratings, given.only)


if __name__ == "__main__":
    main()
