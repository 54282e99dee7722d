"""What a run will cost is known before it starts, and one that would cost too much is refused with the figure."""

import json
import subprocess
import sys

import pytest
import torch

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.environment import PROJECT, memory_of_machine
from cf_core.errors import TooCostlyError
from cf_core.models.build import DataShape, build_model
from cf_core.runs.cost import DataSize, memory_of_run, n_weights, work_of
from cf_core.runs.execute import execute
from cf_core.runs.limits import Limits
from cf_core.runs.spec import RunSpec
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token

KINDS = ("dot", "bias", "net", "implicit")


@pytest.fixture(scope="module")
def wide_data(tmp_path_factory):
    """A data set with 20,000 users and 5,000 movies, so that the weights take more memory than anything else."""
    folder, n_users, n_items = tmp_path_factory.mktemp("wide"), 20_000, 5_000
    pairs = [(user, user % n_items) for user in range(n_users)] + [
        (user, (user + 1) % n_items) for user in range(9_000)
    ]
    ratings = (f"{user},{item},{1 + (user + item) % 5},{user}" for user, item in pairs)
    movies = (f"{item},Movie {item} (1990),Drama" for item in range(n_items))
    (folder / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *ratings, ""]))
    (folder / "movies.csv").write_text("\n".join(["movieId,title,genres", *movies, ""]))
    return folder, DataSize(n_users, n_items, len(pairs))


def config_of(kind="bias", n_factors=300, optimizer="adam", batch_size=4_096, n_epochs=1):
    model = ModelConfig(kind, n_factors)
    return TrainingConfig("tiny", model, optimizer, (Phase(n_epochs, 0.001),), batch_size=batch_size)


@pytest.mark.parametrize("kind", KINDS)
def test_the_weights_are_those_of_the_model(kind):
    config = config_of(kind, n_factors=7)
    model = build_model(config.model, DataShape(30, 20, (1.0, 5.0), 3.0, 100), torch.Generator())
    assert n_weights(config, DataSize(30, 20, 100)) == sum(weight.numel() for weight in model.parameters())


@pytest.mark.skipif(torch.version.cuda is not None, reason="PyTorch for CUDA takes another 0.9 GB")
@pytest.mark.parametrize(
    "settings",
    [{}, {"optimizer": "sgd"}, {"kind": "net", "n_factors": 200}, {"kind": "implicit", "batch_size": 29_000}],
    ids=lambda settings: "-".join(map(str, settings.values())) or "adam",
)
def test_the_estimate_is_near_what_a_run_takes(tmp_path, wide_data, settings):
    folder, size = wide_data
    config = config_of(**settings)
    spec = json.dumps(RunSpec(str(folder), SplitConfig(), config, "cpu").to_json())
    command = [sys.executable, "-m", "tests.runs.measure_memory", str(tmp_path), spec]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=300)
    assert memory_of_run(config, size) == pytest.approx(int(said.stdout), rel=0.15)


def test_the_work_is_epochs_times_ratings_times_factors():
    assert work_of(config_of(n_factors=20, n_epochs=3), DataSize(5, 4, 100)) == 6_000


@pytest.fixture
def workspace(tmp_path):
    workers = WorkerPool(tmp_path, n_workers=0)
    yield Workspace(workers, new_token())
    workers.close()


def test_too_much_work_is_refused_with_the_figure(workspace, make_spec):
    workspace._pool.limits = Limits(budget=20_000)
    with pytest.raises(TooCostlyError, match=r"20 epochs of 576 ratings with 4 factors.*fewer epochs"):
        workspace.submit(make_spec(20))
    assert workspace.runs() == []
    assert workspace.submit(make_spec(2))


def test_too_much_memory_is_refused_with_the_figure(workspace, make_spec):
    spec = make_spec(2)
    needed = memory_of_run(spec.config, DataSize(30, 40, 576))
    workspace._pool.limits = Limits(memory=needed - 1)
    with pytest.raises(TooCostlyError, match=rf"about {needed / 1e6:,.0f} MB of memory"):
        workspace.submit(spec)
    workspace._pool.limits = Limits(memory=needed)
    assert workspace.submit(spec)


def test_a_further_phase_counts_with_those_before(workspace, make_spec):
    run_id = workspace.submit(make_spec(2))
    for _ in execute(workspace._store, run_id):
        pass
    workspace._pool._jobs.clear()  # the pool without workers takes it for waiting
    workspace._pool.limits = Limits(budget=4 * 576 * 4)
    with pytest.raises(TooCostlyError, match="5 epochs"):
        workspace.continue_run(run_id, Phase(3, 0.01))
    assert workspace.get(run_id).outcome == "finished"
    workspace.continue_run(run_id, Phase(2, 0.01))


def test_the_defaults_are_half_of_the_memory_and_can_be_set(monkeypatch, tmp_path):
    for variable in ("CF_LAB_MEMORY_MB", "CF_LAB_BUDGET"):
        monkeypatch.delenv(variable, raising=False)
    assert Limits.from_env(2).memory == pytest.approx(max(memory_of_machine() / 4, 6e8), abs=1e6)
    assert Limits.from_env(10**6).memory == 600_000_000
    monkeypatch.setenv("CF_LAB_MEMORY_MB", "700")
    monkeypatch.setenv("CF_LAB_BUDGET", "5")
    assert (Limits.from_env(2).memory, Limits.from_env().budget) == (700_000_000, 5)
    limit = tmp_path / "memory.max"
    limit.write_text("max\n")
    whole = memory_of_machine(limit)
    limit.write_text("1000000\n")
    assert memory_of_machine(limit) == 1_000_000 < whole
