"""Rows are fetched a block at a time, from where the data lie: in the order, and to the numbers, of all at once."""

import time
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch

from cf_core.config import ModelConfig
from cf_core.training import state
from cf_core.training.checkpoint import load_checkpoint, save_checkpoint
from cf_core.training.commands import Stop
from cf_core.training.events import BatchEnded
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.rows import RowSource
from cf_core.training.state import TrainingState
from tests.training.fitting import CONFIG, N_BATCHES, SPLIT, commands

CPU = torch.device("cpu")


def numbers(history):
    batches = [replace(event, seconds=0) for event in history.batches]
    return batches, [replace(event, seconds=0, ratings_per_second=0) for event in history.epochs]


@pytest.mark.parametrize("kind", ["dot", "bias", "net", "implicit"])
@pytest.mark.parametrize("sorted_from", [16, 2**16])
@pytest.mark.parametrize("block", [1, 40])  # batches of 16: one at a time, and two
def test_blocks_come_to_the_numbers_of_an_epoch_at_once(kind, sorted_from, block, monkeypatch):
    monkeypatch.setattr(state, "SORTED_FROM", sorted_from)
    config = replace(CONFIG, model=ModelConfig(kind, 4, implicit_weight=1, rating_decay=0.1))
    whole = TrainingState.start(config, SPLIT)
    assert len(list(whole.blocks())) == 1
    expected = History.of(fit(whole))
    monkeypatch.setattr(state, "BLOCK", block)
    parts = TrainingState.start(config, SPLIT)
    assert [len(rows.rating) for rows in parts.blocks()] == ([16] * 6 + [8] if block == 1 else [32] * 3 + [8])
    assert numbers(History.of(fit(parts))) == numbers(expected)
    assert all(torch.equal(a, b) for a, b in zip(parts.model.parameters(), whole.model.parameters(), strict=True))


@pytest.mark.parametrize("stop_after", [1, 2, 3, N_BATCHES + 4])
def test_a_run_goes_on_in_the_middle_of_a_block(stop_after, monkeypatch, tmp_path):
    monkeypatch.setattr(state, "BLOCK", 40)
    expected = History.of(fit(TrainingState.start(CONFIG, SPLIT)))
    broken, waiting, n_batches = TrainingState.start(CONFIG, SPLIT), commands(), 0
    for event in fit(broken, waiting):
        if isinstance(event, BatchEnded):  # so few batches that each is reported
            n_batches += 1
            if n_batches == stop_after:
                waiting.put(Stop())
    save_checkpoint(broken, tmp_path / "checkpoint")
    resumed = TrainingState.start(CONFIG, SPLIT)
    load_checkpoint(resumed, tmp_path / "checkpoint")
    assert numbers(History.of(fit(resumed)))[1] == numbers(expected)[1][stop_after // N_BATCHES :]


def test_the_order_is_that_of_64_bit_numbers():
    """As it was drawn when the runs were stored that are still to be resumed."""
    training = TrainingState.start(CONFIG, SPLIT)
    training.n_epochs_done = 1
    order = torch.randperm(104, generator=state._generator("cpu", CONFIG.seed, state._ORDER, 1)).numpy()
    rows, ratings = SPLIT.train_rows[order], SPLIT.ratings
    for found, column in zip(
        next(training.blocks()), (ratings.user_idx, ratings.item_idx, ratings.rating), strict=True
    ):
        assert (found.numpy() == column[rows]).all()


def test_nothing_is_copied_that_nobody_asks_for():
    """Nor is anybody warned of data that cannot be written into, as mapped ones cannot."""
    arrays = [np.array(array) for array in (SPLIT.ratings.user_idx, SPLIT.ratings.item_idx, SPLIT.ratings.rating)]
    for array in (*arrays, rows := SPLIT.train_rows.copy()):
        array.flags.writeable = False
    ratings = replace(SPLIT.ratings, user_idx=arrays[0], item_idx=arrays[1], rating=arrays[2])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = RowSource(ratings, rows, CPU)
    for array, column in zip((*arrays, rows), (*source._columns, source._rows), strict=True):
        assert column.data_ptr() == array.ctypes.data
    assert [len(part.rating) for part in source.split(50)] == [50, 50, 4]
    assert source.all().user_idx.tolist() == arrays[0][rows].tolist()


def test_fetching_is_not_training(monkeypatch):
    """Neither before the first batch nor between two of them."""
    monkeypatch.setattr(state, "BLOCK", 40)
    take, config = RowSource.take, replace(CONFIG, phases=CONFIG.phases[1:])

    def slowly(source, positions):
        time.sleep(0.2)
        return take(source, positions)

    monkeypatch.setattr(RowSource, "take", slowly)
    began = time.perf_counter()
    (epoch,) = History.of(fit(TrainingState.start(config, SPLIT))).epochs
    assert epoch.seconds < time.perf_counter() - began - 0.7
