"""What the environment says of a cluster, and how many runs a cluster trains at once."""

import subprocess
import sys

import pytest

from cf_core.environment import PROJECT
from cf_core.errors import ConfigError
from cf_core.runs.workers.ray_settings import CLUSTER, GPUS, RaySettings, ray_slots


def node(alive=True, **resources):
    return {"Alive": alive, "Resources": {name: float(n) for name, n in resources.items()}}


def test_without_a_setting_there_is_no_cluster(monkeypatch):
    monkeypatch.delenv(CLUSTER, raising=False)
    assert RaySettings.from_env() is None


@pytest.mark.parametrize("address", ["auto", "ray://lab.example:10001"])
def test_a_cluster_and_the_share_of_a_gpu(monkeypatch, address):
    monkeypatch.setenv(CLUSTER, address)
    assert RaySettings.from_env() == (address, 0.25)
    monkeypatch.setenv(GPUS, "0.5")
    assert RaySettings.from_env() == (address, 0.5)


@pytest.mark.parametrize("address", ["local", "ray://", "ray://lab.example", "10.0.0.1:6379"])
def test_what_names_no_cluster_is_refused(monkeypatch, address):
    monkeypatch.setenv(CLUSTER, address)
    with pytest.raises(ConfigError, match=CLUSTER):
        RaySettings.from_env()


@pytest.mark.parametrize("share", ["0", "-1", "2", "nan", "a quarter", ""])
def test_what_is_no_share_is_refused(monkeypatch, share):
    monkeypatch.setenv(CLUSTER, "auto")
    monkeypatch.setenv(GPUS, share)
    with pytest.raises(ConfigError, match=GPUS):
        RaySettings.from_env()


@pytest.mark.parametrize(
    ("nodes", "n_on_gpus", "n_on_cpus"),
    [
        ([], 0, 0),
        ([node(memory=10**9)], 0, 0),
        ([node(CPU=2), node(CPU=3), node(False, CPU=8)], 0, 5),
        ([node(CPU=8, GPU=1)], 4, 0),
        ([node(CPU=3, GPU=1), node(CPU=2)], 3, 2),
        ([node(CPU=64, GPU=8)], 32, 0),
    ],
)
def test_slots_follow_from_the_living_nodes(nodes, n_on_gpus, n_on_cpus):
    slots = ray_slots(nodes, 0.25)
    assert [slot.gpus for slot in slots] == [0.25] * n_on_gpus + [0] * n_on_cpus
    assert [slot.number for slot in slots] == [*range(len(slots))]


def test_three_thirds_of_a_gpu_are_three_runs():
    assert len(ray_slots([node(CPU=8, GPU=2)], 1 / 3)) == 6


def test_a_lab_without_a_cluster_loads_no_ray(tmp_path):
    code = "import sys; from pages.shared import server; server.runs(); assert 'ray' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env={"CF_LAB_RUNS": str(tmp_path)}, check=True)
