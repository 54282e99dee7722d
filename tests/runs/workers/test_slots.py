"""How many workers there may be, and which device each sees: the processor, or GPUs as the driver lists them."""

import os

import pytest

from cf_core.errors import ConfigError
from cf_core.runs.workers.slots import Slot, find_slots


@pytest.fixture
def gpus(tmp_path, monkeypatch):
    """A driver's folder with three devices, on a machine with no say of its user."""
    for variable in ("CF_LAB_WORKERS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(variable, raising=False)
    for name in ("0000:07:00.0", "0000:0f:00.0", "0000:47:00.0"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_without_a_driver_there_is_a_worker_a_core(gpus):
    assert find_slots(gpus / "not there") == tuple(Slot(number) for number in range(os.cpu_count()))


def test_with_devices_there_is_a_worker_each_which_sees_that_one(gpus):
    slots = find_slots(gpus)
    assert [slot.environment for slot in slots] == [{"CUDA_VISIBLE_DEVICES": name} for name in "012"]
    assert len({slot.number for slot in slots}) == 3


def test_devices_that_the_server_was_given_are_shared_out(gpus, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,5")
    assert [slot.environment["CUDA_VISIBLE_DEVICES"] for slot in find_slots(gpus)] == ["2", "5"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert len(find_slots(gpus)) == os.cpu_count()


def test_a_number_that_was_set_holds_with_devices_too(gpus, monkeypatch):
    monkeypatch.setenv("CF_LAB_WORKERS", "4")
    assert find_slots(gpus) == tuple(Slot(number) for number in range(4))


@pytest.mark.parametrize("given", ["0", "-1", "many", "", "1.5"])
def test_a_number_of_workers_that_is_none_is_refused(monkeypatch, given):
    monkeypatch.setenv("CF_LAB_WORKERS", given)
    with pytest.raises(ConfigError, match="CF_LAB_WORKERS"):
        find_slots()
