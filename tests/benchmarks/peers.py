"""How good and how fast recipes `fast` and `best` are beside the libraries that people use, on one thread.

    python tests/benchmarks/peers.py [--only cmfrec,lenskit] [--times 3] [--folder FOLDER]

Every library gets a virtual environment of its own, kept in the user's cache or in FOLDER, into which pip installs it:
4 GB in all, more where pip takes PyTorch for CUDA; cmfrec needs a C compiler. What cannot be installed, or fails, is
reported so, and the rest goes on.

All get the lesson's split, 80,004 ratings to learn from and 20,000 to predict, each of them, clipped to the range of
ratings. In every round each setting takes one turn, in a process of its own that has fitted 2,000 ratings before, so
that nothing is timed that a library imports or compiles at its first call. A fit is timed from data in memory, in the
library's own form, to fitted weights; ratios are of processor time, to which other work on the machine adds little, and
which would show a second thread. Judges nothing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import Split, split_ratings
from tests.benchmarks.rivals import contest
from tests.benchmarks.rivals.environments import NotInstalled, default_folder, last_word, python_of

SCRIPTS = Path(__file__).resolve().parent / "rivals"
LESSON_RMSE = 0.8746
LIMIT_SECONDS = 1_800.0
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS")
LENSKIT_THREADS = ("LK_NUM_PROCS", "LK_NUM_THREADS", "LK_NUM_BACKEND_THREADS")
ONE_THREAD = dict.fromkeys((*THREADS, *LENSKIT_THREADS), "1")
TORCH = f"torch=={version('torch').partition('+')[0]}"  # the project's own release, which pip may have at hand
REQUIREMENTS = {
    "cmfrec": ("cmfrec==3.5.1.post14", "threadpoolctl==3.8.0"),  # it imports the second without asking for it
    "lenskit": ("lenskit==2025.8.1", TORCH),
    "surprise": ("scikit-surprise==1.1.5", "pandas==3.1.1"),
    "cornac": ("cornac==3.0.1",),
    "fastai": ("fastai==2.8.12", TORCH),
}
"""What pip installs for each library."""


class Turn(NamedTuple):
    """A library, one of the settings that its script knows, and how the tables call both."""

    library: str
    setting: str
    title: str


OURS = "cf_lab"
FAST, BEST = Turn(OURS, "fast", "CF Lab, fast"), Turn(OURS, "best", "CF Lab, best")
QUIET = Turn(OURS, "fast, reports: 1", "CF Lab, fast, a report an epoch")
"""As `fast`, but for the losses and norms that the app shows meanwhile: nobody else computes any."""
FASTAI = Turn("fastai", "default", "fastai collab_learner, dot, 5 epochs")
TURNS = (
    FAST,
    QUIET,
    BEST,
    Turn("cmfrec", "default", "cmfrec CMF, default"),
    Turn("cmfrec", "implicit", "cmfrec CMF, implicit features"),
    Turn("cmfrec", "implicit, quick", "cmfrec CMF, implicit features, quick"),
    Turn("cmfrec", "implicit, thorough", "cmfrec CMF, implicit features, thorough"),
    Turn("lenskit", "default", "LensKit BiasedMF, default"),
    Turn("lenskit", "tuned", "LensKit BiasedMF, tuned"),
    Turn("surprise", "default", "Surprise SVD, default"),
    Turn("surprise", "tuned", "Surprise SVD, 200 factors, 60 epochs"),
    Turn("cornac", "default", "Cornac MF, default"),
    Turn("cornac", "tuned", "Cornac MF, 100 factors, 60 epochs"),
    Turn("cornac", "quick", "Cornac MF, 20 factors, 40 epochs, quick"),
    FASTAI,
)
EPOCHS = tuple(Turn(OURS, f"{name}, epochs: 1", name) for name in ("notebook-bias", "notebook-learner"))
"""One epoch each, to be held against one of fastai's."""


@dataclass(frozen=True)
class Result:
    """What a turn came to; see `contest.take_turn`."""

    version: str
    rmse: float
    mae: float
    fit_seconds: float
    fit_cpu_seconds: float
    predict_seconds: float
    epoch_seconds: float | None
    peak_megabytes: float


class TurnFailed(Exception):
    """A turn gave no result; the message is the script's last word."""


def write_split(split: Split, file: Path) -> None:
    """The split as the scripts read it."""
    ratings = split.ratings
    train, valid = (
        contest.Rows(ratings.user_idx[rows], ratings.item_idx[rows], ratings.rating[rows])
        for rows in (split.train_rows, split.valid_rows)
    )
    contest.write(file, train, valid, contest.Sizes(ratings.n_users, ratings.n_items))


def pythons_of(libraries: list[str], folder: Path) -> dict[str, Path]:
    """The Python of each library that can be had, after what could not be has been told."""
    pythons = {OURS: Path(sys.executable)}
    for library in libraries:
        print(f"{library}: its environment in {folder}", file=sys.stderr)
        try:
            pythons[library] = python_of(library, REQUIREMENTS[library], folder)
        except NotInstalled as reason:
            print(f"{library} cannot be installed here: {reason}", flush=True)
    return pythons


def take(turn: Turn, python: Path, file: Path) -> Result:
    """One turn, in a process of its own.

    Raises:
        TurnFailed: the script failed or took too long.
    """
    command = [str(python), "-W", "ignore", str(SCRIPTS / f"with_{turn.library}.py"), str(file), turn.setting]
    try:
        done = subprocess.run(
            command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, timeout=LIMIT_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise TurnFailed(f"took more than {LIMIT_SECONDS:,.0f} s") from None
    if done.returncode:
        raise TurnFailed(last_word(done.stderr))
    return Result(**json.loads(done.stdout.splitlines()[-1]))


def rounds(turns: list[Turn], pythons: dict[str, Path], file: Path, times: int) -> dict[Turn, list[Result]]:
    """The results of every turn that succeeded in all rounds, after those that failed have been told.

    Raises:
        TurnFailed: one of CF Lab's own.
    """
    results: dict[Turn, list[Result]] = {turn: [] for turn in turns}
    for number in range(1, times + 1):
        for turn in list(results):
            print(f"round {number} of {times}: {turn.title}", file=sys.stderr)
            try:
                results[turn].append(take(turn, pythons[turn.library], file))
            except TurnFailed as reason:
                if turn.library == OURS:
                    raise
                print(f"{turn.title} failed: {reason}", flush=True)
                del results[turn]
    return results


def median(results: list[Result], name: str) -> float:
    return statistics.median(getattr(result, name) for result in results)


def ratio(results: list[Result], others: list[Result], name: str) -> float:
    """The median over the rounds of how many times as much `results` have as `others`."""
    pairs = zip(results, others, strict=True)
    return statistics.median(getattr(one, name) / getattr(other, name) for one, other in pairs)


def print_fits(results: dict[Turn, list[Result]]) -> None:
    """Everyone's errors and times, the best first."""
    headings = (
        f"{'RMSE':>8}{'MAE':>8}{'fit, s':>9}{'CPU, s':>9}{'× fast':>9}{'predict, s':>12}{'memory, MB':>12}  version"
    )
    print(f"{'':40}{headings}")
    for turn, own in sorted(results.items(), key=lambda of: median(of[1], "rmse")):
        print(
            f"{turn.title:40}{median(own, 'rmse'):8.4f}{median(own, 'mae'):8.4f}{median(own, 'fit_seconds'):9.3f}"
            f"{median(own, 'fit_cpu_seconds'):9.3f}{ratio(own, results[FAST], 'fit_cpu_seconds'):9.2f}"
            f"{median(own, 'predict_seconds'):12.3f}{median(own, 'peak_megabytes'):12,.0f}  {own[0].version}"
        )


def print_comparison(results: dict[Turn, list[Result]]) -> None:
    """How `fast` compares with all that get to the lesson's RMSE, and `best` with the best of the others."""
    others = {turn: own for turn, own in results.items() if turn.library != OURS}
    there = [turn for turn, own in others.items() if median(own, "rmse") <= LESSON_RMSE]
    print(f"\nRMSE {LESSON_RMSE}, the lesson's, or better besides CF Lab, the fastest first:")
    for turn in sorted(there, key=lambda turn: median(others[turn], "fit_cpu_seconds")):
        times, quiet = (ratio(others[turn], results[own], "fit_cpu_seconds") for own in (FAST, QUIET))
        print(f"  {turn.title:40}{times:7.2f} × the time of fast, {quiet:.2f} × with a report an epoch")
    if not there:
        print("  nobody")
    for turn in sorted(others, key=lambda turn: median(others[turn], "rmse"))[:1]:
        own, theirs = results[BEST], others[turn]
        print(
            f"\nbest: RMSE {median(own, 'rmse'):.4f} in {median(own, 'fit_seconds'):.2f} s; the best of the others, "
            f"{turn.title}: {median(theirs, 'rmse'):.4f} in {median(theirs, 'fit_seconds'):.2f} s."
        )


def print_epochs(results: dict[Turn, list[Result]]) -> None:
    """The lesson's epochs beside fastai's, training steps alone."""
    print("\nSeconds an epoch, batch 64, 50 factors, training steps alone")
    for turn in EPOCHS:
        own, theirs = results[turn], results[FASTAI]
        print(
            f"{turn.title:20}{median(own, 'epoch_seconds'):7.2f}   fastai {median(theirs, 'epoch_seconds'):.2f}"
            f"   {ratio(theirs, own, 'epoch_seconds'):.1f} ×"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(REQUIREMENTS), help="libraries, by comma (default: all)")
    parser.add_argument("--times", type=int, default=3, help="rounds (default 3)")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="where the environments are kept")
    arguments = parser.parse_args()
    libraries = arguments.only.split(",")
    if unknown := set(libraries) - set(REQUIREMENTS):
        parser.error(f"no library {', '.join(sorted(unknown))}; there are {', '.join(REQUIREMENTS)}")

    pythons = pythons_of(libraries, arguments.folder)
    turns = [turn for turn in TURNS if turn.library in pythons]
    if FASTAI in turns:
        turns[turns.index(FASTAI) : turns.index(FASTAI)] = EPOCHS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "split.npz"
        write_split(split_ratings(read_ratings(EMBEDDED)), file)
        results = rounds(turns, pythons, file, arguments.times)
    print(
        f"\nMedians of {arguments.times} rounds, one thread; every process has fitted 2,000 ratings before its turn.\n"
    )
    fits = {turn: own for turn, own in results.items() if turn not in EPOCHS}
    print_fits(fits)
    print_comparison(fits)
    if FASTAI in results:
        print_epochs(results)


if __name__ == "__main__":
    main()
