"""Data as large as MovieLens 32M, made up with its long tail: how fast they are read and trained on, in what memory.

    python tests/benchmarks/large_data.py [--ratings 32000000] [--folder FOLDER] [--batch 262144] [--against CHECKOUT]

The files are made once in the folder, about 0.9 GB for 32 million ratings, and so is a cache beside them; without
`--folder` they go into a temporary one and are deleted. Each stage is a process of its own, so that its peak memory
(resident, libraries included) is its own; a process inherits the peak of the one that starts it, which is why nothing
heavy is imported at the top.

    first read      from CSV, all checks made, nothing in the cache; writes the cache
    cached read     the same files again
    split           the cached read, and then the lesson's split; by time; and the last 5 of each user
    split again     the same in another process
    start           and then a model of 50 factors before its first batch
    epoch           and then one epoch of recipe `fast`, with 50 factors and in large batches, on one thread, as in the
                    app, and on two

then a million ratings, as many users and movies as MovieLens 1M has, in three layouts, each first read five times:

    quoted          CSV with every value in quotes, beside the time that `csv.reader` takes for the rows alone
    ml-1m.zip       MovieLens 1M as it is handed out
    plain           CSV without quotes

and then an epoch on 100,000 ratings and one on ten times as many in batches ten times as large, in turn; and the peak
memory of five epochs on the latter beside that of one. Prints what it measures and judges nothing.

With `--against` the stages up to `start` run with the code of another checkout, too, in turn, and nothing else does.
What a student waits for in the app is measured by `large_app.py`.
"""

import argparse
import csv
import itertools
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

CODE = "CF_LAB_BENCHMARK_CODE"
"""The checkout whose `cf_core` a stage imports; this one where it is not set."""
sys.path.insert(0, os.environ.get(CODE, str(Path(__file__).resolve().parents[2])))

N_RATINGS, N_USERS, N_MOVIES = 32_000_204, 200_948, 87_585
"""MovieLens 32M. Smaller data have proportionally fewer users, and fewer movies by the square root."""
LARGE = {"learning_rate": 0.03, "weight_decay": 1e-5}
"""What recipe `fast` is changed to: every row of the tables feels the same pull towards zero, but the more rows there
are, the smaller is the share of a batch that pulls the other way."""


N_1M = (1_000_209, 6_040, 3_883)
"""Ratings, users and movies of MovieLens 1M."""


def make(folder: Path, n_ratings: int, n_users: int = 0, n_items: int = 0) -> None:
    """Write `ratings.csv` and `movies.csv` with users of very different zeal, movies of very different fame, and stars
    that four hidden tastes and the biases explain in part. The same every time."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    random, share = np.random.default_rng(0), n_ratings / N_RATINGS
    n_users = n_users or max(2, round(N_USERS * share))
    n_items = n_items or max(2, round(N_MOVIES * share**0.5))
    zeal = random.lognormal(0, 1.2, n_users)
    fame = np.cumsum((np.arange(n_items) + 0.002 * n_items) ** -1.1)
    pair = np.empty(0, dtype=np.int64)  # user * n_items + movie, each once
    while len(pair) < n_ratings:
        n_drawn = 20 + random.multinomial(int(1.2 * (n_ratings - len(pair))), zeal / zeal.sum())
        movie = np.searchsorted(fame, random.random(n_drawn.sum()) * fame[-1])
        pair = np.unique(np.concatenate([pair, np.repeat(np.arange(n_users), n_drawn) * n_items + movie]))
    pair = np.delete(pair, random.choice(len(pair), len(pair) - n_ratings, replace=False))
    user, movie = np.divmod(pair, n_items)
    stars = 3.5 + random.normal(0, 0.4, n_users)[user] + random.normal(0, 0.5, n_items)[movie]
    for _ in range(4):
        stars += random.normal(0, 0.6, n_users)[user] * random.normal(0, 0.6, n_items)[movie]
    halves = np.clip(np.rint(2 * (stars + random.normal(0, 0.75, n_ratings))), 1, 10).astype(np.int8)
    text = pa.array([f"{half / 2:.1f}" for half in range(11)])
    ids = 1 + random.choice(3 * n_items, n_items, replace=False)
    began = random.integers(820_000_000, 1_690_000_000, n_users)
    ratings = {
        "userId": user + 1,
        "movieId": ids[movie],
        "rating": pa.DictionaryArray.from_arrays(halves, text).cast(pa.string()),
        "timestamp": began[user] + random.integers(0, 5_000_000, n_ratings),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "ratings.csv").open("wb") as file:
        file.write(",".join(ratings).encode() + b"\n")
        options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
        arrow_csv.write_csv(pa.table(ratings), file, options)
    with (folder / "movies.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("movieId", "title", "genres"))
        writer.writerows(
            (number, f"Movie{', The' * (at % 3)} ({1920 + at % 100})", ("Drama|Comedy", "War", "Crime")[at % 3])
            for at, number in enumerate(sorted(ids.tolist()))
        )


def read(folder: Path, stage: str) -> None:
    """Read once, and print how fast."""
    from cf_core.data.reading import read_ratings

    began = time.perf_counter()
    ratings = read_ratings(folder)
    seconds = time.perf_counter() - began
    report(stage, seconds, f"{ratings.n_ratings / seconds / 1e6:.2f} M rows/s")


def train(folder: Path, stage: str, n_threads: int, settings: dict[str, float]) -> None:
    """Read, split and train as far as `stage`, and print how long the last of them took."""
    import torch

    from cf_core.config import with_settings
    from cf_core.data.reading import read_ratings
    from cf_core.data.split import SplitConfig, split_ratings
    from cf_core.training.events import BatchEnded, EpochEnded
    from cf_core.training.fit import fit
    from cf_core.training.recipes import recipe
    from cf_core.training.state import TrainingState

    torch.set_num_threads(n_threads)
    ratings = read_ratings(folder)
    began = time.perf_counter()
    split = split_ratings(ratings)
    if stage.startswith("split"):
        report(stage, time.perf_counter() - began, "random")
        for kind in ("time", "last-k"):
            began = time.perf_counter()
            split_ratings(ratings, SplitConfig(kind=kind))
            report(stage, time.perf_counter() - began, kind)
        return
    began = time.perf_counter()
    training = TrainingState.start(with_settings(recipe("fast").config, {"n_factors": 50, **settings}), split)
    if stage == "start":
        return report(stage, time.perf_counter() - began)
    times = [time.perf_counter()]
    for event in fit(training):
        if isinstance(event, BatchEnded):
            times.append(time.perf_counter())
        if isinstance(event, EpochEnded):
            gap = max(later - earlier for earlier, later in itertools.pairwise(times))
            threads = "1 thread" if n_threads == 1 else f"{n_threads} threads"
            speed = f"{event.ratings_per_second / 1e6:.2f} M ratings/s, {training.n_batches} batches"
            losses = f"loss {event.train_loss:.3f} in training and {event.valid_loss:.3f} in validation"
            reports = f"{len(times) - 1} reports, {gap:.1f} s or less apart"
            report(f"epoch {event.epoch}", event.seconds, f"{threads}, {speed}, {losses}; {reports}")
            times = [time.perf_counter()]


def report(what: str, seconds: float, more: str = "") -> None:
    """One line."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{what:12}{seconds:8.3f} s   peak {peak:5.2f} GiB   {more}", flush=True)


def run(folder: Path, stage: str, *options: str) -> list[float]:
    """One stage in a process of its own; gives the seconds of each line that it prints."""
    from cf_core.environment import OF_TWO_THREADS

    command = [sys.executable, __file__, "--folder", str(folder), "--stage", stage, *options]
    environment = {"CF_LAB_CACHE": str(folder / "cache"), **OF_TWO_THREADS, **os.environ}
    done = subprocess.run(command, env=environment, check=True, text=True, stdout=subprocess.PIPE)
    print(done.stdout, end="", flush=True)
    return [float(line.split(" s ")[0].split()[-1]) for line in done.stdout.splitlines()]


STAGES = ("first read", "cached read", "split", "split again", "start")


def against(folder: Path, n_ratings: int, other: Path) -> None:
    """The stages before the first epoch, with the code of the other checkout and with this one's, in turn."""
    folder = folder / str(n_ratings)
    if not (folder / "movies.csv").exists():
        run(folder, "make", "--ratings", str(n_ratings))
    with tempfile.TemporaryDirectory() as caches:
        for stage in STAGES:
            for code in (other, Path(__file__).resolve().parents[2]):
                print(f"{code}:", flush=True)
                cache = str(Path(caches) / ("other" if code == other else "this"))
                os.environ.update({CODE: str(code), "CF_LAB_CACHE": cache})
                run(folder, stage)


def whole(folder: Path, n_ratings: int, batch_size: int) -> None:
    """Every stage in turn."""
    folder = folder / str(n_ratings)
    if not (folder / "movies.csv").exists():  # it is written last
        print(f"{n_ratings:,} ratings", flush=True)
        run(folder, "make", "--ratings", str(n_ratings))
    shutil.rmtree(folder / "cache", ignore_errors=True)
    for stage in STAGES:
        run(folder, stage)
    for n_threads in (1, 2):
        run(folder, "epoch", "--batch", str(batch_size), "--threads", str(n_threads))


def make_layouts(folder: Path) -> None:
    """Write the plain CSV, its copy with quotes, and the zip of .dat files."""
    make(folder / "plain", *N_1M)
    (folder / "quoted").mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "ml-1m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("ratings", "movies"):
            with (folder / "plain" / f"{name}.csv").open(newline="") as file:
                rows = list(csv.reader(file))
            with (folder / "quoted" / f"{name}.csv").open("w", newline="") as file:
                csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
            archive.writestr(f"ml-1m/{name}.dat", "".join("::".join(row) + "\n" for row in rows[1:]).encode("latin-1"))


def read_layouts(folder: Path) -> None:
    """First read each layout five times, in turn; print medians."""
    from cf_core.data import cache
    from cf_core.data.reading import read_ratings

    cache.CACHED_FROM = 2**40  # bytes: every read is a first one
    times: dict[str, list[float]] = {}
    for _ in range(5):
        for name in ("quoted", "ml-1m.zip", "plain"):
            began = time.perf_counter()
            assert read_ratings(folder / name).n_ratings == N_1M[0]
            times.setdefault(name, []).append(time.perf_counter() - began)
        began = time.perf_counter()
        with (folder / "quoted" / "ratings.csv").open(newline="") as file:
            assert sum(1 for _ in csv.reader(file)) == N_1M[0] + 1
        times.setdefault("csv.reader", []).append(time.perf_counter() - began)
    for name, seconds in times.items():
        median = statistics.median(seconds)
        report(name, median, f"{N_1M[0] / median / 1e6:.2f} M rows/s")


def ten_times(folder: Path) -> None:
    """Epochs on 100,000 and on 1,000,000 ratings, in turn, as many batches in each."""
    few, many = ((folder / str(n), n) for n in (100_000, 1_000_000))
    for path, n_ratings in (few, many):
        run(path, "make", "--ratings", str(n_ratings))
    pairs = [
        [run(path, "epoch", "--batch", str(n_ratings // 100))[0] for path, n_ratings in (few, many)] for _ in range(3)
    ]
    print(f"10 times the ratings: {statistics.median(ten / one for one, ten in pairs):.1f} times as long, median of 3")
    print("Five epochs:")
    run(many[0], "epoch", "--batch", "10000", "--epochs", "5")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=int, default=N_RATINGS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--batch", type=int, default=2**18)
    parser.add_argument("--epochs", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    given = parser.parse_args()
    settings = {**LARGE, "batch_size": given.batch, "n_epochs": given.epochs}
    match given.stage:
        case None:
            with tempfile.TemporaryDirectory() as temporary:
                folder = given.folder or Path(temporary)
                if given.against:
                    return against(folder, given.ratings, given.against)
                whole(folder, given.ratings, given.batch)
                run(folder / "layouts", "layouts")
                ten_times(folder)
        case "make":
            began = time.perf_counter()
            make(given.folder, given.ratings)
            report("made", time.perf_counter() - began)
        case "layouts":
            make_layouts(given.folder)
            read_layouts(given.folder)
        case "first read" | "cached read":
            read(given.folder, given.stage)
        case _:
            train(given.folder, given.stage, given.threads, settings)


if __name__ == "__main__":
    main()
