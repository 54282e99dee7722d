"""Three ranks, in processes of their own, against one process: the same losses and weights but for rounding."""

import sys

import pytest
import torch

from tests.rank_processes import start_ranks
from tests.training.distributed import rank_program

N_RANKS = 3


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    """What each rank saw of each case."""
    folder = tmp_path_factory.mktemp("ranks")
    processes = start_ranks([sys.executable, rank_program.__file__, str(folder)], N_RANKS)
    try:
        assert [process.wait(120) for process in processes] == [0] * N_RANKS
    finally:
        for process in processes:
            process.kill()
    return [torch.load(folder / f"{rank}.pt") for rank in range(N_RANKS)]


@pytest.fixture
def one_process(monkeypatch):
    """`one_process(name)` trains a case alone."""
    monkeypatch.setattr("cf_core.training.fit.MICRO_BATCH", 8_192)  # put back afterwards
    return lambda name: rank_program.train(rank_program.CASES[name], in_parts="in parts" in name)


@pytest.mark.parametrize("name", rank_program.CASES)
def test_losses_and_weights_are_those_of_one_process(ranks, one_process, name):
    """Sums of 16 to 103 float32 numbers, taken in another order, differ by some 1e-7 of their size; Adam divides a
    small gradient by its own size, which passes the difference on undamped. Over 21 steps that stays below 1e-5; a
    gradient divided by the wrong number, or a rank's part left out, is off by more than 1e-2 (see the next test)."""
    history, weights = one_process(name)
    epochs, of_ranks = ranks[0][name]
    for field in ("train_loss", "valid_loss", "rmse", "mae"):
        expected = [getattr(epoch, field) for epoch in history.epochs]
        assert [epoch[field] for epoch in epochs] == pytest.approx(expected, rel=1e-5)
    for parameter, expected in weights.items():
        torch.testing.assert_close(of_ranks[parameter], expected, rtol=1e-4, atol=1e-5)


def test_the_tolerance_would_show_a_wrong_split(ranks, one_process):
    """Another batch size changes each step by as little as a wrong split would, and is far outside."""
    _, other = one_process("bias, a last batch of one")
    _, weights = ranks[0]["dot, momentum, decay"]
    assert (weights["user_factors.weight"] - other["user_factors.weight"]).abs().max() > 1e-2


@pytest.mark.parametrize("name", rank_program.CASES)
def test_all_ranks_hold_the_same_weights_to_the_last_bit(ranks, name):
    _, first = ranks[0][name]
    for other in ranks[1:]:
        assert all(torch.equal(weight, other[name][1][parameter]) for parameter, weight in first.items())


def test_commands_reach_all_ranks_before_the_same_batch(ranks):
    times = {"seconds", "ratings_per_second"}
    of_ranks = [[{k: v for k, v in event.items() if k not in times} for event in seen["steered"]] for seen in ranks]
    assert of_ranks[0] == of_ranks[1] == of_ranks[2]
    taken = [(event["epoch"], event["batch"], event["command"]) for event in of_ranks[0] if "command" in event]
    first = [epoch for epoch, _, command in taken if command == "set_learning_rate"]
    assert [command for *_, command in taken] == ["set_learning_rate", "pause", "resume", "stop"]
    assert (first, taken[-1][0], of_ranks[0][-1]["outcome"]) == ([2], 3, "stopped")
