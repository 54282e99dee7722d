"""How a batch is divided, by hand, and that the parts of its gradient add up; no processes."""

import pytest
import torch

from cf_core.config import ModelConfig
from cf_core.errors import ConfigError
from cf_core.models.build import DataShape, build_model
from cf_core.models.gradients import Gradients
from cf_core.models.modules import EmbeddingDot, Unbounded
from cf_core.training.distributed.commands import SharedCommands
from cf_core.training.distributed.gradients import DividedGradients
from cf_core.training.distributed.ranks import Ranks
from cf_core.training.distributed.team import Team
from cf_core.training.recipes import RECIPES


def divided(model, rank, n_ranks):
    ranks = Ranks(rank, n_ranks, rank)
    return DividedGradients(model, ranks, SharedCommands(ranks))


@pytest.mark.parametrize(
    ("n", "n_ranks", "sizes"), [(10, 3, [3, 3, 4]), (2, 3, [0, 1, 1]), (1, 4, [0, 0, 0, 1]), (64, 2, [32, 32])]
)
def test_parts_follow_one_another_and_are_as_long_as_each_other(n, n_ranks, sizes):
    parts = [range(n)[Ranks(rank, n_ranks, 0).part(n)] for rank in range(n_ranks)]
    assert [len(part) for part in parts] == sizes
    assert [row for part in parts for row in part] == list(range(n))


def test_the_gradient_of_each_rank_by_hand():
    """One factor; p = (1, 2), q = (3, 4). Ratings 2 of p₀q₀ = 3, 7 of p₁q₁ = 8, 3 of p₀q₁ = 4: every error is 1, and
    the gradient of the mean over the three ratings is 2/3 times the other side's factors."""
    user_idx, item_idx, rating = torch.tensor([0, 1, 0]), torch.tensor([0, 1, 1]), torch.tensor([2.0, 7.0, 3.0])
    gradients = []
    for rank in (0, 1):
        model = EmbeddingDot(torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [4.0]]), Unbounded())
        mine = divided(model, rank, 2)
        assert mine.accumulate(user_idx, item_idx, rating) == (1, 2)[rank]
        gradients.append(mine.table.gradient[:, 0].tolist())
    # rank 0 has the first rating: p₀ feels 3 and q₀ feels 1; rank 1 has the others: p₁ and p₀ feel 4, q₁ feels 2 + 1
    assert gradients[0] == pytest.approx([2 / 3 * 3, 0, 2 / 3 * 1, 0])
    assert gradients[1] == pytest.approx([2 / 3 * 4, 2 / 3 * 4, 0, 2 / 3 * 3])


@pytest.mark.parametrize("kind", ["dot", "bias", "net", "implicit"])
@pytest.mark.parametrize("n", [1, 9])
def test_the_parts_add_up_to_the_gradient_of_the_batch(kind, n):
    """Of a batch of one rating, too, where two of the three ranks have none."""

    def model():
        config = ModelConfig(kind, 4, -0.5, 0.5, implicit_weight=2.0, rating_decay=0.1, star_weight=0.2)
        random = torch.Generator().manual_seed(0)
        return build_model(config, DataShape(5, 7, (0.5, 5.0), 3.5, 9), random, torch.Generator().manual_seed(1))

    random = torch.Generator().manual_seed(2)
    batch = torch.randint(5, (n,), generator=random), torch.randint(7, (n,), generator=random), torch.full((n,), 4.0)
    whole, parts = Gradients(model()), [divided(model(), rank, 3) for rank in range(3)]
    sums = [gradients.accumulate(*batch) for gradients in (whole, *parts)]
    torch.testing.assert_close(sum(sums[1:]), sums[0])
    for at, weight in enumerate(whole.weights):
        summed = sum(gradients.weights[at].grad for gradients in parts)
        torch.testing.assert_close(summed, weight.grad)


def test_every_recipe_can_be_divided_unless_some_rank_would_never_have_work():
    team = Team(Ranks(0, 64, 0))
    for recipe in RECIPES.values():
        team.check(recipe.config)
    with pytest.raises(
        ConfigError, match=r"Batches of 64 cannot be divided among 65 processes[.] Set batch_size to 65"
    ):
        Team(Ranks(0, 65, 0)).check(RECIPES["notebook-dot"].config)
