"""Training a stored run: each way in which it can end, in the events and in the store."""

import queue
from dataclasses import replace

import numpy as np
import pytest
import torch

from cf_core.config import with_settings
from cf_core.data.reading import read_ratings
from cf_core.errors import ConfigError, DataMismatchError, MissingFileError, StoreError
from cf_core.runs import execute as execute_module
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.teaching.rate_finder import rate_search_of
from cf_core.training.commands import SetLearningRate, Stop
from cf_core.training.events import BatchEnded, EpochEnded, FitEnded
from cf_core.training.history import History


def test_a_run_that_finishes_is_stored_whole(store, make_spec):
    run_id = store.create(make_spec(n_epochs=3)).run_id
    events = list(execute(store, run_id))
    run = store.get(run_id)
    assert (run.outcome, run.n_epochs_done, run.has_factors) == ("finished", 3, True)
    assert run.valid_loss == events[-2].valid_loss and run.rmse == events[-2].rmse
    assert store.history(run_id) == History.of(events)
    assert store.factors(run_id).item_factors.shape == (40, 4)
    assert run.fingerprint == read_ratings(run.spec.data).fingerprint
    assert set(run.versions) == {"python", "torch", "numpy"}


def test_a_rate_search_keeps_its_losses_and_no_weights(store, make_spec):
    spec = make_spec()
    config = rate_search_of(with_settings(spec.config, {"batch_size": 4}), n_batches=120)
    run_id = store.create(replace(spec, config=config, purpose="rate-search")).run_id
    events = list(execute(store, run_id))
    run = store.get(run_id)
    assert run.outcome == "finished" and not (run.has_factors or run.has_checkpoint)
    assert not (store.folder / run_id).exists()
    assert store.history(run_id) == History.of(events)
    started, losses = events[0], store.history(run_id).batches
    assert started.n_batches > 100 and len(losses) == started.n_batches * started.n_epochs  # a training reports 50
    assert store.runs() == [] and store.runs(purpose="rate-search") == [run]


def test_the_record_of_a_run_trains_again_to_the_same_numbers(store, make_spec):
    first = store.create(make_spec(seed=5)).run_id
    list(execute(store, first))
    again = store.create(RunSpec.from_json(store.get(first).spec.to_json())).run_id
    list(execute(store, again))
    assert np.array_equal(store.factors(first).user_factors, store.factors(again).user_factors)


@pytest.mark.parametrize(("given", "n_threads"), [(None, 1), ("2", 2)])
def test_threads_are_one_or_as_many_as_are_asked_for(store, make_spec, monkeypatch, given, n_threads):
    monkeypatch.delenv("CF_LAB_THREADS", raising=False)
    if given:
        monkeypatch.setenv("CF_LAB_THREADS", given)
    before = torch.get_num_threads()
    try:
        next(execute(store, store.create(make_spec()).run_id))
        assert torch.get_num_threads() == n_threads
    finally:
        torch.set_num_threads(before)


def test_a_number_of_threads_that_is_none_fails_the_run(store, make_spec, monkeypatch):
    monkeypatch.setenv("CF_LAB_THREADS", "none")
    run_id = store.create(make_spec()).run_id
    with pytest.raises(ConfigError, match="CF_LAB_THREADS"):
        list(execute(store, run_id))
    assert store.get(run_id).outcome == "failed"


def test_the_store_has_an_epoch_when_its_event_comes(store, make_spec):
    run_id = store.create(make_spec()).run_id
    for event in execute(store, run_id):
        if isinstance(event, EpochEnded):
            assert store.history(run_id).epochs[-1] == event
            assert store.get(run_id).outcome == "running"


def test_a_stopped_run_keeps_what_it_has_learnt(store, make_spec):
    run_id, commands, events = store.create(make_spec(n_epochs=1000)).run_id, queue.SimpleQueue(), []
    for event in execute(store, run_id, commands):
        events.append(event)
        if isinstance(event, BatchEnded) and event.epoch == 2:
            commands.put(Stop())
    assert (store.get(run_id).outcome, store.get(run_id).n_epochs_done) == ("stopped", 1)
    assert store.factors(run_id).recipe == "tiny"
    assert store.history(run_id) == History.of(events)


def test_a_run_stopped_before_its_first_batch_keeps_nothing(store, make_spec):
    run_id, commands = store.create(make_spec()).run_id, queue.SimpleQueue()
    commands.put(Stop())
    assert list(execute(store, run_id, commands))[-1].outcome == "stopped"
    assert not store.get(run_id).has_factors


def test_commands_reach_the_loop(store, make_spec):
    run_id, commands = store.create(make_spec()).run_id, queue.SimpleQueue()
    commands.put(SetLearningRate(0.005))
    batches = [event for event in execute(store, run_id, commands) if isinstance(event, BatchEnded)]
    assert batches[0].learning_rate == pytest.approx(0.005)


def test_a_diverged_run_keeps_no_factors_but_its_advice(store, make_spec, monkeypatch):
    def diverge(training, commands, reports_per_epoch):
        yield FitEnded("diverged", 0, 0.1, "Try a smaller rate.")

    monkeypatch.setattr(execute_module, "fit", diverge)
    run_id = store.create(make_spec()).run_id
    list(execute(store, run_id))
    run = store.get(run_id)
    assert (run.outcome, run.message, run.has_factors) == ("diverged", "Try a smaller rate.", False)


def test_data_that_cannot_be_read_fail_the_run_with_their_message(store, make_spec, tmp_path):
    spec = RunSpec(str(tmp_path / "nowhere"), make_spec().split, make_spec().config)
    run_id = store.create(spec).run_id
    with pytest.raises(MissingFileError) as error:
        list(execute(store, run_id))
    assert (store.get(run_id).outcome, store.get(run_id).message) == ("failed", str(error.value))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RuntimeError("oh"), "A defect of CF Lab: RuntimeError: oh"),
        (MemoryError(), "ran out of memory"),
        (torch.OutOfMemoryError("CUDA out of memory."), "ran out of memory"),
    ],
)
def test_whatever_breaks_fails_the_run_and_is_raised(store, make_spec, monkeypatch, error, reason):
    def broken(training, commands, reports_per_epoch):
        raise error
        yield

    monkeypatch.setattr(execute_module, "fit", broken)
    run_id = store.create(make_spec()).run_id
    with pytest.raises(type(error)):
        list(execute(store, run_id))
    assert store.get(run_id).outcome == "failed"
    assert reason in store.get(run_id).message


def test_a_run_that_nobody_goes_on_with_is_interrupted(store, make_spec):
    run_id = store.create(make_spec()).run_id
    events = execute(store, run_id)
    next(events)
    assert store.get(run_id).outcome == "running"
    events.close()
    assert store.get(run_id).outcome == "interrupted"


def test_a_run_that_another_trains_is_left_alone(store, make_spec):
    run_id = store.create(make_spec()).run_id
    first = execute(store, run_id)
    next(first)
    with pytest.raises(StoreError, match="is running"):
        next(execute(store, run_id))
    assert list(first)[-1].outcome == "finished"
    assert store.get(run_id).outcome == "finished"


def test_data_that_have_changed_since_are_noticed(store, make_spec, tiny_data, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for file in tiny_data.iterdir():
        (data / file.name).write_bytes(file.read_bytes())
    run_id = store.create(RunSpec(str(data), make_spec().split, make_spec().config)).run_id
    list(execute(store, run_id))
    store.get(run_id).check_data(read_ratings(data))
    with (data / "ratings.csv").open("a") as file:
        file.write("31,1,3.0,1000\n")
    with pytest.raises(DataMismatchError, match=rf"{run_id} was trained on other ratings than 'data' holds now"):
        store.get(run_id).check_data(read_ratings(data))
