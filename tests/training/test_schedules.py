"""Schedules against rates worked out by hand, and against PyTorch's own one-cycle."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cf_core.config import Phase
from cf_core.settings import ScheduleKind
from cf_core.training.recipes import RECIPES
from cf_core.training.schedules import learning_rates, preview


def test_constant_is_constant():
    assert learning_rates(Phase(2, 0.1), 3).tolist() == [0.1] * 6


def test_cosine_with_restarts_by_hand():
    rates = learning_rates(Phase(3, 1.0, "cosine", cycle_length=1, cycle_multiplier=2), 4)
    first = [0.01, *((1 + math.cos(math.pi * t / 4)) / 2 for t in (1, 2, 3))]
    second = [(1 + math.cos(math.pi * t / 8)) / 2 for t in range(8)]
    assert rates.tolist() == pytest.approx(first + second)


def test_the_slow_first_twentieth_is_the_lessons():
    """1,251 batches: batches 0 to 62 are below 1251/20 = 62.55, so 63 of them are slow."""
    rates = learning_rates(RECIPES["notebook-learner"].config.phases[0], 1251)
    assert (rates[:63] == 1e-4).all() and rates[63] > 9e-3
    assert rates[1251] == 1e-2  # restart, not slow again
    assert len(rates) == 3 * 1251


def test_the_slow_start_is_a_twentieth_to_the_batch():
    rates = learning_rates(Phase(3, 1.0, "cosine", cycle_length=3), 60)  # 180 batches: 9 of them, not 10
    assert (rates == 0.01).sum() == 9


def test_a_cycle_without_room_is_cut_short():
    long = learning_rates(Phase(7, 1.0, "cosine", cycle_multiplier=2), 10)
    short = learning_rates(Phase(4, 1.0, "cosine", cycle_multiplier=2), 10)
    assert (short == long[:40]).all()


@pytest.mark.parametrize("n_steps", [5, 40, 395])
def test_one_cycle_is_pytorchs(n_steps):
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.02, total_steps=n_steps, cycle_momentum=False)
    expected = []
    for _ in range(n_steps):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(expected) < n_steps:
            theirs.step()
    assert learning_rates(Phase(n_steps, 0.02, "one-cycle"), 1) == pytest.approx(np.array(expected))


@given(
    kind=st.sampled_from(["constant", "cosine", "one-cycle"]),
    n_epochs=st.integers(1, 8),
    n_batches=st.integers(1, 50),
    rate=st.floats(1e-6, 100),
)
def test_rates_are_one_a_batch_and_never_above_the_phases(kind: ScheduleKind, n_epochs, n_batches, rate):
    rates = learning_rates(Phase(n_epochs, rate, kind), n_batches)
    assert rates.shape == (n_epochs * n_batches,)
    assert (rates > 0).all() and (rates <= rate * (1 + 1e-12)).all()


def test_preview_lines_the_phases_up():
    frame = preview(RECIPES["notebook-bias"].config, 10)
    assert frame["position"].tolist() == pytest.approx([(i + 1) / 10 for i in range(60)])
    assert frame["phase"].tolist() == [1] * 30 + [2] * 30
    assert frame["learning_rate"].tolist() == pytest.approx([0.1] * 30 + [0.01] * 30)
