"""How training speed grows, or falls, with the number of processes, and how much of a step the exchange takes.

    python tests/benchmarks/distributed.py [--rounds 3] [--ratings 5000000] [--ranks 1 2 4] [--only WORD]

Each setting is trained by one process without any exchange and by 1, 2 and 4 ranks on this machine (gloo, one thread
each; more ranks than cores share them), in turn, so that a drift of the machine's speed hits all. Prints, as medians
over the rounds: the milliseconds of a step of one process; how many times as fast as that in the same round the ranks
are; and the share of the first rank's step that passes in exchanging gradients, waiting for the others included. Of
the steps of each go it takes those that are disturbed least.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

SETTINGS = {
    "embedded, notebook-bias, batch 64": ("embedded", "notebook-bias", {}, 200),
    "embedded, fast, batch 4,096": ("embedded", "fast", {}, 80),
    "embedded, best, batch 1,024": ("embedded", "best", {}, 80),
    "generated, 50 factors, batch 65,536": ("generated", "fast", {"n_factors": 50, "batch_size": 65_536}, 40),
    "generated, 50 factors, batch 524,288": ("generated", "fast", {"n_factors": 50, "batch_size": 524_288}, 8),
    "generated, 200 factors, batch 524,288": ("generated", "fast", {"n_factors": 200, "batch_size": 524_288}, 4),
}
"""Data, recipe, its settings, and how many steps are timed."""


def train(folder: str, setting: str) -> None:
    """One rank, or one process that trains alone; the first prints the seconds of a step and those in the exchange."""
    import torch

    from cf_core.config import with_settings
    from cf_core.data.reading import read_ratings
    from cf_core.data.split import split_ratings
    from cf_core.training.distributed.ranks import Ranks, joined
    from cf_core.training.distributed.team import Team
    from cf_core.training.recipes import recipe
    from cf_core.training.state import TrainingState

    torch.set_num_threads(1)
    _, name, changes, n_steps = SETTINGS[setting]
    config, split = with_settings(recipe(name).config, {"n_epochs": 20, **changes}), split_ratings(read_ratings(folder))
    if "RANK" not in os.environ:
        training = TrainingState.start(config, split)
        print(timed(training, n_steps)[0], 0.0)
        return
    exchanging = []
    exchange = Ranks.all_reduce

    def timed_exchange(*arguments: object) -> None:
        began = time.perf_counter()
        exchange(*arguments)
        exchanging.append(time.perf_counter() - began)

    Ranks.all_reduce = timed_exchange
    with joined() as ranks:
        training = Team(ranks).start(config, split, torch.device("cpu"))
        seconds, n_trained = timed(training, n_steps)
        if ranks.is_first:
            print(seconds, fastest_tenth(exchanging[-n_trained:]))


def timed(training: object, n_steps: int) -> tuple[float, int]:
    """The seconds of a step, when others disturb it least: the tenth part of the reports was faster; and how many steps
    were trained in all. The first report of an epoch and a last, smaller batch are left out."""
    from cf_core.training.events import BatchEnded
    from cf_core.training.fit import fit

    size, n_rows, before, times, n_trained = training.config.batch_size, len(training.train), None, [], 0
    for event in fit(training, reports_per_epoch=200):
        if not isinstance(event, BatchEnded):
            before = None
            continue
        if before is not None and event.batch * size <= n_rows:
            times.append((event.seconds - before.seconds) / (event.batch - before.batch))
        before, n_trained = event, (event.epoch - 1) * event.n_batches + event.batch
        if n_trained >= n_steps:
            break
    return fastest_tenth(times), n_trained


def fastest_tenth(times: list[float]) -> float:
    """The time that a tenth of them stay below."""
    return sorted(times)[len(times) // 10]


def run(folder: str, setting: str, n_ranks: int) -> tuple[float, float]:
    """The seconds of a step and those in the exchange, with that many ranks; 0 is one process without an exchange."""
    from tests.rank_processes import start_ranks

    command = [sys.executable, __file__, "--folder", folder, "--setting", setting]
    if n_ranks:
        processes = start_ranks(command, n_ranks, stdout=subprocess.PIPE, text=True)
    else:
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        processes = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)]
    out, *_ = [process.communicate()[0] for process in processes]
    seconds, exchanging = map(float, out.split())
    return seconds, exchanging


def compare(folder: str, setting: str, all_ranks: list[int], n_rounds: int) -> None:
    """All numbers of ranks in turn, and a line for the setting."""
    rounds = [{n: run(folder, setting, n) for n in (0, *all_ranks)} for _ in range(n_rounds)]
    alone = statistics.median(one[0][0] for one in rounds)
    cells = []
    for n in all_ranks:
        ratio = statistics.median(one[0][0] / one[n][0] for one in rounds)
        share = statistics.median(one[n][1] / one[n][0] for one in rounds)
        cells.append(f"{n} rank{'s' * (n > 1)} {ratio:5.2f}×, exchange {share:4.0%}")
    print(f"{setting:40}{1e3 * alone:8.2f} ms   {'   '.join(cells)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ratings", type=int, default=5_000_000, help="how many are generated")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--only", default="", metavar="WORD", help="settings whose name has it")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    parser.add_argument("--setting", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.setting:
        train(given.folder, given.setting)
        return
    from cf_core.data.reading import EMBEDDED
    from tests.benchmarks.large_data import make

    with tempfile.TemporaryDirectory() as temporary:
        os.environ["CF_LAB_CACHE"] = f"{temporary}/cache"
        folders = {"embedded": str(EMBEDDED), "generated": temporary}
        chosen = [setting for setting in SETTINGS if given.only in setting]
        if any(SETTINGS[setting][0] == "generated" for setting in chosen):
            make(Path(temporary), given.ratings)
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.0f} before", flush=True)
        for setting in chosen:
            compare(folders[SETTINGS[setting][0]], setting, given.ranks, given.rounds)
        print(f"load {os.getloadavg()[0]:.0f} after")


if __name__ == "__main__":
    main()
