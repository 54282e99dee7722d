"""How many rows per second `import` takes: a table of ratings from file to data set, all checks made.

python -m tests.benchmarks.importing [ROWS]
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from cf_core.data.tables.importing import import_data_set

ROUNDS = 3


def write_tables(folder: Path, n_rows: int) -> list[Path]:
    """The same ratings as plain CSV, as CSV with string ids in quotes, and as Parquet."""
    draw = np.random.default_rng(0)
    n_users, n_items = n_rows // 100, n_rows // 250
    cells = np.unique(draw.integers(0, n_users * n_items, int(n_rows * 1.1)))
    cells = np.sort(draw.permutation(cells)[:n_rows])
    user, item = np.divmod(cells, n_items)
    frame = pd.DataFrame({"userId": user, "movieId": item, "rating": draw.integers(1, 11, len(user)) / 2})
    frame["timestamp"] = draw.integers(800_000_000, 1_500_000_000, len(user))
    frame.to_csv(folder / "plain.csv", index=False)
    frame.to_parquet(folder / "ratings.parquet")
    texts = frame.assign(userId="reader, " + frame.userId.astype(str), movieId="book " + frame.movieId.astype(str))
    texts.to_csv(folder / "quoted.csv", index=False)
    return [folder / name for name in ("plain.csv", "quoted.csv", "ratings.parquet")]


def main() -> None:
    """Print the median of some rounds for each kind of file."""
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for source in write_tables(folder, n_rows):
            seconds = []
            for number in range(ROUNDS):
                began = time.perf_counter()
                summary = import_data_set(source, folder / f"{source.stem}-{number}")
                seconds.append(time.perf_counter() - began)
            rate = summary.n_ratings / np.median(seconds)
            print(f"{source.name:16} {summary.n_ratings:,} rows, {rate:,.0f} rows per second")


if __name__ == "__main__":
    main()
