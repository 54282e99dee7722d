"""A run that was broken off goes on to the same numbers as one that was not."""

import json
import queue
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_file

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.errors import ConfigError, StoreError
from cf_core.training.checkpoint import load_checkpoint, save_checkpoint
from cf_core.training.commands import SetLearningRate, StepEpoch, Stop, Watch
from cf_core.training.events import BatchEnded, EpochEnded, Event
from cf_core.training.fit import fit
from cf_core.training.state import TrainingState
from tests.small import make_split

SPLIT = make_split()
N_BATCHES = 7  # an epoch of it in batches of 16


def config_of(kind: str = "bias", optimizer: str = "adam") -> TrainingConfig:
    model = ModelConfig(kind, n_factors=4, sigmoid=kind != "dot", implicit_weight=1.0, rating_decay=0.1)
    phases = (Phase(2, 0.02, "cosine"), Phase(2, 0.01, "one-cycle"))
    return TrainingConfig("small", model, optimizer, phases, weight_decay=1e-3, batch_size=16)


def without_times(event: EpochEnded) -> EpochEnded:
    return replace(event, seconds=0.0, ratings_per_second=0.0)


def run(training: TrainingState, stop_after: int | None = None, rate_after: int | None = None) -> list[Event]:
    """Train, and stop or set another rate after that many batches of this call."""
    commands: queue.SimpleQueue = queue.SimpleQueue()
    events, n_batches = [], 0
    if stop_after == 0:
        commands.put(Stop())
    for event in fit(training, commands):
        events.append(event)
        if isinstance(event, BatchEnded):  # with so few batches every one is reported
            n_batches += 1
            if n_batches == stop_after:
                commands.put(Stop())
            if n_batches == rate_after:
                commands.put(SetLearningRate(0.05))
    return events


def epochs(events: list[Event]) -> list[EpochEnded]:
    return [without_times(event) for event in events if isinstance(event, EpochEnded)]


def assert_same_weights(one: TrainingState, other: TrainingState) -> None:
    for a, b in zip(one.model.parameters(), other.model.parameters(), strict=True):
        assert torch.equal(a, b)


@settings(max_examples=40)
@given(
    kind=st.sampled_from(["dot", "bias", "net", "implicit"]),
    optimizer=st.sampled_from(["sgd", "adam", "adamw"]),
    stop_after=st.integers(0, 4 * N_BATCHES),
    rate_after=st.none() | st.integers(1, 4 * N_BATCHES),
)
def test_broken_off_anywhere_and_gone_on_is_never_broken_off(tmp_path_factory, kind, optimizer, stop_after, rate_after):
    config, path = config_of(kind, optimizer), tmp_path_factory.mktemp("checkpoint") / "checkpoint"
    whole = TrainingState.start(config, SPLIT)
    expected = epochs(run(whole, rate_after=rate_after))

    broken = TrainingState.start(config, SPLIT)
    before = run(broken, stop_after, rate_after if rate_after and rate_after < stop_after else None)
    save_checkpoint(broken, path)
    resumed = TrainingState.start(config, SPLIT)
    load_checkpoint(resumed, path)
    late = rate_after - stop_after if rate_after and rate_after > stop_after > 0 else None
    after = run(resumed, rate_after=late if late is not None or stop_after else rate_after)

    if rate_after != stop_after:  # a stop and a new rate that come together: the stop counts
        assert epochs(before) + epochs(after) == expected
        assert_same_weights(resumed, whole)


def test_a_checkpoint_after_the_end_has_nothing_left_to_train(tmp_path):
    training = TrainingState.start(config_of(), SPLIT)
    run(training)
    save_checkpoint(training, tmp_path / "checkpoint")
    again = TrainingState.start(config_of(), SPLIT)
    load_checkpoint(again, tmp_path / "checkpoint")
    assert epochs(run(again)) == []
    assert_same_weights(again, training)


def test_a_held_rate_and_a_watched_prediction_go_on(tmp_path):
    training, commands = TrainingState.start(config_of(), SPLIT), queue.SimpleQueue()
    for command in (SetLearningRate(0.03), Watch(1, 2), StepEpoch()):
        commands.put(command)
    for event in fit(training, commands):
        if isinstance(event, EpochEnded):
            commands.put(Stop())
    save_checkpoint(training, tmp_path / "checkpoint")
    resumed = TrainingState.start(config_of(), SPLIT)
    load_checkpoint(resumed, tmp_path / "checkpoint")
    report = next(event for event in fit(resumed) if isinstance(event, BatchEnded))
    assert report.learning_rate == 0.03
    assert report.prediction is not None


def test_a_phase_added_after_the_end_is_a_phase_planned_from_the_start(tmp_path):
    planned = replace(config_of(), phases=(*config_of().phases, Phase(1, 0.003)))
    whole = TrainingState.start(planned, SPLIT)
    expected = epochs(run(whole))

    first = TrainingState.start(config_of(), SPLIT)
    run(first)
    save_checkpoint(first, tmp_path / "checkpoint")
    added = config_of().continued(4, Phase(1, 0.003))
    assert added == planned
    second = TrainingState.start(added, SPLIT)
    load_checkpoint(second, tmp_path / "checkpoint")
    assert epochs(run(second)) == expected[4:]
    assert_same_weights(second, whole)


def test_a_phase_added_after_a_stop_keeps_the_schedule_of_the_epoch_under_way(tmp_path):
    stopped = TrainingState.start(config_of(), SPLIT)
    run(stopped, stop_after=2 * N_BATCHES + 3)  # in the first epoch of the one-cycle phase
    save_checkpoint(stopped, tmp_path / "checkpoint")
    config = config_of().continued(3, Phase(2, 0.003))
    assert config.phases == (config_of().phases[0], replace(config_of().phases[1], cut_after=1), Phase(2, 0.003))
    assert config.n_epochs == 5
    resumed = TrainingState.start(config, SPLIT)
    load_checkpoint(resumed, tmp_path / "checkpoint")
    rates = [event.learning_rate for event in run(resumed) if isinstance(event, BatchEnded)]
    whole = [
        event.learning_rate for event in run(TrainingState.start(config_of(), SPLIT)) if isinstance(event, BatchEnded)
    ]
    assert rates == whole[2 * N_BATCHES + 3 : 3 * N_BATCHES] + [0.003] * 2 * N_BATCHES


@pytest.mark.parametrize("n_epochs_begun", [0, 5])
def test_a_run_goes_on_from_an_epoch_that_it_has_begun(n_epochs_begun):
    with pytest.raises(ConfigError, match="cannot go on"):
        config_of().continued(n_epochs_begun, Phase(1, 0.1))


@pytest.mark.parametrize("damage", ["missing", "cut", "other shape", "other optimizer"])
def test_a_checkpoint_that_does_not_fit_is_a_named_error(tmp_path, damage):
    path = tmp_path / "checkpoint"
    training = TrainingState.start(config_of(), SPLIT)
    run(training, stop_after=3)
    save_checkpoint(training, path)
    config = config_of()
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "other shape":
        config = replace(config, model=ModelConfig(n_factors=5))
    else:
        config = replace(config, model=ModelConfig("net", n_factors=4))
    with pytest.raises(StoreError, match=r"checkpoint.*cannot be used"):
        load_checkpoint(TrainingState.start(config, SPLIT), path)


@pytest.mark.parametrize("change", ["another name besides", "a name missing"])
def test_the_file_does_not_say_which_attributes_it_sets(tmp_path, change):
    training = TrainingState.start(config_of(), SPLIT)
    run(training, stop_after=3)
    save_checkpoint(training, tmp_path / "good")
    with safe_open(tmp_path / "good", "pt") as file:
        position = json.loads(file.metadata()["position"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
    if change == "a name missing":
        del position["first_loss"]
    else:
        position["split"] = "none"
    save_file(tensors, tmp_path / "changed", {"position": json.dumps(position)})
    again = TrainingState.start(config_of(), SPLIT)
    if change == "a name missing":
        with pytest.raises(StoreError, match="first_loss"):
            load_checkpoint(again, tmp_path / "changed")
    else:
        load_checkpoint(again, tmp_path / "changed")
        assert again.split is SPLIT
