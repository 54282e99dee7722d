"""The department, started once for all tests of a file, and two servers in it."""

import importlib.util
import tempfile
from pathlib import Path

import pytest

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.leases import end_leases
from cf_core.runs.store.run_store import RunStore
from tests.cluster.department import Department
from tests.runs.same_numbers import numbers_of
from tests.tiny import write_tiny_data


@pytest.fixture(scope="module")
def department():
    """Not in pytest's folder for temporary files, whose path may be too long, see `Department`."""
    pytest.importorskip("ray", reason="Ray is not installed")
    if importlib.util.find_spec("ray") is None:  # to load it here would be before its environment is set
        pytest.skip("Ray is not installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, pytest.MonkeyPatch.context() as patch:
        department = Department(Path(folder))
        for name, value in department.environment.items():
            patch.setenv(name, value)
        try:
            department.start()
            yield department
        finally:
            end_leases()
            department.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_tiny_data(tmp_path_factory.mktemp("data"), n_items=1000)


@pytest.fixture(scope="module")
def make_spec(data):
    """`make_spec(n_epochs, seed=0)`: a model whose epochs take a tenth of a second."""

    def make(n_epochs, seed=0):
        model, phases = ModelConfig("bias", n_factors=4), (Phase(n_epochs, 0.01),)
        config = TrainingConfig("tiny", model, "adam", phases, batch_size=16, seed=seed)
        return RunSpec(str(data), SplitConfig(), config, "cpu")

    return make


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """`undisturbed(spec)`: the numbers of a run that this process trains, in a folder."""
    store, numbers = RunStore(tmp_path_factory.mktemp("undisturbed")), {}

    def train(spec):
        if spec not in numbers:
            run_id = store.create(spec).run_id
            for _ in execute(store, run_id):
                pass
            numbers[spec] = numbers_of(store, run_id)
        return numbers[spec]

    yield train
    store.close()


@pytest.fixture(scope="module")
def first(department, data):
    """A server, in this process."""
    workers = department.server_here(data)
    yield workers
    workers.close()


@pytest.fixture(scope="module")
def second(department):
    """A server, in a process of its own, which some tests kill."""
    return department.server()
