"""What a server does once, before its first visitor."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cf_core.environment import PROJECT
from cf_core.errors import MissingFileError
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.pool import WorkerPool
from pages.shared import server
from tests.data.editions import EDITIONS, write_folder, write_zip
from tests.object_store import BUCKET, TestStore
from tests.tiny import write_tiny_data


@pytest.mark.parametrize(("soft", "hard", "after"), [(256, 4_096, 4_096), (256, 512, 512), (4_096, 4_096, 4_096)])
def test_the_limit_of_open_files_is_raised_as_far_as_allowed(soft: int, hard: int, after: int) -> None:
    code = f"""
import resource
from pages.shared.server import _allow_many_files
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
_allow_many_files()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert said.stdout.split() == [str(after), str(hard)]


def test_what_streamlit_is_told() -> None:
    """Nobody can upload, no full collection follows every script run, and an error shows a visitor its type alone."""
    told = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert told["server"]["maxUploadSize"] == 50
    assert told["runner"]["postScriptGC"] is False
    assert told["client"]["showErrorDetails"] == "type"


def test_folders_and_zips_are_offered_by_the_names_in_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, files in EDITIONS.items():
        write_folder(tmp_path / name, files)
        write_zip(tmp_path / f"{name}.zip", files, name)
    write_folder(tmp_path / "notes", {"notes.txt": b""})
    write_zip(tmp_path / "notes.zip", {"notes.txt": b""})
    (tmp_path / "half.zip").write_bytes(b"PK")
    (tmp_path / "ratings.csv").write_bytes(b"")
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path))
    offered = sorted([*EDITIONS, *(f"{name}.zip" for name in EDITIONS)])
    assert server.data_folders() == {name: str(tmp_path / name) for name in offered}


def test_a_relative_folder_is_named_as_runs_name_their_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_tiny_data(tmp_path / "small", n_items=5)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CF_LAB_DATA", ".")
    assert server.data_folders() == {"small": str(folder)}


@pytest.mark.parametrize("name", ["empty", "nowhere"])
def test_no_data_set_at_all(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / name))
    with pytest.raises(MissingFileError, match=r"no data set. Put a folder with ratings.csv and movies.csv there"):
        server.data_folders()


def test_files_that_are_out_of_reach_are_logged(
    tmp_path: Path, object_store: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(server, "log_event", lambda what, level, reason: logged.append(f"{what}: {reason}"))
    for name in (BUCKET, "there-is-none"):
        runs = WorkerPool(StoreAddress(str(tmp_path / name), f"s3://{name}/files"), n_workers=0)
        server._log_whether_files_are_away(runs)
        runs.close()
    (said,) = logged
    assert said.startswith("files out of reach: s3://there-is-none/files: there is no such bucket")


def test_the_first_page_does_without_scikit_learn() -> None:
    """Which takes most of a second to import; it comes once that page is there."""
    code = """
import importlib, sys
from pages.shared import app_frame, server
for name in server.FIRST:
    importlib.import_module(name)
print([name for name in ("sklearn", "scipy", "torch") if name in sys.modules])
for name in server.LATER:
    importlib.import_module(name)
print("sklearn.decomposition" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert said.stdout.split("\n")[:2] == ["[]", "True"], said.stderr


def test_visitors_are_told_that_the_cluster_is_away(visitor, no_workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "has_cluster", lambda: True)
    monkeypatch.setattr(WorkerPool, "notice", "The cluster is away.")
    session = visitor()
    session.open("start")
    assert session.says("warning") == "The cluster is away."
    monkeypatch.setattr(WorkerPool, "notice", "")
    session.at.run()
    assert session.says("warning") == ""
