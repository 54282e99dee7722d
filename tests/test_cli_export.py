"""The commands `export` and `import-run`: what they say to machines, and how they refuse."""

import json
from pathlib import Path

import pytest

from cf_core.__main__ import main
from cf_core.runs.store.run_store import RunStore
from tests.exports.conftest import train_on
from tests.tiny import write_tiny_data


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a data set that the lab offers, and a finished run on it in `runs`."""
    write_tiny_data(tmp_path / "tiny", n_items=40)
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path))
    train_on(RunStore(tmp_path / "runs"), tmp_path / "tiny", "fast")
    return tmp_path


def test_a_run_goes_out_and_in_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    only = ["--only", "weights,history"]
    assert main(["export", "latest", "--to", str(home / "out"), *only, "--runs", str(home / "runs"), "--json"]) == 0
    *progress, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert [(line["event"], line["part"], line["done"]) for line in progress] == [
        ("progress", "weights", 1),
        ("progress", "history", 1),
    ]
    assert (last["event"], last["folder"]) == ("exported", str(home / "out"))
    assert sorted([*last["files"], "run.json"]) == sorted(path.name for path in (home / "out").iterdir())
    assert main(["import-run", str(home / "out"), "--runs", str(home / "new"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (run,) = RunStore(home / "new").runs()
    assert told == {"event": "imported", "run_id": run.run_id, "data": str(home / "tiny")}
    assert (run.owner, run.rmse) == ("", RunStore(home / "runs").runs()[0].rmse)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["export", "latest", "--to", "out", "--only", "pickle"], "no part 'pickle'"),
        (["export", "latest", "--to", "tiny"], "there is something already"),
        (["export", "latest"], "--to"),
        (["import-run", "tiny"], "run.json cannot be read"),
        (["import-run", "nowhere"], "no folder and no zip"),
    ],
)
def test_bad_input_is_one_line_and_status_2(home: Path, capsys, monkeypatch, arguments, says) -> None:
    monkeypatch.chdir(home)
    assert main([*arguments, "--runs", "runs"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert says in said.err
    assert not (home / "out").exists()
    assert len(RunStore(home / "runs").runs()) == 1
