"""The norms that reports carry, against PyTorch's own on the same weights."""

import pytest

from cf_core.config import with_settings
from cf_core.training.events import BatchEnded, event_from_json
from cf_core.training.fit import NORMS_EVERY, fit
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState
from tests.small import make_split


def trained(recipe: str, **settings) -> tuple[TrainingState, list[BatchEnded]]:
    config = with_settings(RECIPES[recipe].config, {"n_factors": 3, "n_epochs": 2, **settings})
    training = TrainingState.start(config, make_split())
    return training, [event for event in fit(training) if isinstance(event, BatchEnded)]


@pytest.mark.parametrize("recipe", ["notebook-dot", "notebook-bias", "notebook-net"])
def test_the_last_report_has_the_norms_of_the_weights_and_gradients_as_they_are(recipe: str) -> None:
    training, reports = trained(recipe)
    weights = dict(training.model.named_parameters())
    norms = {name: weight.detach().square().sum().sqrt().item() for name, weight in weights.items()}
    assert reports[-1].weight_norms == pytest.approx(norms, rel=1e-4)
    gradients = {name: weight.grad.square().sum().sqrt().item() for name, weight in weights.items()}
    assert reports[-1].gradient_norms == pytest.approx(gradients, rel=1e-4)


def test_few_reports_carry_norms() -> None:
    _, reports = trained("notebook-bias", batch_size=2)
    n_batches = reports[0].n_batches
    carrying = [report.batch for report in reports if report.weight_norms and report.epoch == 1]
    assert carrying[0] == reports[0].batch
    assert carrying[-1] == n_batches
    assert len(carrying) <= 2 + len(reports) / 2 / NORMS_EVERY
    assert all(bool(report.weight_norms) == bool(report.gradient_norms) for report in reports)


def test_weight_decay_makes_the_norms_smaller() -> None:
    _, without = trained("notebook-bias", weight_decay=0.0)
    _, decayed = trained("notebook-bias", weight_decay=0.1)
    name = "item_factors.weight"
    assert decayed[-1].weight_norms[name] < without[-1].weight_norms[name]


def test_an_event_of_an_older_run_has_none() -> None:
    record = BatchEnded(1, 1, 2, 1, 0.9, 0.1).to_json()
    del record["weight_norms"], record["gradient_norms"]
    assert event_from_json(record) == BatchEnded(1, 1, 2, 1, 0.9, 0.1)
