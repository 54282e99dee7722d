"""The command `compare`."""

import json

import pytest

from cf_core.__main__ import main
from cf_core.config import with_settings
from cf_core.data.split import SplitConfig
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.training.recipes import RECIPES
from tests.tiny import write_tiny_data


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> RunStore:
    """Three runs on the same data, a and b different in factors, and one on other data."""
    home = tmp_path_factory.mktemp("compare")
    store = RunStore(home / "runs")
    for name, n_factors in (("one", 2), ("one", 8), ("one", 2), ("two", 2)):
        folder = home / name
        if not folder.exists():
            write_tiny_data(folder, 40)
        config = with_settings(RECIPES["fast"].config, {"n_factors": n_factors, "n_epochs": 2, "batch_size": 64})
        for _ in execute(store, store.create(RunSpec(str(folder), SplitConfig(), config, "cpu")).run_id):
            pass
    return store


def ids(store: RunStore) -> list[str]:
    """The oldest first."""
    return [run.run_id for run in store.runs()][::-1]


def test_a_line_for_each_run_with_the_settings_that_differ(store, capsys) -> None:
    a, b, *_ = ids(store)
    assert main(["compare", a, b, a, "--runs", str(store.folder), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["run_id"]: line["settings"] for line in lines} == {a: {"factors": 2}, b: {"factors": 8}}
    by_id = {run.run_id: run for run in store.runs()}
    for line in lines:
        run, epoch = by_id[line["run_id"]], store.history(line["run_id"]).epochs[-1]
        assert line["rmse"] == pytest.approx(run.rmse) and line["seconds"] == pytest.approx(run.seconds)
        assert line["gap"] == pytest.approx(run.rmse - epoch.train_loss**0.5)
    assert lines[0]["rmse"] <= lines[1]["rmse"]


def test_for_people_it_is_a_table(store, capsys) -> None:
    a, b, *_ = ids(store)
    assert main(["compare", a, b, "--runs", str(store.folder)]) == 0
    said = capsys.readouterr().out
    assert a in said and b in said and "factors" in said and "RMSE" in said


@pytest.mark.parametrize(
    ("chosen", "says"), [((0, 3), "different data"), ((0,), "Fewer than two"), ((0, "nobody"), "nobody")]
)
def test_what_cannot_be_compared_is_said(store, capsys, chosen, says) -> None:
    names = [one if isinstance(one, str) else ids(store)[one] for one in chosen]
    assert main(["compare", *names, "--runs", str(store.folder)]) == 2
    assert says in capsys.readouterr().err
