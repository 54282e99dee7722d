"""One library's turn: fit the training ratings, predict the validation ratings, print one JSON line about it.

Runs inside the library's own virtual environment and needs NumPy alone. Nothing in here knows a library.
"""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

LOWEST, HIGHEST = 0.5, 5.0
N_WARM_UP = 2_000
"""So many ratings every library fits first, so that nothing it imports or compiles at its first call is timed."""

Data = TypeVar("Data")
Fitted = TypeVar("Fitted")


class Rows(NamedTuple):
    """Ratings: `user_idx` and `item_idx` int64, `rating` float32 in stars, each (n,)."""

    user_idx: np.ndarray
    item_idx: np.ndarray
    rating: np.ndarray


class Sizes(NamedTuple):
    """How many users and movies there are, those without a training rating among them."""

    n_users: int
    n_items: int


def write(file: Path, train: Rows, valid: Rows, sizes: Sizes) -> None:
    """Everything that a library gets to see of the data, in one .npz file."""
    columns = {
        f"{part}_{name}": column
        for part, rows in (("train", train), ("valid", valid))
        for name, column in rows._asdict().items()
    }
    np.savez(file, **columns, sizes=np.array(sizes))


def read(file: Path) -> tuple[Rows, Rows, Sizes]:
    """What `write` wrote: training rows, validation rows, sizes."""
    with np.load(file) as arrays:
        train, valid = (Rows(*(arrays[f"{part}_{name}"] for name in Rows._fields)) for part in ("train", "valid"))
        return train, valid, Sizes(*arrays["sizes"].tolist())


def errors(predicted: np.ndarray, rating: np.ndarray) -> tuple[float, float]:
    """RMSE and MAE in stars, predictions clipped to the range of ratings.

    Raises:
        ValueError: a rating has no prediction.
    """
    if predicted.shape != rating.shape or not np.isfinite(predicted).all():
        raise ValueError(f"{np.isfinite(predicted).sum():,} predictions for {len(rating):,} ratings.")
    error = np.clip(predicted.astype(np.float64), LOWEST, HIGHEST) - rating
    return float(np.sqrt(np.mean(error**2))), float(np.mean(np.abs(error)))


def take_turn(
    version: str,
    prepare: Callable[[Rows, Sizes], Data],
    fit: Callable[[Data, str], Fitted],
    predict: Callable[[Fitted, Rows], np.ndarray],
    epoch_seconds: Callable[[Fitted], float] | None = None,
) -> None:
    """Fit and predict with the file and the setting that the command line names.

    Args:
        prepare: brings ratings into the library's own form; not timed.
        fit: from data in that form and the name of a setting to fitted weights; timed.
        predict: a prediction for every row, in stars; what a library does not predict is the mean of the training
            ratings plus what it holds to be the user's bias.
        epoch_seconds: the training seconds of a fit's median epoch, where it has epochs to be compared.
    """
    file, setting = sys.argv[1:]
    train, valid, sizes = read(Path(file))
    fit(prepare(Rows(*(column[:N_WARM_UP] for column in train)), sizes), setting)
    data = prepare(train, sizes)
    gc.collect()
    gc.freeze()  # or whoever imports most pays for going through all of it in the middle of the fit
    started, processor = time.perf_counter(), time.process_time()
    fitted = fit(data, setting)
    fit_ended, processor_ended = time.perf_counter(), time.process_time()
    predicted = predict(fitted, valid)
    ended = time.perf_counter()
    rmse, mae = errors(predicted, valid.rating)
    result = {
        "version": version,
        "rmse": rmse,
        "mae": mae,
        "fit_seconds": fit_ended - started,
        "fit_cpu_seconds": processor_ended - processor,
        "predict_seconds": ended - fit_ended,
        "epoch_seconds": epoch_seconds(fitted) if epoch_seconds else None,
        "peak_megabytes": _peak_megabytes(),
    }
    print(json.dumps(result))


def _peak_megabytes() -> float:
    """The most memory that this process held at once. On Linux `ru_maxrss` would count what its parent held, too."""
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS
