"""The models against arithmetic by hand, and their closed-form gradients against autograd."""

import math

import pytest
import torch
from torch.nn import functional

from cf_core.config import ModelConfig
from cf_core.errors import ConfigError
from cf_core.models.build import DataShape, build_model
from cf_core.models.gradients import Gradients, value_and_derivative
from cf_core.models.modules import (
    DotProduct,
    EmbeddingDotBias,
    EmbeddingNet,
    RatingRange,
    SeededDropout,
    Unbounded,
)

USER = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
ITEM = torch.tensor([[2.0, 2.0], [10.0, 10.0]])
BOTH = torch.tensor([0, 1])


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def build(config: ModelConfig, n_users: int = 5, n_items: int = 7, seed: int = 0) -> torch.nn.Module:
    return build_model(config, DataShape(n_users, n_items, (0.5, 5.0), 3.5, 9), seeded(seed), seeded(seed + 1))


def test_dot_product_of_the_lessons_tensors():
    assert (USER * ITEM).tolist() == [[2, 4], [30, 40]]
    assert DotProduct()(USER, ITEM).tolist() == [6, 70]


def test_embedding_dot_looks_rows_up_and_multiplies():
    model = build(ModelConfig("dot", n_factors=2, sigmoid=False))
    model.user_factors.weight.data[:2] = USER
    model.item_factors.weight.data[:2] = ITEM
    assert model(BOTH, BOTH).tolist() == [6, 70]
    assert model(torch.tensor([1, 0]), torch.tensor([0, 1])).tolist() == [14, 30]


def test_embedding_dot_bias_by_hand():
    model = EmbeddingDotBias(
        USER / 10,
        ITEM / 10,
        torch.tensor([[0.1], [0.2]]),
        torch.tensor([[-0.3], [0.4]]),
        RatingRange(0.5, 5.0),
        start=0.5,
    )
    by_hand = [0.5 + 4.5 / (1 + math.exp(-x)) for x in (0.5 + 0.06 + 0.1 - 0.3, 0.5 + 0.7 + 0.2 + 0.4)]
    assert model(BOTH, BOTH).tolist() == pytest.approx(by_hand, rel=1e-6)


def test_net_by_hand():
    model = build(ModelConfig("net", n_factors=2, n_hidden=1, range_margin=0.5)).eval()
    model.user_factors.weight.data[0] = torch.tensor([1.0, 2.0])
    model.item_factors.weight.data[0] = torch.tensor([3.0, -1.0])
    model.hidden.weight.data, model.hidden.bias.data = torch.tensor([[1.0, 0.5, 0.25, 2.0]]), torch.tensor([-0.25])
    model.last.weight.data, model.last.bias.data = torch.tensor([[0.4]]), torch.tensor([0.1])
    hidden = max(0.0, 1 + 1 + 0.75 - 2 - 0.25)
    by_hand = 5.5 / (1 + math.exp(-(0.4 * hidden + 0.1)))
    assert model(torch.tensor([0]), torch.tensor([0])).item() == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize("kind", ["dot", "bias", "net"])
def test_every_model_gives_one_rating_a_pair(kind):
    model = build(ModelConfig(kind, sigmoid=kind != "dot", n_factors=3))
    assert model(torch.tensor([0, 4, 4]), torch.tensor([6, 0, 6])).shape == (3,)
    assert model(torch.tensor([2]), torch.tensor([3])).shape == (1,)


def test_a_negative_margin_narrows_the_range():
    model = build(ModelConfig("bias", n_factors=2, init_low=100, init_high=100, range_margin=-1.5))
    assert model(torch.tensor([0]), torch.tensor([0])).item() == pytest.approx(3.5)
    assert "RatingRange(2, 3.5)" in str(model)


def test_a_margin_that_leaves_no_range_is_named():
    with pytest.raises(ConfigError, match=r"leaves nothing of ratings from 1 to 4\. Choose more than -1\.5\."):
        build_model(ModelConfig("bias", range_margin=-1.5), DataShape(5, 7, (1.0, 4.0), 2.0, 9), seeded())
    build_model(ModelConfig("dot", range_margin=-1, sigmoid=False), DataShape(5, 7, (1.0, 3.0), 2.0, 9), seeded())


def test_a_range_without_the_mean_to_start_at_is_named():
    narrow = ModelConfig("bias", range_margin=-1.5, start_at_mean=True)
    with pytest.raises(ConfigError, match=r"mean rating of 4\.20, .* out of its range, 2 to 3\.5"):
        build_model(narrow, DataShape(5, 7, (0.5, 5.0), 4.2, 9), seeded())
    build_model(narrow, DataShape(5, 7, (0.5, 5.0), 3.0, 9), seeded())


def test_the_lessons_shapes():
    model = build_model(ModelConfig("bias"), DataShape(671, 9066, (0.5, 5.0), 3.5, 9), seeded())
    shapes = {name: tuple(weight.shape) for name, weight in model.named_parameters()}
    assert shapes == {
        "user_factors.weight": (671, 50),
        "item_factors.weight": (9066, 50),
        "user_bias.weight": (671, 1),
        "item_bias.weight": (9066, 1),
    }
    assert "Embedding(9066, 50)" in str(model)


@pytest.mark.parametrize("kind", ["dot", "bias", "net"])
@pytest.mark.parametrize(("sigmoid", "margin"), [(False, 0.0), (True, 0.0), (True, 0.5), (True, -0.4)])
@pytest.mark.parametrize("batch", [1, 2, 40])
def test_added_gradient_is_autograds(kind, sigmoid, margin, batch):
    model = build(ModelConfig(kind, 6, -0.7, 0.9, sigmoid, margin), seed=batch).eval()  # without the net's dropout
    draw = seeded(batch)
    user_idx = torch.randint(0, 5, (batch,), generator=draw)  # 40 ratings of 35 cells: rows and pairs repeat
    item_idx = torch.randint(0, 7, (batch,), generator=draw)
    rating = torch.rand(batch, generator=draw) * 4.5 + 0.5
    loss = functional.mse_loss(model(user_idx, item_idx), rating)
    expected = torch.autograd.grad(loss, list(model.parameters()))
    gradients = Gradients(model)
    closed = gradients.accumulate(user_idx, item_idx, rating)

    torch.testing.assert_close(closed / batch, loss.detach())
    for weight, gradient in zip(model.parameters(), expected, strict=True):
        torch.testing.assert_close(weight.grad, gradient, rtol=1e-5, atol=1e-7)

    gradients.clear()
    parts = zip(*(column.split(15) for column in (user_idx, item_idx, rating)), strict=True)
    torch.testing.assert_close(sum(gradients.accumulate(*part, n=batch) for part in parts) / batch, loss.detach())
    for weight, gradient in zip(model.parameters(), expected, strict=True):
        torch.testing.assert_close(weight.grad, gradient, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("output", [Unbounded(), RatingRange(0.5, 5.0)])
def test_slope_of_the_output_is_autograds(output):
    x = torch.linspace(-4, 4, 9, dtype=torch.float64, requires_grad=True)
    value, slope = value_and_derivative(output, x)
    torch.testing.assert_close(value, output(x))
    torch.testing.assert_close(torch.as_tensor(slope).expand(9).double(), torch.autograd.grad(output(x).sum(), x)[0])


def test_rating_range_hits_its_middle_and_stays_inside():
    output = RatingRange(0.5, 5.0)
    assert output(torch.tensor(0.0)).item() == pytest.approx(2.75)
    assert output(torch.tensor([-50.0, 50.0])).tolist() == pytest.approx([0.5, 5.0])


def test_start_at_mean_predicts_the_mean_before_training():
    model = build(ModelConfig("bias", init_low=0.0, init_high=0.0, start_at_mean=True))
    assert model(BOTH, BOTH).tolist() == pytest.approx([3.5, 3.5], rel=1e-6)


def test_initial_weights_come_from_the_generator_and_fill_the_range():
    one, same, other = (build(ModelConfig("bias", init_low=0.2, init_high=0.4), seed=s) for s in (0, 0, 1))
    assert torch.equal(one.user_factors.weight, same.user_factors.weight)
    assert not torch.equal(one.user_factors.weight, other.user_factors.weight)
    weights = torch.cat([w.flatten() for w in one.parameters()])
    assert 0.2 <= weights.min() < 0.22 and 0.38 < weights.max() < 0.4


def test_building_a_model_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    model = build(ModelConfig("net"))
    model(BOTH, BOTH)
    assert torch.equal(before, torch.get_rng_state())


def test_dropout_zeroes_its_share_and_keeps_the_mean():
    dropped = SeededDropout(0.3, seeded())(torch.ones(100_000))
    assert (dropped == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)
    assert dropped.mean().item() == pytest.approx(1.0, abs=0.01)
    assert torch.equal(SeededDropout(0.3, seeded()).eval()(torch.ones(5)), torch.ones(5))


def test_dropout_moves_the_net_only_in_training():
    model = build(ModelConfig("net", init_low=0.5, init_high=1.0, hidden_dropout=0.5))
    assert isinstance(model, EmbeddingNet)
    pairs = torch.arange(5), torch.arange(5)
    assert not torch.equal(model.train()(*pairs), model(*pairs))
    assert torch.equal(model.eval()(*pairs), model(*pairs))
