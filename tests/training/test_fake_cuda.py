"""The loop on a CUDA device that is not there: PyTorch's fake tensors have shapes and devices, and no numbers.

Whatever needs a number on the way raises, so these tests show that a whole reporting interval runs without waiting for
the device. What they cannot show is that the numbers are right, or how fast they come.
"""

import pytest
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.models.shared_table import SharedTable
from cf_core.training import state
from cf_core.training.events import FitStarted
from cf_core.training.fit import fit
from cf_core.training.state import TrainingState
from tests.small import make_split

SPLIT = make_split()
CUDA = torch.device("cuda:0")  # with its number: without, PyTorch asks the driver


@pytest.fixture
def fake_cuda(monkeypatch):
    """Fake tensors, and generators for a device that has none here."""
    real = state._generator
    monkeypatch.setattr(state, "_generator", lambda device, *key: None if device == CUDA else real(device, *key))
    monkeypatch.setattr(SharedTable, "check_shared", lambda table: None)  # fake tensors have no memory to share
    with FakeTensorMode(allow_non_fake_inputs=True):
        yield


@pytest.mark.parametrize("kind", ["dot", "bias", "implicit"])
@pytest.mark.parametrize("optimizer", ["adam", "adamw"])  # the fused SGD step has no fake counterpart
def test_an_interval_runs_on_the_device_without_waiting_for_it(fake_cuda, kind, optimizer):
    model = ModelConfig(kind, n_factors=4, sigmoid=kind != "dot")
    training = TrainingState.start(TrainingConfig("x", model, optimizer, (Phase(1, 0.1),), batch_size=16), SPLIT, CUDA)
    tensors = [*training.model.parameters(), *training.train.all(), *training.valid.all(), *next(training.blocks())]
    assert {tensor.device.type for tensor in tensors} == {"cuda"}
    events = fit(training, reports_per_epoch=1)
    assert isinstance(next(events), FitStarted)
    with pytest.raises(DataDependentOutputException):
        next(events)  # the report at the epoch's end reads the losses: the first number that anyone asks for
    assert training.epoch_progress.n_batches == training.n_batches == 7
    gradients = [weight.grad for weight in training.model.parameters()]
    assert {gradient.device.type for gradient in gradients} == {"cuda"}
    assert [gradient.shape for gradient in gradients] == [weight.shape for weight in training.model.parameters()]


def test_the_net_predicts_on_the_device(fake_cuda):
    """Its backward pass would ask the driver for a stream, so only the forward pass is shown."""
    config = TrainingConfig("x", ModelConfig("net", n_factors=4), "adam", (Phase(1, 0.1),))
    training = TrainingState.start(config, SPLIT, CUDA)
    with torch.no_grad():
        predicted = training.model.train()(*training.train.all()[:2])
    assert (predicted.device.type, len(predicted)) == ("cuda", len(training.train))
