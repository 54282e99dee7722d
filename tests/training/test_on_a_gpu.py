"""Training on a GPU comes to the CPU's numbers, but for rounding: a GPU adds up what many ratings say of one movie in
an order that changes from run to run."""

from dataclasses import replace

import pytest
import torch

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.training.checkpoint import load_checkpoint, save_checkpoint
from cf_core.training.commands import Stop, Watch
from cf_core.training.device import resolve_device
from cf_core.training.events import BatchEnded
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.recipes import recipe
from cf_core.training.state import TrainingState
from tests.small import make_split
from tests.training.fitting import N_BATCHES, commands

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
SPLIT = make_split()
CLOSE = 1e-3
"""Relative; Adam divides by the root of small squares, and so makes roundings larger."""


def config_of(kind, optimizer="adam", **settings):
    """Four factors, without dropout, whose draws differ from one kind of device to another."""
    model = ModelConfig(
        kind, n_factors=4, sigmoid=kind != "dot", implicit_weight=1.0, rating_decay=0.1, dropout=0.0, hidden_dropout=0.0
    )
    phases = (Phase(2, 0.02, "cosine"), Phase(2, 0.01, "one-cycle"))
    return TrainingConfig("small", model, optimizer, phases, weight_decay=1e-3, batch_size=16, **settings)


def history_on(device, config, **options):
    return History.of(fit(TrainingState.start(config, SPLIT, resolve_device(device)), **options))


def losses(history):
    return [loss for epoch in history.epochs for loss in (epoch.train_loss, epoch.valid_loss)]


@pytest.mark.parametrize("kind", ["dot", "bias", "net", "implicit"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_the_cpus_numbers(kind, optimizer):
    here, there = (history_on(device, config_of(kind, optimizer)) for device in ("cpu", "cuda"))
    assert there.started.device == "cuda"
    assert len(losses(there)) == 8
    assert losses(there) == pytest.approx(losses(here), rel=CLOSE)
    for mine, its in zip(there.batches, here.batches, strict=True):
        assert mine.weight_norms == pytest.approx(its.weight_norms, rel=CLOSE)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_steps_of_the_touched_rows_alone(optimizer):
    config = config_of("bias", optimizer, update="sparse")
    assert losses(history_on("cuda", config)) == pytest.approx(losses(history_on("cpu", config)), rel=CLOSE)


def test_dropout_is_drawn_on_the_device_from_the_seed():
    config = config_of("net")
    config = replace(config, model=replace(config.model, dropout=0.3))
    first, again, other = (losses(history_on("cuda", replace(config, seed=seed))) for seed in (1, 1, 2))
    assert first == pytest.approx(again, rel=CLOSE)
    assert first != pytest.approx(other, rel=CLOSE)


@pytest.mark.parametrize("kind", ["bias", "net"])
def test_broken_off_it_goes_on_to_the_same_numbers(tmp_path, kind):
    config, cuda, path = config_of(kind), resolve_device("cuda"), tmp_path / "checkpoint"
    broken = TrainingState.start(config, SPLIT, cuda)
    stop = commands()
    for event in fit(broken, stop):
        if isinstance(event, BatchEnded) and (event.epoch, event.batch) == (2, 3):
            stop.put(Stop())
    save_checkpoint(broken, path)
    resumed = TrainingState.start(config, SPLIT, cuda)
    load_checkpoint(resumed, path)
    assert (resumed.n_epochs_done, resumed.epoch_progress.n_batches) == (1, 3)
    rest = History.of(fit(resumed))
    assert losses(rest) == pytest.approx(losses(history_on("cuda", config))[2:], rel=CLOSE)


def test_a_watched_prediction_and_the_factors():
    training = TrainingState.start(config_of("bias"), SPLIT, resolve_device("auto"))
    history = History.of(fit(training, commands(Watch(0, 0))))
    assert training.device.type == "cuda"
    assert len(history.epochs) == 4 and len(history.batches) == 4 * N_BATCHES
    assert 0.5 <= history.batches[-1].prediction <= 5.0
    assert training.fitted_factors().item_factors.shape == (15, 4)


def test_out_of_memory_is_said_in_words():
    """Room for the tables, and none for what a batch of 100,000 ratings adds to them."""
    config = replace(config_of("bias"), batch_size=100_000)
    config = replace(config, model=replace(config.model, n_factors=256))
    training = TrainingState.start(config, make_split(400, 500, 150_000), resolve_device("cuda"))
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 50_000_000) / total)
    try:
        ended = History.of(fit(training)).ended
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert ended.outcome == "failed"
    assert ended.message.startswith("Out of memory (CUDA")
    assert ended.message.endswith("Take fewer factors or a smaller batch.")


@pytest.mark.parametrize("name", ["fast", "best"])
def test_a_recipe_comes_to_its_rmse(split, name):
    training = TrainingState.start(recipe(name).config, split, resolve_device("cuda"))
    history = History.of(fit(training))
    assert history.ended.outcome == "finished"
    assert history.epochs[-1].rmse == pytest.approx({"fast": 0.8734, "best": 0.8434}[name], abs=0.003)
