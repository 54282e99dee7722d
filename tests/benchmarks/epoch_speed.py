"""How long an epoch takes here and in the plain PyTorch loop, side by side on one thread.

    python tests/benchmarks/epoch_speed.py [--pairs 3]

The plain loop is what most tutorials show: nn.Embedding, DataLoader(TensorDataset), zero_grad, backward, step, with
the optimiser's default implementation. Both train the same model on the same rows with the same batch size and L2;
each pair runs one epoch of either in turn, so that a drift of the machine's speed hits both. Only training steps are
timed.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import Split, split_ratings
from cf_core.training.config import TrainingConfig, with_settings
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from cf_core.training.state import Training

RECIPE_NAMES = ("notebook-dot", "notebook-bias", "notebook-net", "notebook-learner")


def seconds_here(config: TrainingConfig, split: Split) -> float:
    """Training seconds of one epoch of the fit loop."""
    return History.of(fit(Training.start(config, split))).epochs[0].seconds


def seconds_plain(config: TrainingConfig, split: Split, optimizer_kind: str) -> float:
    """Seconds of one epoch of the plain loop over the same model and rows."""
    training = Training.start(config, split)
    model, weights = training.model.train(), list(training.model.parameters())
    rate, decay = config.phases[0].learning_rate, config.weight_decay
    if optimizer_kind == "adam":
        optimizer = torch.optim.Adam(weights, lr=rate, weight_decay=decay)
    else:
        optimizer = torch.optim.SGD(weights, lr=rate, momentum=config.momentum, weight_decay=decay)
    started = time.perf_counter()
    for user_idx, item_idx, rating in DataLoader(
        TensorDataset(*training.train), batch_size=config.batch_size, shuffle=True
    ):
        optimizer.zero_grad()
        functional.mse_loss(model(user_idx, item_idx), rating).backward()
        optimizer.step()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=3, help="epochs of either, in turn (default 3)")
    pairs = parser.parse_args().pairs
    torch.set_num_threads(1)
    split = split_ratings(read_ratings(EMBEDDED))
    print(f"Seconds an epoch, median of {pairs} pairs: {len(split.train_rows):,} ratings, batch 64, one thread")
    print(f"{'recipe':18}{'here':>8}{'plain, own optimiser':>22}{'ratio':>8}{'plain, Adam':>14}{'ratio':>8}")
    for name in RECIPE_NAMES:
        config = with_settings(RECIPES[name].config, {"n_epochs": 1})
        rows = [
            (
                seconds_here(config, split),
                seconds_plain(config, split, config.optimizer),
                seconds_plain(config, split, "adam"),
            )
            for _ in range(pairs)
        ]
        here, own, adam = (statistics.median(column) for column in zip(*rows, strict=True))
        own_ratio = statistics.median(row[1] / row[0] for row in rows)
        adam_ratio = statistics.median(row[2] / row[0] for row in rows)
        print(f"{name:18}{here:8.2f}{own:22.2f}{own_ratio:7.1f}×{adam:14.2f}{adam_ratio:7.1f}×", flush=True)


if __name__ == "__main__":
    main()
