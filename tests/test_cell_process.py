"""The process that runs the cells: the same answers and errors as in this process, and what happens when it dies."""

import inspect
import subprocess
import sys
import threading

import pytest

from cf_core.environment import PROJECT
from cf_core.errors import CellProcessError, ConfigError, ShapeError
from cf_core.tensors import cells
from cf_core.tensors.process import CellProcess
from tests.waiting import is_running, wait_until

A, B = [[1.0, 2.0], [3.0, 4.0]], [[2.0, 2.0], [10.0, 10.0]]
CALLS = {
    "times": (A, B, "cpu"),
    "row_sums": (A, B, "cpu"),
    "matrix_product": (A, B, "cpu"),
    "module": (A, B, "cpu"),
    "one_hot": (A, [1], "cpu"),
    "one_hot_product": (A, [1], "cpu"),
    "look_up": (A, [1], "cpu"),
    "sigmoid_range": (0.3, 0.5, 5.0, "cpu"),
}


@pytest.fixture(scope="module")
def process():
    process = CellProcess()
    yield process
    process._process.kill()
    process._process.wait()


@pytest.mark.parametrize("name", CALLS)
def test_the_same_as_in_this_process(process, name):
    assert getattr(process, name)(*CALLS[name]) == getattr(cells, name)(*CALLS[name])


def test_every_cell_of_the_process_was_tried(process):
    assert set(CALLS) == {name for name, _ in inspect.getmembers(CellProcess, inspect.isfunction) if name[0] != "_"}
    assert process.devices == cells.devices()


def test_errors_come_through(process):
    with pytest.raises(ShapeError, match="PyTorch says"):
        process.times(A, [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], "cpu")
    with pytest.raises(ConfigError, match="row 1, column 2"):
        process.times([[1.0, float("nan")]], B, "cpu")
    with pytest.raises(ConfigError, match="no device"):
        process.times(A, B, "abacus")


def test_many_readers_at_once_each_get_their_own(process):
    """So many threads as these made Python 3.11.7 raise a SystemError in one of them."""
    wrong = []

    def read(number):
        for step in range(20):
            ran = process.module([[float(number), 1.0]], [[1.0, float(step)]], "cpu")
            if ran.value != [number + step]:
                wrong.append((number, step, ran))

    readers = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_after_its_death_the_next_cell_starts_another(process):
    process.times(A, B, "cpu")
    process._process.kill()
    process._process.wait()
    assert process.row_sums(A, B, "cpu").value == [6, 70]


def test_what_is_no_answer_is_an_error_in_words_and_ends_it(process, monkeypatch):
    process.times(A, B, "cpu")
    monkeypatch.setattr("cf_core.tensors.process.SECONDS", 0.0)
    process._process.stdin.write("no call\n")  # it dies of this
    with pytest.raises(CellProcessError, match="Run the cell again"):
        process.times(A, B, "cpu")
    monkeypatch.undo()
    assert process.times(A, B, "cpu").value == [[2, 4], [30, 40]]


def test_it_ends_with_the_process_that_started_it():
    code = """
import os
from cf_core.tensors.process import cell_process
cell_process().devices
print(cell_process()._process.pid, flush=True)
os._exit(1)
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300)
    wait_until(lambda: not is_running(int(said.stdout)))


def test_a_page_can_show_a_cell_without_torch():
    code = "import sys, cf_core.tensors.process, pages.parts.tensors.cells; print('torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert said.stdout.strip() == "False"
