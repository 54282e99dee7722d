"""The recipe `rank` on the lesson's split: ahead of EASE, by its interests, for every seed."""

from dataclasses import replace

import pytest
import torch

from cf_core.data.split import Split
from cf_core.evaluation.metrics import rank
from cf_core.evaluation.protocol import RankingTask
from cf_core.evaluation.run_scores import scores_of_run
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState

CONFIG = RECIPES["rank"].config
EASE, POPULAR = 0.297, 0.148
"""NDCG@10 on the lesson's split; `test_rankers` holds them to the baselines."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_ranks_above_ease_and_predicts_as_well_as_the_lesson(split: Split, seed: int) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        training = TrainingState.start(replace(CONFIG, seed=seed), split)
        history = History.of(fit(training))
    finally:
        torch.set_num_threads(threads)
    task, factors = RankingTask.of(split), training.fitted_factors()
    by_interests = rank(task, scores_of_run(factors, CONFIG.model)).ndcg.mean()
    by_stars = rank(task, scores_of_run(factors, replace(CONFIG.model, ranking="stars"))).ndcg.mean()
    assert by_interests > EASE + 0.005
    assert by_stars < (POPULAR + EASE) / 2  # the same run, with the better half of it left out
    assert history.epochs[-1].rmse <= 0.875
