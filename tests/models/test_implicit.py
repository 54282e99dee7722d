"""The model that learns from who rated what: its loss by hand, its gradient against autograd, what its settings do."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cf_core.config import ModelConfig, TrainingConfig, with_settings
from cf_core.models.build import DataShape, build_model
from cf_core.models.gradients import Gradients
from cf_core.models.modules import EmbeddingImplicit, Unbounded
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState
from tests.small import make_split

SPLIT = make_split(20, 25, 300)
CONFIG = replace(RECIPES["best"].config, batch_size=60)


def column(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float32).unsqueeze(1)


def gradients_of(gradients: Gradients, *batch: Tensor) -> dict[str, Tensor]:
    """The closed form's, by weight."""
    gradients.clear()
    gradients.accumulate(*batch)
    return {name: weight.grad.clone() for name, weight in gradients.model.named_parameters()}


def dense_loss(model: EmbeddingImplicit, user_idx: Tensor, item_idx: Tensor, rating: Tensor) -> Tensor:
    """The loss as its definition says it, with the whole table of who rated what."""
    interests, factors = model.user_interests.weight, model.item_factors.weight
    z = torch.zeros(len(interests), len(factors))
    z[user_idx, item_idx] = (1 + model.star_weight * (rating - model.train_mean)) * model.share_rated**-0.5
    squares = model.user_factors(user_idx).square().sum(1) + model.item_factors(item_idx).square().sum(1)
    return (
        functional.mse_loss(model(user_idx, item_idx), rating)
        + model.implicit_weight * (interests @ factors.T - z).square().mean()
        + model.rating_decay * squares.mean()
    )


def trained(config: TrainingConfig = CONFIG, **settings: Any) -> tuple[TrainingState, History]:
    training = TrainingState.start(with_settings(config, {"n_factors": 4, "n_epochs": 6, **settings}), SPLIT)
    return training, History.of(fit(training))


def test_by_hand() -> None:
    """Two users and two items, and one rating, of item 0 by user 0: z is 2 there and 0 elsewhere. The rating is
    predicted without error, so that only who rated what moves anything."""
    interests, factors, none = column(1, 2), column(1, 0.5), column(0, 0)
    model = EmbeddingImplicit(none, factors, none, none, Unbounded(), 3.5, interests, 0.25, 3.0, 0.0)
    rated = torch.tensor([0]), torch.tensor([0]), torch.tensor([3.5])
    assert model(*rated[:2]).tolist() == [3.5]
    # d_u · q_i - z_ui:  1 - 2, 0.5 for user 0;  2, 1 for user 1
    assert dense_loss(model, *rated).item() == pytest.approx(3 * (1 + 0.25 + 4 + 1) / 4)
    found = gradients_of(Gradients(model), *rated)
    assert found["user_interests.weight"].tolist() == [[3 / 2 * (-1 + 0.25)], [3 / 2 * (2 + 0.5)]]
    assert found["item_factors.weight"].tolist() == [[3 / 2 * (-1 + 4)], [3 / 2 * (0.5 + 2)]]
    assert not found["user_factors.weight"].any()


@pytest.mark.parametrize("sigmoid", [False, True])
@pytest.mark.parametrize("terms", [(0.0, 0.0, 0.0), (2.5, 0.0, 0.0), (0.0, 0.3, 0.0), (2.5, 0.3, 0.0), (2.5, 0.3, 0.4)])
def test_closed_form_gradient_is_autograds(sigmoid: bool, terms: tuple[float, float, float]) -> None:
    draw = torch.Generator().manual_seed(1)
    cells = torch.randperm(35, generator=draw)[:20]
    batch = cells // 7, cells % 7, torch.rand(20, generator=draw) * 4.5 + 0.5
    names = ("implicit_weight", "rating_decay", "star_weight")
    config = replace(ModelConfig("implicit", 6, -0.7, 0.9, sigmoid), **dict(zip(names, terms, strict=True)))
    model = build_model(config, DataShape(5, 7, (0.5, 5.0), 3.5, 20), draw)
    assert isinstance(model, EmbeddingImplicit)
    expected = torch.autograd.grad(dense_loss(model, *batch), list(model.parameters()), allow_unused=True)
    gradients = Gradients(model)
    weights = dict(model.named_parameters())
    found = gradients_of(gradients, *batch)
    gradients.clear()
    for part in zip(*(column.split(6) for column in batch), strict=True):
        gradients.accumulate(*part, n=20)
    for name, weight in weights.items():
        torch.testing.assert_close(weight.grad, found[name])
    for name, gradient in zip(weights, expected, strict=True):
        torch.testing.assert_close(found[name], torch.zeros_like(weights[name]) if gradient is None else gradient)


def test_batches_give_the_gradient_of_all_ratings_on_average() -> None:
    training, _ = trained(n_epochs=1)
    whole = gradients_of(training.gradients, *training.train.all())
    parts = [gradients_of(training.gradients, *rows) for rows in training.train.split(60)]
    for name, gradient in whole.items():
        torch.testing.assert_close(sum(part[name] for part in parts) / 4, gradient)


def test_only_the_training_ratings_count_as_rated() -> None:
    training, _ = trained(n_epochs=1)
    assert training.model.share_rated == 240 / (20 * 25)


def test_without_its_two_terms_it_is_the_model_with_biases() -> None:
    plain, plain_history = trained(replace(CONFIG, model=replace(CONFIG.model, kind="bias")))
    training, history = trained(implicit_weight=0, rating_decay=0)
    assert [epoch.valid_loss for epoch in history.epochs] == [epoch.valid_loss for epoch in plain_history.epochs]
    for name, weight in plain.model.named_parameters():
        assert torch.equal(weight, training.model.get_parameter(name))


def test_interests_tell_who_rated_what() -> None:
    apart = []
    for implicit_weight in (0, 7):
        training, _ = trained(n_epochs=30, implicit_weight=implicit_weight)
        with torch.no_grad():
            told = training.model.user_interests.weight @ training.model.item_factors.weight.T
        rated = torch.zeros_like(told, dtype=torch.bool)
        rated[training.train.all()[:2]] = True
        apart.append((told[rated].mean() - told[~rated].mean()).item())
    assert apart[0] == pytest.approx(0, abs=0.02)
    assert apart[1] > 0.1


@pytest.mark.parametrize("setting", ["implicit_weight", "rating_decay", "star_weight"])
def test_each_of_its_settings_moves_the_result(setting: str) -> None:
    losses = {trained(**{setting: value})[1].epochs[-1].valid_loss for value in (0.0, 0.01, 1.0)}
    assert len(losses) == 3


def test_rating_decay_makes_factors_small() -> None:
    small, large = (trained(n_epochs=20, rating_decay=value)[0].model.user_factors.weight for value in (1.0, 0.0))
    assert small.norm() < large.norm() / 2


def test_where_stars_weigh_interests_are_for_what_was_liked() -> None:
    """Of the rated cells, those with stars above the mean stand out from the others."""
    apart = []
    for star_weight in (0.0, 0.4):
        training, _ = trained(n_epochs=30, star_weight=star_weight)
        user_idx, item_idx, rating = training.train.all()
        with torch.no_grad():
            told = (training.model.user_interests(user_idx) * training.model.item_factors(item_idx)).sum(1)
        liked = rating > rating.mean()
        apart.append((told[liked].mean() - told[~liked].mean()).item())
    assert apart[1] > apart[0] + 0.1


def test_leaderboards_and_maps_have_what_they_need() -> None:
    factors = trained()[0].fitted_factors()
    assert factors.need_item_bias().shape == (25,)
    assert factors.item_factors.shape == (25, 4)
    assert factors.need_user_interests().shape == (20, 4)


def test_a_record_from_before_it_is_still_read() -> None:
    config = RECIPES["notebook-bias"].config
    record = config.to_json()
    for name in ("implicit_weight", "rating_decay", "star_weight", "ranking"):
        del record["model"][name]
    assert TrainingConfig.from_json(record) == config
    assert config.model.ranking == "stars"
