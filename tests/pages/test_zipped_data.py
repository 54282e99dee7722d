"""Pages on a data set that comes as the zip of an edition of MovieLens."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cf_core.runs.spec import Run


@pytest.fixture
def zipped(tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app offers one data set, which is a zip."""
    (folder,) = tiny_data.iterdir()
    (tmp_path / "data").mkdir()
    shutil.make_archive(str(tmp_path / "data" / "ml-tiny"), "zip", folder.parent, folder.name)
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "data"))


@pytest.mark.usefixtures("zipped")
def test_a_run_on_a_zip_is_trained_shown_and_explained(visitor, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=1)
    session = visitor()
    for page in ("data", "best_and_worst", "movie_map", "train"):
        session.open(page)
        assert not session.at.exception and not session.at.error, page
    session.at.segmented_control(key="train_view").set_value("Code").run()
    assert not session.at.exception
    assert "python -m cf_core import ml-tiny.zip --name NAME" in session.says("caption")
