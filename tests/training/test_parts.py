"""A large batch in several threads: the same numbers, and a failure ends all of them."""

from dataclasses import replace

import pytest
import torch

from cf_core.config import ModelConfig
from cf_core.models.gradients import Gradients
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.state import TrainingState
from tests.training.fitting import CONFIG, SPLIT


@pytest.fixture
def threads(monkeypatch):
    """Sets how many threads PyTorch has, until the end of the test; batches are in parts of five ratings."""
    monkeypatch.setattr("cf_core.training.fit.MICRO_BATCH", 5)
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize("kind", ["dot", "bias"])
def test_threads_come_to_the_numbers_of_one(kind, threads):
    trained = []
    for n_threads in (1, 2, 3):
        threads(n_threads)
        training = TrainingState.start(replace(CONFIG, model=ModelConfig(kind, 4)), SPLIT)
        losses = [epoch.train_loss for epoch in History.of(fit(training)).epochs]
        trained.append((losses, *training.model.parameters()))
        assert torch.get_num_threads() == n_threads
    for losses, *weights in trained[1:]:
        assert losses == trained[0][0]
        assert all(torch.equal(a, b) for a, b in zip(weights, trained[0][1:], strict=True))


def test_a_part_that_fails_ends_the_others_and_says_why(threads, monkeypatch):
    threads(2)
    whole, calls = Gradients.of_rows, []

    def fails_at_the_third(self, *part):
        calls.append(part)
        if len(calls) == 3:
            raise MemoryError("no room")
        return whole(self, *part)

    monkeypatch.setattr(Gradients, "of_rows", fails_at_the_third)
    *_, ended = fit(TrainingState.start(replace(CONFIG, model=ModelConfig("bias", 4)), SPLIT))
    assert ended.outcome == "failed"
    assert "no room" in ended.message
