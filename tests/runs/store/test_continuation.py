"""A run that was broken off continues to the same numbers, in the events, in the store and in the weights."""

import queue
from dataclasses import replace

import pytest

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.errors import DataMismatchError, StoreError
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.training.commands import COMMANDS, Interrupt, Pause, SetLearningRate, Stop
from cf_core.training.events import BatchEnded, CommandTaken, EpochEnded, FitEnded, FitStarted
from cf_core.training.history import History
from tests.runs.same_numbers import differences, numbers_of
from tests.runs.stored import checkpoint_of


@pytest.fixture(params=["adam", "sgd"])
def spec(request, tiny_data):
    """Two phases, with all that a checkpoint has to keep: moments or momentum, dropout, a schedule."""
    phases = Phase(3, 0.01, "one-cycle"), Phase(2, 0.003)
    kind = {"adam": "bias", "sgd": "net"}[request.param]
    config = TrainingConfig("tiny", ModelConfig(kind, n_factors=4), request.param, phases, batch_size=16)
    return RunSpec(str(tiny_data), SplitConfig(), config, "cpu")


@pytest.fixture
def left_alone(store, spec):
    """The numbers of a run without a break."""
    run_id = store.create(spec).run_id
    for _ in execute(store, run_id):
        pass
    return numbers_of(store, run_id)


def train(store, run_id, commands_at=()):
    """Train a run, sending each of `commands_at` at the report of its epoch and batch; the events."""
    commands, events = queue.SimpleQueue(), []
    for event in execute(store, run_id, commands):
        events.append(event)
        for epoch, batch, command in commands_at:
            if isinstance(event, BatchEnded) and (event.epoch, event.batch) == (epoch, batch):
                commands.put(command)
    return events


def weights_and_epochs(numbers):
    """What a break in mid-epoch leaves as it is: there the run reports once more, and then over the rest."""
    events = [event for name, event in numbers.items() if name.startswith("event") and event["event"] == "epoch_ended"]
    return {name: tensor for name, tensor in numbers.items() if not name.startswith("event")} | dict(enumerate(events))


@pytest.mark.parametrize("n_epochs", [0, 1, 3, 4])
def test_a_run_that_nobody_went_on_with_resumes_from_its_last_epoch(store, spec, left_alone, n_epochs):
    run_id = store.create(spec).run_id
    events = execute(store, run_id)
    for event in events:
        if isinstance(event, BatchEnded) and (event.epoch, event.batch) == (n_epochs + 1, 7):
            events.close()
    assert (store.get(run_id).outcome, store.get(run_id).n_epochs_done) == ("interrupted", n_epochs)
    store.requeue(run_id)
    events = train(store, run_id)
    assert differences(numbers_of(store, run_id), left_alone) == []
    assert History.of(events) == store.history(run_id), "the second part begins with the events of the first"
    assert [type(event) for event in events].count(FitStarted) == 1


def test_a_checkpoint_is_there_when_the_event_of_its_epoch_comes(store, spec):
    run_id, contents = store.create(spec).run_id, []
    for event in execute(store, run_id):
        if isinstance(event, EpochEnded):
            assert len(store.history(run_id).epochs) == event.epoch
            contents.append(checkpoint_of(store, run_id).read_bytes())
    assert len(set(contents)) == 5
    assert checkpoint_of(store, run_id).read_bytes() == contents[-1]


@pytest.mark.parametrize("batch", [7, 29])
def test_a_stopped_run_resumes_in_mid_epoch(store, spec, left_alone, batch):
    run_id = store.create(spec).run_id
    assert train(store, run_id, [(2, batch, Stop())])[-1].outcome == "stopped"
    n_batches = len(store.history(run_id).batches)
    store.requeue(run_id)
    train(store, run_id)
    history = store.history(run_id)
    assert differences(weights_and_epochs(numbers_of(store, run_id)), weights_and_epochs(left_alone)) == []
    assert [command.command for command in history.commands] == ["stop"]
    assert history.batches[n_batches].position > history.batches[n_batches - 1].position, "nothing is reported twice"


def test_a_rate_that_was_set_holds_after_a_break(store, spec):
    numbers = []
    for stops in ([], [(2, 20, Stop())]):
        run_id = store.create(spec).run_id
        train(store, run_id, [(2, 10, SetLearningRate(0.02)), *stops])
        if stops:
            store.requeue(run_id)
            train(store, run_id)
        numbers.append(weights_and_epochs(numbers_of(store, run_id)))
    assert differences(*numbers) == []


def test_a_run_told_to_leave_is_interrupted_after_a_checkpoint_in_mid_epoch(store, spec, left_alone):
    run_id = store.create(spec).run_id
    events = train(store, run_id, [(3, 7, Interrupt())])
    run = store.get(run_id)
    assert (run.outcome, run.resumable, run.n_epochs_done) == ("interrupted", True, 2)
    assert "Resume it" in run.message
    assert not any(isinstance(event, CommandTaken | FitEnded) for event in events)
    assert store.history(run_id).batches[-1].epoch == 3 and store.history(run_id).commands == []
    store.requeue(run_id)
    train(store, run_id)
    assert differences(weights_and_epochs(numbers_of(store, run_id)), weights_and_epochs(left_alone)) == []


def test_a_paused_run_leaves_too_and_plays_when_it_is_resumed(store, spec, left_alone):
    run_id, commands = store.create(spec).run_id, queue.SimpleQueue()
    for event in execute(store, run_id, commands):
        if isinstance(event, BatchEnded) and (event.epoch, event.batch) == (2, 7):
            commands.put(Pause())
        if isinstance(event, CommandTaken):
            commands.put(Interrupt())
    assert store.get(run_id).outcome == "interrupted" and store.history(run_id).paused
    store.requeue(run_id)
    train(store, run_id)
    assert [command.command for command in store.history(run_id).commands] == ["pause", "resume"]
    assert differences(weights_and_epochs(numbers_of(store, run_id)), weights_and_epochs(left_alone)) == []


def test_to_leave_is_no_command_of_the_public():
    assert Interrupt.kind not in COMMANDS


def test_a_stopped_run_ends_its_epoch_and_goes_on_at_another_rate(store, spec):
    run_id = store.create(spec).run_id
    train(store, run_id, [(2, 7, Stop())])
    longer = spec.config.continued(2, Phase(2, 0.001))
    store.requeue(run_id, longer)
    train(store, run_id)
    history, run = store.history(run_id), store.get(run_id)
    assert [(epoch.epoch, epoch.phase) for epoch in history.epochs] == [(1, 1), (2, 1), (3, 2), (4, 2)]
    assert (run.outcome, run.n_epochs_done, run.spec.config) == ("finished", 4, longer)
    assert history.started.n_epochs == 4 and history.epochs[-1].learning_rate == pytest.approx(0.001)


def test_a_finished_run_goes_on_as_if_its_phase_had_been_planned(store, spec, left_alone):
    """The lesson's second `fit`: same weights, same optimiser state."""
    first = replace(spec, config=replace(spec.config, phases=spec.config.phases[:1]))
    run_id = store.create(first).run_id
    train(store, run_id)
    store.requeue(run_id, first.config.continued(3, spec.config.phases[1]))
    train(store, run_id)
    assert differences(numbers_of(store, run_id), left_alone) == []


def test_epochs_that_are_stored_beyond_the_checkpoint_are_trained_again(store, spec, left_alone):
    run_id, events = store.create(spec).run_id, []
    for event in (sitting := execute(store, run_id)):
        events.append(event)
        if isinstance(event, EpochEnded) and event.epoch == 1:
            checkpoint = checkpoint_of(store, run_id).read_bytes()
        if isinstance(event, EpochEnded) and event.epoch == 3:
            sitting.close()
    checkpoint_of(store, run_id).write_bytes(checkpoint)
    store.requeue(run_id)
    train(store, run_id)
    assert differences(numbers_of(store, run_id), left_alone) == []


def test_a_run_without_a_checkpoint_starts_from_scratch(store, spec, left_alone):
    run_id = store.create(spec).run_id
    train(store, run_id, [(3, 7, Stop())])
    checkpoint_of(store, run_id).unlink()
    store.requeue(run_id)
    train(store, run_id)
    assert differences(numbers_of(store, run_id), left_alone) == []


@pytest.mark.parametrize("damage", [b"", bytes(50), b"half"], ids=["empty", "zeros", "half"])
def test_a_damaged_checkpoint_is_named_and_harms_no_other_run(store, spec, left_alone, damage):
    other, run_id = store.runs()[0].run_id, store.create(spec).run_id
    train(store, run_id, [(3, 7, Stop())])
    whole, history = checkpoint_of(store, run_id).read_bytes(), store.history(run_id)
    checkpoint_of(store, run_id).write_bytes(whole[: len(whole) // 2] if damage == b"half" else damage)
    store.requeue(run_id)
    with pytest.raises(StoreError, match=rf"{run_id}/checkpoint.safetensors.*from its start"):
        train(store, run_id)
    run = store.get(run_id)
    assert run.outcome == "failed" and run.message.startswith("The checkpoint")
    assert store.factors(run_id).recipe == "tiny" and store.history(run_id).epochs == history.epochs
    assert store.get(other).outcome == "finished"
    checkpoint_of(store, run_id).write_bytes(whole)
    store.requeue(run_id)
    train(store, run_id)
    assert differences(weights_and_epochs(numbers_of(store, run_id)), weights_and_epochs(left_alone)) == []


def test_a_run_does_not_go_on_with_other_data(store, spec, tiny_data, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for file in tiny_data.iterdir():
        (data / file.name).write_bytes(file.read_bytes())
    run_id = store.create(replace(spec, data=str(data))).run_id
    train(store, run_id, [(2, 7, Stop())])
    ratings = (data / "ratings.csv").read_text()
    (data / "ratings.csv").write_text(ratings + "31,1,3.0,1000\n")
    store.requeue(run_id)
    with pytest.raises(DataMismatchError, match="Put the old files back"):
        train(store, run_id)
    (data / "ratings.csv").write_text(ratings)
    store.requeue(run_id)
    assert train(store, run_id)[-1].outcome == "finished"
