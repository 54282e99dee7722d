"""How a batch is worked off: in parts, in the order of the data, in sparse steps."""

from dataclasses import replace

import pytest
import torch

from cf_core.config import ModelConfig, with_settings
from cf_core.errors import ConfigError
from cf_core.training.commands import Stop
from cf_core.training.events import BatchEnded
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.state import TrainingState
from tests.training.fitting import CONFIG, SPLIT, commands


@pytest.mark.parametrize(
    ("kind", "update"),
    [("dot", "dense"), ("bias", "dense"), ("bias", "sparse"), ("net", "sparse"), ("implicit", "dense")],
)
def test_a_batch_in_parts_is_a_batch(kind, update, monkeypatch):
    model = ModelConfig(kind, 4, dropout=0, hidden_dropout=0, implicit_weight=1, rating_decay=0.1)
    config = replace(CONFIG, model=model, update=update)
    whole = TrainingState.start(config, SPLIT)
    expected = History.of(fit(whole))
    monkeypatch.setattr("cf_core.training.fit.MICRO_BATCH", 5)
    parts = TrainingState.start(config, SPLIT)
    found = History.of(fit(parts))
    for name in ("train_loss", "valid_loss"):
        losses = [[getattr(epoch, name) for epoch in history.epochs] for history in (found, expected)]
        assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    for a, b in zip(whole.model.parameters(), parts.model.parameters(), strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("kind", ["dot", "bias", "net"])
def test_sparse_steps_of_plain_sgd_come_to_the_same_weights(kind):
    plain = with_settings(replace(CONFIG, model=ModelConfig(kind, n_factors=4)), {"momentum": 0, "weight_decay": 0})
    dense, sparse = (TrainingState.start(replace(plain, update=update), SPLIT) for update in ("dense", "sparse"))
    assert History.of(fit(dense)).epochs[-1].valid_loss == History.of(fit(sparse)).epochs[-1].valid_loss
    assert all(torch.equal(a, b) for a, b in zip(dense.model.parameters(), sparse.model.parameters(), strict=True))


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_sparse_steps_leave_who_is_not_in_the_batch(optimizer):
    config = replace(CONFIG, optimizer=optimizer, update="sparse", batch_size=4)
    training = TrainingState.start(config, SPLIT)
    before = training.model.item_factors.weight.detach().clone()
    *_, item_idx, _ = (column[:4] for column in next(training.blocks()))
    waiting = commands()
    for event in fit(training, waiting):
        if isinstance(event, BatchEnded):  # so few batches that each is reported
            waiting.put(Stop())
    moved = (training.model.item_factors.weight != before).any(1).nonzero().squeeze(1)
    assert moved.tolist() == item_idx.unique().tolist()


def test_a_model_that_moves_all_items_has_no_sparse_steps():
    with pytest.raises(ConfigError, match="update='sparse' does not fit"):
        replace(CONFIG, model=ModelConfig("implicit"), update="sparse")


def _cells(rows):
    return list(zip(*(column.tolist() for column in rows), strict=True))


def test_a_large_batch_stands_in_the_order_of_the_data(monkeypatch):
    training = TrainingState.start(CONFIG, SPLIT)
    drawn = next(training.blocks())
    monkeypatch.setattr("cf_core.training.state.SORTED_FROM", 16)
    cells = [_cells(rows) for rows in (drawn, next(training.blocks()))]
    place = {row: at for at, row in enumerate(_cells(training.train.all()))}
    for first in range(0, len(cells[0]), 16):
        assert cells[1][first : first + 16] == sorted(cells[0][first : first + 16], key=place.get)


def test_few_columns_are_multiplied_to_the_same_numbers(monkeypatch):
    trained = []
    for few in (0, 5):  # four factors and a bias
        monkeypatch.setattr("cf_core.models.gradients.FEW_COLUMNS", few)
        training = TrainingState.start(replace(CONFIG, model=ModelConfig("bias", 4)), SPLIT)
        trained.append(([epoch.valid_loss for epoch in History.of(fit(training)).epochs], *training.model.parameters()))
    assert trained[0][0] == trained[1][0]
    assert all(torch.equal(a, b) for a, b in zip(trained[0][1:], trained[1][1:], strict=True))
