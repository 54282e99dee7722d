from dataclasses import replace

import numpy as np
import pytest

from cf_core.by_hand import descent as module
from cf_core.by_hand.descent import MAX_UNDO, Cost, Descent
from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.steps import step
from cf_core.by_hand.table import SmallTable, small_table
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError, OvershootError
from tests.by_hand.tables import random_table, table


@pytest.fixture
def begun() -> Descent:
    return Descent.start(random_table(), SmallModel((1, 5)), 3, 0)


def same(one: Descent, other: Descent) -> bool:
    return all((one.factors.side(side) == other.factors.side(side)).all() for side in ("user", "item"))


def test_the_cost_by_hand() -> None:
    grid = table([[4.0, 1.0]], held_out=[(0, 1)])
    descent = Descent.start(grid, SmallModel((1, 5)), 1, 0)
    p, (q, r) = descent.factors.user_factors.item(), descent.factors.item_factors[:, 0]
    assert descent.costs == (Cost(0, pytest.approx((p * q - 4) ** 2), pytest.approx((p * r - 1) ** 2)),)


def test_a_step_and_its_cost(begun: Descent) -> None:
    after = begun.stepped(1, learning_rate=0.1, weight_decay=0.01)
    moved = step(begun.table, begun.model, begun.factors, learning_rate=0.1, weight_decay=0.01)
    assert same(after, replace(begun, factors=moved))
    assert [cost.n_steps for cost in after.costs] == [0, 1]
    assert after.cost.train < begun.cost.train
    assert (
        after.cost
        == Descent.start(begun.table, begun.model, 3, 0).stepped(1, learning_rate=0.1, weight_decay=0.01).cost
    )


def test_ten_steps_are_ten_times_one(begun: Descent) -> None:
    at_once, one_by_one = begun.stepped(10, learning_rate=0.05), begun
    for _ in range(10):
        one_by_one = one_by_one.stepped(1, learning_rate=0.05)
    assert same(at_once, one_by_one)
    assert at_once.costs == one_by_one.costs
    assert (len(at_once.past), len(one_by_one.past)) == (1, 10)


def test_undo_takes_back_whole_actions(begun: Descent) -> None:
    stepped = begun.stepped(10, learning_rate=0.05)
    edited = stepped.edited("user", {(0, 0): 2.5})
    assert edited.factors.user_factors[0, 0] == 2.5
    assert edited.cost.n_steps == 10
    assert edited.cost.train != stepped.cost.train
    assert same(edited.undone(), stepped)
    assert edited.undone().costs == stepped.costs
    assert same(edited.undone().undone(), begun)
    assert edited.undone().undone().costs == begun.costs
    with pytest.raises(ConfigError, match=r"^There is nothing to undo"):
        begun.undone()


def test_what_cannot_be_typed_changes_nothing(begun: Descent) -> None:
    with pytest.raises(ConfigError):
        begun.edited("item", {(0, 0): 1.0, (1, 0): float("nan")})
    assert begun.past == ()


def test_steps_are_taken_until_they_overshoot(begun: Descent) -> None:
    after = begun.stepped(10, learning_rate=100.0)
    assert 0 < after.cost.n_steps < 10
    assert (len(after.past), len(after.costs)) == (1, after.cost.n_steps + 1)
    assert after.cost.train > 1_000
    with pytest.raises(OvershootError):
        after.stepped(10, learning_rate=100.0)


def test_the_numbers_before_the_latest_action(begun: Descent) -> None:
    assert begun.before is None
    stepped = begun.stepped(10, learning_rate=0.05)
    assert stepped.before is begun.factors
    assert stepped.edited("user", {(0, 0): 2.5}).undone().before is begun.factors


def test_so_many_actions_can_be_undone_and_no_more(begun: Descent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_COSTS", 50)
    descent = begun
    for _ in range(MAX_UNDO + 5):
        descent = descent.stepped(1, learning_rate=0.01)
    assert len(descent.past) == MAX_UNDO
    assert [cost.n_steps for cost in descent.costs] == list(range(MAX_UNDO + 5 - 49, MAX_UNDO + 6))
    for _ in range(MAX_UNDO):
        descent = descent.undone()
    assert same(descent, begun.stepped(5, learning_rate=0.01))
    with pytest.raises(ConfigError):
        descent.undone()


def test_another_model_keeps_the_numbers_and_starts_the_curve_anew(begun: Descent) -> None:
    stepped = begun.stepped(3, learning_rate=0.05)
    squeezed = stepped.with_model(SmallModel((1, 5), sigmoid=True))
    assert same(squeezed, stepped)
    assert (len(squeezed.costs), squeezed.cost.n_steps, squeezed.past) == (1, 0, ())
    assert squeezed.cost.train != stepped.cost.train


def test_the_seed_is_the_start(begun: Descent) -> None:
    again = Descent.start(begun.table, begun.model, 3, 0)
    other = Descent.start(begun.table, begun.model, 3, 1)
    assert same(begun, again)
    assert not same(begun, other)


def test_overfitting_is_seen_on_the_lessons_corner(ratings: Ratings) -> None:
    grid: SmallTable = small_table(ratings)
    descent = Descent.start(grid, SmallModel(grid.rating_range), 5, 0).stepped(1_500, learning_rate=0.1)
    train, valid = ([getattr(cost, part) for cost in descent.costs] for part in ("train", "valid"))
    assert train[-1] < 0.2 < train[0]
    best = int(np.argmin(valid))
    assert 0 < best < 500
    assert valid[-1] > 1.2 * valid[best]
