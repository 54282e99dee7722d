"""The zip of a page: a folder's worth in one file, and no more than a page can make at once."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from cf_core.config import with_settings
from cf_core.exports.importing.source import ZipSource, read
from cf_core.exports.parts import PARTS, parts_of
from cf_core.exports.record import RECORD
from cf_core.exports.zipped import quick_parts, zip_of


def test_the_zip_holds_what_the_folder_would(contents_of, exported) -> None:
    contents, folder = contents_of("best"), exported("best")
    data = zip_of(contents, parts_of(contents.run))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        home = contents.run.run_id
        there = {f"{home}/{path.relative_to(folder)}" for path in folder.rglob("*") if path.is_file()}
        assert {*file.namelist()} == there
        assert file.read(f"{home}/predictions.csv") == (folder / "predictions.csv").read_bytes()
    text, _ = read(ZipSource("zip", io.BytesIO(data)), RECORD, 10**6)
    assert json.loads(text)["run_id"] == home


def test_small_data_have_every_part(contents_of) -> None:
    contents = contents_of("best")
    assert quick_parts(contents.run, contents.ratings) == [*PARTS.values()]


@pytest.mark.parametrize(
    ("n_factors", "n_users", "left_out"),
    [(500, 15, []), (50, 200_000, ["factors", "weights"]), (1, 10_000_000, ["factors", "recommendations", "weights"])],
)
def test_what_takes_long_is_left_to_the_command_line(contents_of, n_factors, n_users, left_out) -> None:
    contents = contents_of("notebook-dot")
    config = with_settings(contents.run.spec.config, {"n_factors": n_factors})
    run = replace(contents.run, spec=replace(contents.run.spec, config=config))

    class Large:
        n_users, n_items, n_ratings = 0, contents.ratings.n_items, contents.ratings.n_ratings

    Large.n_users = n_users
    quick = [part.name for part in quick_parts(run, Large())]
    assert sorted(PARTS.keys() - {*quick}) == left_out
    assert "history" in quick


def test_a_run_without_weights_has_its_history(contents_of) -> None:
    contents = contents_of("best")
    run = replace(contents.run, has_factors=False)
    assert quick_parts(run, contents.ratings) == [PARTS["history"], PARTS["notebook"]]
    assert quick_parts(replace(run, n_epochs_done=0), contents.ratings) == [PARTS["history"]]
