"""How long an epoch takes here and in the plain PyTorch loop, side by side on one thread.

    python tests/benchmarks/epoch_speed.py [--pairs 3]

The plain loop is the lesson's (`cf_core/training/plain_loop.py`) and what most tutorials show: nn.Embedding,
DataLoader(TensorDataset), zero_grad, backward, step, with the optimiser's default implementation. Both train the same
model on the same rows with the same batch size and L2; each pair runs one epoch of either in turn, so that a drift of
the machine's speed hits both. Only training steps are timed, here with the norms and losses that the loop reports.
"""

import argparse
import copy
import statistics
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cf_core.config import TrainingConfig, with_settings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import Split, split_ratings
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.plain_loop import plain_fit
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState

RECIPE_NAMES = ("notebook-dot", "notebook-bias", "notebook-net", "notebook-learner")


def seconds_here(config: TrainingConfig, split: Split) -> float:
    """Training seconds of one epoch of the fit loop."""
    return History.of(fit(TrainingState.start(config, split))).epochs[0].seconds


def seconds_plain(config: TrainingConfig, split: Split, optimizer_kind: str) -> float:
    """Seconds of one epoch of the lesson's own loop over the same model and rows."""
    training = TrainingState.start(config, split)
    model = with_own_tables(training.model)
    rate, decay = config.phases[0].learning_rate, config.weight_decay
    if optimizer_kind == "adam":
        optimizer = torch.optim.Adam(model.parameters(), lr=rate, weight_decay=decay)
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=config.momentum, weight_decay=decay)
    batches = DataLoader(TensorDataset(*training.train.all()), batch_size=config.batch_size, shuffle=True)
    started = time.perf_counter()
    plain_fit(model, batches, 1, optimizer)
    return time.perf_counter() - started


def with_own_tables(model: nn.Module) -> nn.Module:
    """A copy of the model with a table of its own for each embedding, as everyone writes it down."""
    own = copy.deepcopy(model)
    for layer in own.modules():
        if isinstance(layer, nn.Embedding):
            layer.weight = nn.Parameter(layer.weight.detach().clone(memory_format=torch.contiguous_format))
    return own


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
