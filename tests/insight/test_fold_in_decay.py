"""The weight decay of a fold-in: chosen within the training ratings, and what a run's own amounts to."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.errors import ConfigError, MissingPartError
from cf_core.insight.fold_in_decay import (
    CANDIDATES,
    choose_weight_decay,
    weight_decay_of_training,
    weight_decay_of_user,
)
from tests.insight.sides import fast_run

CONFIG = TrainingConfig("small", ModelConfig("bias"), "sgd", (Phase(1, 0.1),), weight_decay=0.01, batch_size=10)


def test_the_choice_is_the_lowest_of_its_candidates() -> None:
    factors, _, split, side = fast_run()
    choice = choose_weight_decay(factors, side, split)
    table = choice.candidates
    assert table["weight_decay"].tolist() == list(CANDIDATES)
    assert choice.weight_decay == table.loc[table["rmse"].idxmin(), "weight_decay"]
    assert 0.7 < table["rmse"].min() < 1.0
    assert choice.n_users == 200 and 200 <= choice.n_ratings <= 1000


def test_the_validation_ratings_have_no_say() -> None:
    factors, _, split, side = fast_run()
    stars = split.ratings.rating.copy()
    stars[split.valid_rows] = 0.5
    other = replace(split, ratings=replace(split.ratings, rating=stars))
    one, two = (choose_weight_decay(factors, side, each) for each in (split, other))
    assert one.candidates.equals(two.candidates)


def test_a_run_of_a_few_ratings_has_nobody_to_choose_by() -> None:
    factors, _, split, side = fast_run()
    few = replace(factors, n_train_by_user=np.full_like(factors.n_train_by_user, 4))
    with pytest.raises(ConfigError, match="No user has 5"):
        choose_weight_decay(few, side, split)


def test_the_runs_own_decay_by_hand() -> None:
    assert weight_decay_of_training(CONFIG, 1000, 20) == pytest.approx(1000 * 0.01 / 2)
    assert weight_decay_of_training(replace(CONFIG, optimizer="adam"), 1000, 20) == pytest.approx(5)
    sparse = replace(CONFIG, update="sparse")
    assert weight_decay_of_training(sparse, 1000, 2) == pytest.approx(5 * (1 - 0.99**2))
    implicit = replace(CONFIG, model=ModelConfig("implicit", rating_decay=0.04))
    assert weight_decay_of_training(implicit, 1000, 20) == pytest.approx(5 + 20 * 0.04)
    assert weight_decay_of_training(implicit, 1000, 20, loss_unit=4) == pytest.approx(4 * (5 + 20 * 0.04))
    with pytest.raises(MissingPartError, match="AdamW"):
        weight_decay_of_training(replace(CONFIG, optimizer="adamw"), 1000, 20)


def test_a_user_of_the_data_has_the_runs_own_or_else_the_chosen_one() -> None:
    factors, config, split, side = fast_run()
    own = weight_decay_of_training(config, len(split.train_rows), int(factors.n_train_by_user[3]))
    chosen = choose_weight_decay(factors, side, split).weight_decay
    assert weight_decay_of_user(config, factors, side, split, 3) == own != chosen
    for other in (replace(config, weight_decay=0.0), replace(config, optimizer="adamw")):
        assert weight_decay_of_user(other, factors, side, split, 3) == chosen
