"""What a GPU gains over the processor beside it: the same runs on both, in turn.

    python tests/benchmarks/on_a_gpu.py [--rounds 3] [--ratings 32000204] [--folder FOLDER] [--only small pools large]

Trains on the embedded data, and on generated data as large as MovieLens 32M (`large_data.py` makes them in the folder,
or in a temporary one), and then has pools of one worker and more train short runs on the one GPU. Prints medians and
their ratios and judges nothing.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from cf_core.config import TrainingConfig, with_settings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import Split, SplitConfig, split_ratings
from cf_core.runs.spec import RunSpec
from cf_core.runs.workers.pool import WorkerPool
from cf_core.training.device import resolve_device
from cf_core.training.events import BatchEnded, EpochEnded
from cf_core.training.fit import fit
from cf_core.training.recipes import recipe
from cf_core.training.state import TrainingState
from tests.benchmarks import large_data

SMALL = {
    "notebook-learner": {"n_epochs": "1"},
    "notebook-net": {"n_epochs": "1"},
    "best": {},
    "rank": {},
    "fast": {},
    "fast, 50 factors": {"n_factors": "50", "batch_size": "20000"},
}
LARGE = {"n_factors": "50", "batch_size": str(2**18), "n_epochs": "2", "learning_rate": "0.03", "weight_decay": "1e-5"}
N_WORKERS, N_RUNS = (1, 2, 4, 8), 24


def epochs(config: TrainingConfig, split: Split, device: str) -> tuple[float, float, float]:
    """Seconds to the first report, seconds of the last epoch, and its validation RMSE."""
    began, first = time.perf_counter(), 0.0
    for event in fit(TrainingState.start(config, split, resolve_device(device))):
        if isinstance(event, BatchEnded):
            first = first or time.perf_counter() - began
        if isinstance(event, EpochEnded):
            last = event
    return first, last.seconds, last.rmse


def compare(name: str, config: TrainingConfig, split: Split, rounds: int) -> None:
    """The same run on both, in turn; one line."""
    epochs(with_settings(config, {"n_epochs": "1"}), split, "cuda")  # PyTorch loads its kernels when they are needed
    torch.cuda.reset_peak_memory_stats()
    measured = [[epochs(config, split, device) for device in ("cpu", "cuda")] for _ in range(rounds)]
    cpu, cuda = ([pair[at] for pair in measured] for at in (0, 1))
    ratio = statistics.median(here[1] / there[1] for here, there in measured)
    here, there = (statistics.median(run[1] for run in runs) for runs in (cpu, cuda))
    speed = len(split.train_rows) / there / 1e6
    print(
        f"{name:20} epoch {here:8.3f} s on the processor, {there:7.3f} s on the GPU ({ratio:5.1f} x, {speed:.2f} M "
        f"ratings/s); first report after {cpu[-1][0]:.2f} and {cuda[-1][0]:.2f} s; RMSE {cpu[-1][2]:.4f} and "
        f"{cuda[-1][2]:.4f}; {torch.cuda.max_memory_allocated() / 2**30:.2f} GiB",
        flush=True,
    )


def runs_a_minute(n_workers: int, spec: RunSpec) -> float:
    """Short runs that so many workers train on one GPU, in a minute."""
    with tempfile.TemporaryDirectory() as folder:
        workers = WorkerPool(Path(folder), n_workers=n_workers, data=EMBEDDED)
        try:
            for number in range(2 * n_workers):  # every worker has loaded all that it needs
                workers.submit(spec, f"early bird {number}")
            wait(workers)
            began = time.perf_counter()
            for number in range(N_RUNS):
                workers.submit(spec, f"student {number % 12}")
            wait(workers)
            return 60 * N_RUNS / (time.perf_counter() - began)
        finally:
            workers.close()


def wait(workers: WorkerPool) -> None:
    """Until all runs have ended."""
    while any(run.unfinished for run in workers.store.runs()):
        time.sleep(0.02)


def large(n_ratings: int, given: Path | None) -> None:
    """Two epochs on generated data."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given or Path(temporary)) / str(n_ratings)
        if not (folder / "movies.csv").exists():
            large_data.make(folder, n_ratings)
        split = split_ratings(read_ratings(folder))
        compare(f"{n_ratings:,}", with_settings(recipe("fast").config, LARGE), split, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ratings", type=int, default=large_data.N_RATINGS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", nargs="*", default=["small", "pools", "large"])
    given = parser.parse_args()
    print(torch.cuda.get_device_name(), "PyTorch", torch.__version__, flush=True)
    torch.set_num_threads(1)  # as in the app
    if "small" in given.only:
        split = split_ratings(read_ratings(EMBEDDED))
        for name, settings in SMALL.items():
            compare(name, with_settings(recipe(name.split(",")[0]).config, settings), split, given.rounds)
    if "pools" in given.only:
        spec = RunSpec(str(EMBEDDED), SplitConfig(), recipe("best").config, "cuda")
        for n_workers in N_WORKERS:
            print(f"{n_workers} workers: {runs_a_minute(n_workers, spec):.0f} runs of `best` a minute", flush=True)
    if "large" in given.only:
        large(given.ratings, given.folder)


if __name__ == "__main__":
    main()
