"""A data set so small that an epoch takes milliseconds, and runs on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.file_store import FileStore, file_store
from cf_core.runs.store.run_store import RunStore
from tests.runs.stored import FINISHED, make_factors, two_epochs
from tests.tiny import write_tiny_data


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a data set of 30 users and 40 movies."""
    return write_tiny_data(tmp_path_factory.mktemp("tiny"), n_items=40)


@pytest.fixture(scope="session")
def make_spec(tiny_data: Path) -> Callable[..., RunSpec]:
    """`make_spec(n_epochs=2, learning_rate=0.01, seed=0)`: a small model on the tiny data."""

    def make(n_epochs: int = 2, learning_rate: float = 0.01, seed: int = 0) -> RunSpec:
        phases = (Phase(n_epochs, learning_rate),)
        config = TrainingConfig("tiny", ModelConfig("bias", n_factors=4), "adam", phases, batch_size=16, seed=seed)
        return RunSpec(str(tiny_data), SplitConfig(), config, "cpu")

    return make


@pytest.fixture
def files(files_place) -> FileStore:
    """The empty files of a store: in a folder, in a shared folder, in an object store."""
    return file_store(files_place)


@pytest.fixture
def place(tmp_path) -> StoreAddress:
    """Where the store of a test is."""
    return StoreAddress.of(tmp_path / "runs")


@pytest.fixture
def store(place) -> Iterator[RunStore]:
    store = RunStore(place)
    yield store
    store.close()


@pytest.fixture
def finished(store, make_spec):
    """The id of a run that has finished, with factors."""
    run_id = store.create(make_spec(), "anna").run_id
    store.begin(run_id, fingerprint="f00d", versions={"torch": "2"})
    store.add_epoch(run_id, two_epochs())
    store.finish(run_id, FINISHED, make_factors())
    return run_id


@pytest.fixture
def running(store, make_spec):
    """The id of a run that has begun."""
    run_id = store.create(make_spec()).run_id
    store.begin(run_id, fingerprint="f00d", versions={})
    return run_id
