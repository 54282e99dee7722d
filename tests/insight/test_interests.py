"""Scores by hand; a new user's interests against the objective written out, and against rows that training found."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.config import with_settings
from cf_core.data.id_map import IdMap
from cf_core.data.split import Split
from cf_core.errors import ConfigError, MissingPartError, UnknownIdError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.interests import fold_in_interests, interest_scores
from cf_core.training.fit import fit
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState

CONFIG = with_settings(
    RECIPES["rank"].config, {"implicit_weight": 3, "star_weight": 0.2, "weight_decay": 0.01, "n_factors": 3}
)
N_TRAIN, MEAN = np.array([3, 2, 1, 2, 4]), 3.4


def make_factors() -> FittedFactors:
    """Four users, five items, twelve training ratings."""
    draw = np.random.default_rng(3)
    return FittedFactors(
        recipe="rank",
        users=IdMap(np.arange(4), "user"),
        items=IdMap(np.arange(5), "item"),
        user_factors=np.zeros((4, 3), np.float32),
        item_factors=draw.normal(size=(5, 3)).astype(np.float32),
        user_bias=np.zeros(4, np.float32),
        item_bias=np.zeros(5, np.float32),
        bias_unit="logits",
        n_train_by_user=np.full(4, 3),
        n_train_by_item=N_TRAIN,
        user_interests=draw.normal(size=(4, 3)).astype(np.float32),
    )


def objective(d: np.ndarray, factors: FittedFactors, rated: dict[int, float]) -> float:
    """Cell by cell."""
    total = CONFIG.weight_decay / 2 * sum(x * x for x in d)
    for item, q in enumerate(factors.item_factors.astype(np.float64)):
        z = (1 + 0.2 * (rated[item] - MEAN)) * (20 / 12) ** 0.5 if item in rated else 0.0
        total += 3 / 20 * (sum(a * b for a, b in zip(d, q, strict=True)) - z) ** 2
    return total


@pytest.mark.parametrize("rated", [{0: 5.0}, {4: 0.5, 1: 3.5}, {0: 1.0, 1: 2.0, 2: 3.0, 3: 4.0, 4: 5.0}, {}])
def test_no_step_in_any_direction_lowers_the_objective(rated: dict[int, float]) -> None:
    factors, step = make_factors(), 1e-4
    d = fold_in_interests(factors, CONFIG, MEAN, list(rated), list(rated.values()))
    for direction in np.eye(3):
        ahead, behind = (objective(d + sign * step * direction, factors, rated) for sign in (1, -1))
        assert (ahead - behind) / (2 * step) == pytest.approx(0, abs=1e-9)
        assert min(ahead, behind) > objective(d, factors, rated)


def test_by_hand() -> None:
    """One factor; items 1 and 2; one rating in four cells, so that 1/√s is 2, of 4.5 stars where the mean is 3.5."""
    factors = replace(
        make_factors(),
        item_factors=np.array([[1], [2]], np.float32),
        user_interests=np.zeros((2, 1), np.float32),
        n_train_by_item=np.array([1, 0]),
    )
    plain = with_settings(CONFIG, {"star_weight": 0, "weight_decay": 0})
    assert fold_in_interests(factors, plain, 3.5, [0], [4.5]) == pytest.approx([2 / 5])
    # w n / (2λ) = 0.01 · 4 / 6
    assert fold_in_interests(factors, CONFIG, 3.5, [0], [4.5]) == pytest.approx([1.2 * 2 / (5 + 0.04 / 6)])


def test_without_decay_the_shortest_answer_is_taken() -> None:
    """Two factors that are the same for every item: nothing tells them apart, so they share."""
    factors = replace(
        make_factors(),
        item_factors=np.array([[1, 1], [2, 2]], np.float32),
        user_interests=np.zeros((2, 2), np.float32),
        n_train_by_item=np.array([1, 0]),
    )
    plain = with_settings(CONFIG, {"star_weight": 0, "weight_decay": 0})
    assert fold_in_interests(factors, plain, 3.5, [0], [4.5]) == pytest.approx([1 / 5, 1 / 5])


def test_scores_by_hand() -> None:
    factors = make_factors()
    scores = interest_scores(factors, [2, 0])
    assert scores.shape == (2, 5)
    assert scores[1, 3] == pytest.approx(float(factors.user_interests[0] @ factors.item_factors[3]))
    assert scores[0, 4] == pytest.approx(float(factors.user_interests[2] @ factors.item_factors[4]))


def test_without_a_rating_there_are_no_interests() -> None:
    assert fold_in_interests(make_factors(), CONFIG, MEAN, [], []).tolist() == [0, 0, 0]


def test_what_it_cannot_do_is_said() -> None:
    factors = make_factors()
    with pytest.raises(UnknownIdError, match="index 5"):
        fold_in_interests(factors, CONFIG, MEAN, [0, 5], [3, 3])
    with pytest.raises(ConfigError, match="rated twice"):
        fold_in_interests(factors, CONFIG, MEAN, [1, 1], [3, 3])
    with pytest.raises(ConfigError, match="2 items and 1 ratings do not match"):
        fold_in_interests(factors, CONFIG, MEAN, [1, 2], [3])
    with pytest.raises(MissingPartError, match="no weight"):
        fold_in_interests(factors, with_settings(CONFIG, {"implicit_weight": 0}), MEAN, [1], [3])
    with pytest.raises(MissingPartError, match="no user interests"):
        fold_in_interests(replace(factors, user_interests=None), CONFIG, MEAN, [1], [3])
    with pytest.raises(MissingPartError, match="no user interests"):
        interest_scores(replace(factors, user_interests=None), [1])


@pytest.mark.slow
def test_a_training_user_folded_in_comes_back_to_their_scores(split: Split) -> None:
    """With the recipe on the lesson's split. Training stops before its last digit, so scores are near, not equal: over
    all users their correlation is 0.90 at least and 0.996 in the middle, and nine of the first ten movies are the
    same."""
    training = TrainingState.start(RECIPES["rank"].config, split)
    for _ in fit(training):
        pass
    factors, ratings, rows = training.fitted_factors(), split.ratings, split.train_rows
    correlations = []
    for user in range(0, 600, 40):
        mine = rows[ratings.user_idx[rows] == user]
        given = ratings.item_idx[mine], ratings.rating[mine]
        found = factors.item_factors @ fold_in_interests(factors, training.config, split.train_mean, *given)
        own, other = interest_scores(factors, [user, user + 1])
        correlations.append(np.corrcoef(found, own)[0, 1])
        assert correlations[-1] > max(0.9, np.corrcoef(found, other)[0, 1])
    assert np.median(correlations) > 0.99
