"""The fit loop: its events, its arithmetic, its commands and its four outcomes."""

import copy
import math
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.config import ModelConfig, Phase, TrainingConfig, with_settings
from cf_core.errors import ConfigError
from cf_core.training.commands import (
    Command,
    FollowSchedule,
    Pause,
    Resume,
    SetLearningRate,
    StepBatch,
    StepEpoch,
    Stop,
    Watch,
    command_from_json,
)
from cf_core.training.device import resolve_device
from cf_core.training.events import BatchEnded, EpochEnded, FitEnded, FitStarted
from cf_core.training.fit import evaluate, fit
from cf_core.training.history import History
from cf_core.training.rows import Rows
from cf_core.training.state import TrainingState
from tests.small import make_split
from tests.training.fitting import CONFIG, N_BATCHES, SPLIT, commands, run
from tests.waiting import wait_until


def test_events_come_in_order():
    events = list(fit(TrainingState.start(CONFIG, SPLIT)))
    epoch = [BatchEnded] * N_BATCHES + [EpochEnded]
    assert [type(event) for event in events] == [FitStarted, *epoch, *epoch, *epoch, FitEnded]
    started, ended = events[0], events[-1]
    assert (started.n_train, started.n_valid, started.n_batches, started.n_epochs) == (104, 26, N_BATCHES, 3)
    assert started.n_parameters == (12 + 15) * (4 + 1)
    assert "Embedding(12, 4)" in started.model
    assert started.layers["item_factors.weight"] == [15, 4]
    assert (ended.outcome, ended.epoch) == ("finished", 3)
    assert [(e.epoch, e.phase) for e in events if isinstance(e, EpochEnded)] == [(1, 1), (2, 1), (3, 2)]


def test_reports_are_thinned_and_the_rest_joins_the_last():
    reports = run(reports_per_epoch=3).batches[:3]
    assert [event.batch for event in reports] == [2, 4, 7]
    assert [event.position for event in reports] == pytest.approx([2 / 7, 4 / 7, 1])


def test_epoch_loss_is_weighted_by_batch_size():
    """With a rate so small that nothing moves, the epoch's loss is the plain mean over all training rows."""
    config = with_settings(CONFIG, {"learning_rate": 1e-5, "n_epochs": 1, "weight_decay": 0, "momentum": 0})
    training = TrainingState.start(config, SPLIT)
    over_all_rows, _ = evaluate(training.model, training.train)
    assert History.of(fit(training)).epochs[0].train_loss == pytest.approx(over_all_rows, rel=1e-4)


def test_one_step_of_gradient_descent_by_hand():
    """One batch of all ratings, plain SGD: w - η(∇L + λw), with autograd's gradient."""
    config = with_settings(CONFIG, {"batch_size": 104, "n_epochs": 1, "momentum": 0})
    training = TrainingState.start(config, SPLIT)
    weights = [weight.detach().clone() for weight in training.model.parameters()]
    user_idx, item_idx, rating = training.train.all()
    loss = (training.model(user_idx, item_idx) - rating).square().mean()
    gradients = torch.autograd.grad(loss, list(training.model.parameters()))
    list(fit(training))
    for weight, before, gradient in zip(training.model.parameters(), weights, gradients, strict=True):
        torch.testing.assert_close(weight.detach(), before - 0.1 * (gradient + 1e-3 * before))


def test_evaluate_by_hand():
    training = TrainingState.start(
        with_settings(CONFIG, {"init_low": 0, "init_high": 0}), SPLIT
    )  # predicts 3 everywhere
    rows = Rows(torch.tensor([0, 1]), torch.tensor([0, 1]), torch.tensor([2.5, 5.0]))
    assert SPLIT.ratings.rating_range == (1.0, 5.0)
    assert evaluate(training.model, rows) == pytest.approx(((0.25 + 4) / 2, (0.5 + 2) / 2))


def test_rmse_is_the_root_of_the_validation_loss():
    for epoch in run().epochs:
        assert epoch.rmse == math.sqrt(epoch.valid_loss)
        assert 0 < epoch.mae <= epoch.rmse
        assert epoch.ratings_per_second == pytest.approx(104 / epoch.seconds)


@pytest.mark.parametrize("kind", ["dot", "bias", "net"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("schedule", ["constant", "cosine", "one-cycle"])
def test_every_combination_learns(kind, optimizer, schedule):
    model = ModelConfig(
        kind, n_factors=4, init_low=0.2 if kind == "dot" else -0.05, init_high=0.3, sigmoid=kind != "dot"
    )
    config = TrainingConfig("x", model, optimizer, (Phase(30, 0.05, schedule),), batch_size=16)
    history = run(config)
    assert history.ended.outcome == "finished"
    assert history.epochs[-1].train_loss < 0.8 * history.epochs[0].train_loss


@pytest.mark.parametrize(
    "change",
    [
        {"n_factors": 5},
        {"init_low": -0.04},
        {"init_high": 0.06},
        {"range_margin": 0.5},
        {"optimizer": "adam"},
        {"learning_rate": 0.11},
        {"weight_decay": 2e-3},
        {"momentum": 0.8},
        {"batch_size": 17},
        {"schedule": "cosine"},
        {"schedule": "one-cycle"},
        {"seed": 1},
    ],
)
def test_every_setting_moves_the_result(change):
    assert run(with_settings(CONFIG, change)).epochs[-1].valid_loss != run().epochs[-1].valid_loss


@pytest.mark.parametrize("change", [{"n_hidden": 11}, {"dropout": 0.1}, {"hidden_dropout": 0.4}, {"n_factors": 5}])
def test_every_setting_of_the_net_moves_the_result(change):
    net = TrainingConfig("x", ModelConfig("net", n_factors=4), "adam", (Phase(2, 0.01),), batch_size=16)
    assert run(with_settings(net, change)).epochs[-1].valid_loss != run(net).epochs[-1].valid_loss


@pytest.mark.parametrize("change", [{"cycle_length": 2}, {"cycle_multiplier": 2}])
def test_every_setting_of_the_cosine_moves_the_result(change):
    cosine = with_settings(CONFIG, {"schedule": "cosine"})
    assert run(with_settings(cosine, change)).epochs[-1].valid_loss != run(cosine).epochs[-1].valid_loss


@pytest.mark.parametrize("kind", ["dot", "bias", "net"])
def test_same_seed_same_numbers(kind):
    config = TrainingConfig(
        "x", ModelConfig(kind, n_factors=4, sigmoid=kind != "dot"), "adam", (Phase(3, 0.01),), batch_size=16
    )
    one, two = (TrainingState.start(config, SPLIT) for _ in range(2))
    histories = [History.of(fit(training)) for training in (one, two)]
    assert [e.valid_loss for e in histories[0].epochs] == [e.valid_loss for e in histories[1].epochs]
    assert all(torch.equal(a, b) for a, b in zip(one.model.parameters(), two.model.parameters(), strict=True))


def test_training_leaves_the_global_generators_alone():
    torch_before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    run(TrainingConfig("x", ModelConfig("net", n_factors=4), "adam", (Phase(1, 0.01),), batch_size=16))
    assert torch.equal(torch.get_rng_state(), torch_before)
    assert (np.random.get_state()[1] == numpy_before).all()


def test_a_second_phase_keeps_the_optimisers_state():
    """Two phases at one rate are one longer phase, momentum and all."""
    one = run(with_settings(CONFIG, {"n_epochs": 3})).epochs
    split = TrainingConfig(**{**CONFIG.__dict__, "phases": (Phase(2, 0.1), Phase(1, 0.1))})
    whole = TrainingConfig(**{**CONFIG.__dict__, "phases": (Phase(3, 0.1),)})
    assert [e.valid_loss for e in run(split).epochs] == [e.valid_loss for e in run(whole).epochs]
    assert one[-1].valid_loss != run(whole).epochs[-1].valid_loss


@settings(max_examples=25)
@given(n_ratings=st.integers(10, 130), batch_size=st.integers(1, 140), reports=st.integers(1, 60))
def test_every_training_row_is_seen_once_an_epoch(n_ratings, batch_size, reports):
    split = make_split(n_ratings=n_ratings)
    training = TrainingState.start(with_settings(CONFIG, {"batch_size": batch_size, "n_epochs": 1}), split)
    seen, rows = next(training.blocks()), training.train.all()
    pairs = sorted(zip(seen.user_idx.tolist(), seen.item_idx.tolist(), strict=True))
    assert pairs == sorted(zip(rows.user_idx.tolist(), rows.item_idx.tolist(), strict=True))
    history = History.of(fit(training, reports_per_epoch=reports))
    assert history.batches[-1].batch == -(-len(split.train_rows) // batch_size) == history.started.n_batches
    assert history.epochs[0].ratings_per_second * history.epochs[0].seconds == pytest.approx(len(split.train_rows))


def test_epochs_come_in_different_orders():
    training = TrainingState.start(CONFIG, SPLIT)
    first = next(training.blocks())
    assert torch.equal(first.user_idx, next(training.blocks()).user_idx)
    training.n_epochs_done = 1
    assert not torch.equal(first.user_idx, next(training.blocks()).user_idx)


def test_stop_before_the_first_batch():
    history = run(commands=commands(Stop()))
    assert (history.ended.outcome, history.ended.epoch, history.batches) == ("stopped", 0, [])


def test_stop_in_the_middle_keeps_the_weights_of_the_last_batch():
    waiting = commands()
    training = TrainingState.start(CONFIG, SPLIT)
    events = fit(training, waiting)
    while not (isinstance(event := next(events), BatchEnded) and event.epoch == 2 and event.batch == 3):
        pass
    waiting.put(Stop())
    before = training.model.item_bias.weight.detach().clone()
    taken, ended = events
    assert (taken.command, taken.epoch, taken.batch, taken.position) == ("stop", 2, 3, pytest.approx(1 + 3 / 7))
    assert (ended.outcome, ended.epoch) == ("stopped", 1)
    assert torch.equal(training.model.item_bias.weight, before)


def test_steps_train_as_much_as_they_say():
    waiting = commands(Pause())
    seen: list = []

    def train() -> None:
        for event in fit(TrainingState.start(CONFIG, SPLIT), waiting):
            seen.append(event)

    thread = threading.Thread(target=train)
    thread.start()
    try:
        for step, n_batches in [
            ([StepBatch()], 1),
            ([StepBatch(), StepBatch()], 3),
            ([StepEpoch()], 7),
            ([StepBatch()], 8),
        ]:
            for command in step:
                waiting.put(command)
            wait_until(lambda expected=n_batches: len(History.of(seen).batches) == expected)
    finally:
        waiting.put(Stop())
        thread.join(timeout=10)
    history = History.of(seen)
    assert [(e.epoch, e.batch) for e in history.batches] == [*((1, b) for b in range(1, 8)), (2, 1)]
    assert len(history.epochs) == 1 and history.ended.outcome == "stopped"


def steered(at: dict[tuple[int, int], Command], training: TrainingState | None = None) -> History:
    """Train, with a command after the batches named by epoch and number."""
    waiting, history = commands(), History()
    for event in fit(training or TrainingState.start(CONFIG, SPLIT), waiting):
        history.add(event)
        if isinstance(event, BatchEnded) and (event.epoch, event.batch) in at:
            waiting.put(at[event.epoch, event.batch])
    return history


def test_a_rate_set_by_hand_holds_through_the_next_phase_until_it_is_given_back():
    held = steered({(1, 3): SetLearningRate(0.03)})
    assert [event.learning_rate for event in held.batches] == pytest.approx([0.1] * 3 + [0.03] * 18)
    assert held.held_rate == 0.03
    back = steered({(1, 3): SetLearningRate(0.03), (3, 2): FollowSchedule()})
    assert [event.learning_rate for event in back.batches] == pytest.approx([0.1] * 3 + [0.03] * 13 + [0.01] * 5)
    assert back.held_rate is None


def test_a_rate_set_by_hand_is_that_rate_wherever_the_schedule_stands():
    cosine = replace(CONFIG, phases=(Phase(2, 0.1, "cosine"),))
    history = steered({(1, 6): SetLearningRate(0.1)}, TrainingState.start(cosine, SPLIT))
    rates = [event.learning_rate for event in history.batches]
    assert rates[5] < 0.05
    assert rates[6:] == pytest.approx([0.1] * 8)


def test_a_phase_added_after_a_stop_begins_at_its_own_rate():
    training = TrainingState.start(CONFIG, SPLIT)
    steered({(1, 3): SetLearningRate(0.03), (1, 5): Stop()}, training)
    training.config = CONFIG.continued(1, Phase(1, 0.005))
    rates = [event.learning_rate for event in steered({}, training).batches]
    assert rates == pytest.approx([0.03] * 2 + [0.005] * 7)


def test_a_watched_prediction_is_reported_from_its_command_on_and_changes_no_number():
    training = TrainingState.start(CONFIG, SPLIT)
    history = steered({(1, 3): Watch(1, 2)}, training)
    assert [report.prediction is None for report in history.batches] == [True] * 3 + [False] * 18
    watched = history.watched
    assert (watched.user_idx, watched.item_idx) == (1, 2)
    assert [round(position, 4) for position, _ in watched.points[:2]] == [round(3 / 7, 4), round(4 / 7, 4)]
    last = training.model(torch.tensor([1]), torch.tensor([2])).item()
    assert watched.points[-1] == (3.0, pytest.approx(last, abs=1e-4))
    assert [epoch.valid_loss for epoch in history.epochs] == [epoch.valid_loss for epoch in run().epochs]
    assert History.from_json(history.to_json()) == history


def test_a_watch_beyond_the_data_is_a_named_error():
    with pytest.raises(ConfigError, match=r"user_idx=-1"):
        Watch(-1, 0)
    with pytest.raises(ConfigError, match=r"there are \d+ users and \d+ items"):
        steered({(1, 1): Watch(10**6, 0)})


class SlowToResume:
    """A queue in which a pause waits, and a second later the command to resume."""

    def __init__(self) -> None:
        self.left = [Resume(), Pause()]

    def empty(self) -> bool:
        return len(self.left) < 2

    def get(self):
        if len(self.left) < 2:
            time.sleep(1)
        return self.left.pop()


def test_pause_and_resume_change_no_number_and_the_wait_is_not_training():
    paused = run(commands=SlowToResume())
    assert [e.valid_loss for e in paused.epochs] == [e.valid_loss for e in run().epochs]
    assert [event.command for event in paused.commands] == ["pause", "resume"]
    assert paused.ended.seconds - sum(epoch.seconds for epoch in paused.epochs) >= 1


@pytest.mark.parametrize(
    "command",
    [Stop(), Pause(), Resume(), StepBatch(), StepEpoch(), SetLearningRate(0.1), FollowSchedule(), Watch(3, 4)],
)
def test_commands_go_through_json(command):
    assert command_from_json(command.to_json()) == command


@pytest.mark.parametrize(
    "record", [{}, {"command": "Fly"}, {"command": "stop", "now": 1}, {"command": "set_learning_rate"}]
)
def test_what_is_no_command_is_a_named_error(record):
    with pytest.raises(ConfigError, match=r"Not a known command: .* Known are: stop, pause"):
        command_from_json(record)


def test_divergence_names_the_batch_and_says_what_to_do():
    model = ModelConfig("dot", n_factors=4, init_low=0.5, init_high=1.0, sigmoid=False)
    config = TrainingConfig("x", model, "sgd", (Phase(20, 20.0),), batch_size=16)
    fine = run(config, reports_per_epoch=50).ended
    coarse = run(config, reports_per_epoch=1).ended
    assert fine.outcome == coarse.outcome == "diverged"
    assert "at batch" in fine.message and "ten times smaller" in fine.message
    assert fine.message == coarse.message  # the batch where it happened, however rarely losses are read
    last = run(config, reports_per_epoch=1).batches[-1]
    assert last.train_loss >= 100  # no digits after the point, then
    assert f"is {last.train_loss:,.0f} at batch {last.batch} of epoch {last.epoch}" in coarse.message


def test_a_loss_that_is_no_number_diverges():
    training = TrainingState.start(CONFIG, SPLIT)
    training.model.user_bias.weight.data.fill_(math.nan)
    ended = History.of(fit(training)).ended
    assert ended.outcome == "diverged" and "nan at batch 1 of epoch 1" in ended.message


def test_out_of_memory_is_failed(monkeypatch):
    training = TrainingState.start(CONFIG, SPLIT)
    monkeypatch.setattr(training.optimizer, "step", lambda rate, rows: (_ for _ in ()).throw(MemoryError("no room")))
    ended = History.of(fit(training)).ended
    assert ended.outcome == "failed" and "smaller batch" in ended.message


def test_asking_for_cuda_without_one_says_so(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto") == torch.device("cpu")
    with pytest.raises(ConfigError, match="no CUDA device"):
        resolve_device("cuda")
    with pytest.raises(ConfigError, match="auto, cpu, cuda"):
        resolve_device("tpu")


def test_a_model_that_was_converted_is_not_trained_behind_its_back():
    training = TrainingState.start(CONFIG, SPLIT)
    training.model.double()
    with pytest.raises(RuntimeError, match="no longer share the table"):
        list(fit(training))


def test_a_copy_of_a_model_is_left_alone_by_training():
    training = TrainingState.start(CONFIG, SPLIT)
    copied = copy.deepcopy(training.model)
    before = copied.item_factors.weight.detach().clone()
    list(fit(training))
    assert torch.equal(copied.item_factors.weight, before)
    assert not torch.equal(training.model.item_factors.weight, before)


def test_a_copy_of_a_whole_run_in_training_refuses_to_train():
    training = copy.deepcopy(TrainingState.start(CONFIG, SPLIT))
    with pytest.raises(RuntimeError, match="no longer share the table"):
        list(fit(training))
