"""How long an epoch takes here and in the plain PyTorch loop, side by side on one thread.

    python tests/benchmarks/epoch_speed.py [--pairs 3]

The plain loop is what most tutorials show: nn.Embedding, DataLoader(TensorDataset), zero_grad, backward, step, with
the optimiser's default implementation. Both train the same model on the same rows with the same batch size and L2;
each pair runs one epoch of either in turn, so that a drift of the machine's speed hits both. Only training steps are
timed, here with the norms and losses that the loop reports.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cf_core.config import ModelConfig, TrainingConfig, with_settings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import Split, split_ratings
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from cf_core.training.state import Training

RECIPE_NAMES = ("notebook-dot", "notebook-bias", "notebook-net", "notebook-learner")


class Plain(nn.Module):
    """The lesson's models with a layer for each table, as everyone writes them down."""

    def __init__(self, config: ModelConfig, split: Split, output: nn.Module) -> None:
        super().__init__()
        n_users, n_items, k = split.ratings.n_users, split.ratings.n_items, config.n_factors
        self.user_factors, self.item_factors = nn.Embedding(n_users, k), nn.Embedding(n_items, k)
        self.kind, self.output = config.kind, output
        if config.kind == "bias":
            self.user_bias, self.item_bias = nn.Embedding(n_users, 1), nn.Embedding(n_items, 1)
        if config.kind == "net":
            self.layers = nn.Sequential(
                nn.Dropout(config.dropout),
                nn.Linear(2 * k, config.n_hidden),
                nn.ReLU(),
                nn.Dropout(config.hidden_dropout),
                nn.Linear(config.n_hidden, 1),
            )
        for weight in (self.user_factors.weight, self.item_factors.weight):
            nn.init.uniform_(weight, config.init_low, config.init_high)

    def forward(self, user_idx: Tensor, item_idx: Tensor) -> Tensor:
        users, items = self.user_factors(user_idx), self.item_factors(item_idx)
        if self.kind == "net":
            return self.output(self.layers(torch.cat([users, items], dim=1)).squeeze(1))
        x = (users * items).sum(1)
        if self.kind == "bias":
            x = x + self.user_bias(user_idx).squeeze(1) + self.item_bias(item_idx).squeeze(1)
        return self.output(x)


def seconds_here(config: TrainingConfig, split: Split) -> float:
    """Training seconds of one epoch of the fit loop."""
    return History.of(fit(Training.start(config, split))).epochs[0].seconds


def seconds_plain(config: TrainingConfig, split: Split, optimizer_kind: str) -> float:
    """Seconds of one epoch of the plain loop over the same model and rows."""
    training = Training.start(config, split)
    model = Plain(config.model, split, training.model.output)
    weights = list(model.parameters())
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
