"""The known figures of the baselines on the lesson's split, and how a run's scores are made."""

from dataclasses import replace

import numpy as np
import pytest
from torch import Generator, tensor

from cf_core.config import ModelConfig
from cf_core.data.split import Split
from cf_core.errors import MissingPartError
from cf_core.evaluation.metrics import rank
from cf_core.evaluation.protocol import RankingTask
from cf_core.evaluation.rankers import BASELINE_RANKERS, rating_errors
from cf_core.evaluation.run_scores import scores_of_run
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.baselines import damped_biases
from cf_core.insight.standard_error import standard_error
from cf_core.models.build import DataShape, build_model
from tests.small import make_split


@pytest.mark.parametrize(("name", "ndcg", "recall"), [("popular", 0.148, 0.093), ("ease", 0.297, 0.210)])
def test_the_figures_on_the_lessons_split(split: Split, name: str, ndcg: float, recall: float) -> None:
    task = RankingTask.of(split)
    found = rank(task, BASELINE_RANKERS[name].scores(split))
    assert found.n_users == 648
    assert (round(found.ndcg.mean(), 3), round(found.recall.mean(), 3)) == (ndcg, recall)
    assert 0.005 < standard_error(found.ndcg) < 0.012


def test_damped_means_predict_stars_and_rank_badly(split: Split) -> None:
    task = RankingTask.of(split)
    means, popular = (rank(task, BASELINE_RANKERS[name].scores(split)) for name in ("damped_means", "popular"))
    assert means.ndcg.mean() < popular.ndcg.mean() / 2
    assert [round(error, 3) for error in rating_errors("damped_means", split)] == [0.890, 0.687]
    assert rating_errors("ease", split) == (None, None)


def test_the_baselines_scores_are_what_they_say() -> None:
    split, users = make_split(), np.array([3, 1])
    n_train = np.bincount(split.ratings.item_idx[split.train_rows], minlength=15)
    assert BASELINE_RANKERS["popular"].scores(split)(users).tolist() == [n_train.tolist()] * 2
    assert BASELINE_RANKERS["damped_means"].scores(split)(users).tolist() == [damped_biases(split)[1].tolist()] * 2


@pytest.mark.parametrize("kind", ["dot", "bias", "net", "implicit"])
def test_a_run_ranks_as_its_model_predicts(kind: str) -> None:
    """The order of the scores is that of the model's own predictions, for every user."""
    split = make_split()
    config = ModelConfig(kind, n_factors=4, init_low=-1, init_high=1)
    model = build_model(config, DataShape.of(split), Generator().manual_seed(0)).eval()
    weights = {name: weight.numpy() for name, weight in model.state_dict().items()}
    scores = scores_of_run(_factors(split, weights), config, weights)(np.arange(12))
    for user in range(12):
        predicted = model(tensor([user] * 15), tensor(range(15))).detach().numpy()
        assert np.argsort(scores[user]).tolist() == np.argsort(predicted).tolist()


def test_a_run_that_ranks_by_interests_ranks_by_them_alone() -> None:
    split = make_split()
    config = ModelConfig("implicit", n_factors=4, init_low=-1, init_high=1, ranking="interests")
    model = build_model(config, DataShape.of(split), Generator().manual_seed(0))
    weights = {name: weight.numpy() for name, weight in model.state_dict().items()}
    factors = replace(_factors(split, weights), user_interests=weights["user_interests.weight"])
    expected = [[weights["user_interests.weight"][u] @ q for q in weights["item_factors.weight"]] for u in (7, 2)]
    np.testing.assert_allclose(scores_of_run(factors, config)(np.array([7, 2])), expected, rtol=1e-5)
    by_stars = scores_of_run(factors, replace(config, ranking="stars"))(np.array([7, 2]))
    assert np.argsort(by_stars).tolist() != np.argsort(expected).tolist()
    with pytest.raises(MissingPartError, match="no user interests"):
        scores_of_run(replace(factors, user_interests=None), config)


def test_a_net_without_its_layers_cannot_rank() -> None:
    split, config = make_split(), ModelConfig("net", n_factors=4)
    model = build_model(config, DataShape.of(split), Generator())
    factors = _factors(split, {name: weight.numpy() for name, weight in model.state_dict().items()})
    with pytest.raises(MissingPartError, match=r"hidden\.weight"):
        scores_of_run(factors, config)


def _factors(split: Split, weights: dict[str, np.ndarray]) -> FittedFactors:
    def bias(name: str) -> np.ndarray | None:
        return weights[name][:, 0] if name in weights else None

    return FittedFactors(
        recipe="small",
        users=split.ratings.users,
        items=split.ratings.items,
        user_factors=weights["user_factors.weight"],
        item_factors=weights["item_factors.weight"],
        user_bias=bias("user_bias.weight"),
        item_bias=bias("item_bias.weight"),
        bias_unit="logits",
        n_train_by_user=np.ones(12),
        n_train_by_item=np.ones(15),
    )
