"""The tables of an export: factors read back to the last bit, lists as the lab ranks, files as the Projector wants."""

import csv
import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from cf_core.evaluation.metrics import top_items
from cf_core.evaluation.protocol import Candidates
from cf_core.evaluation.run_scores import scores_of_run
from cf_core.exports import recommendations
from cf_core.exports.folder import export_run
from cf_core.exports.parts import PARTS
from cf_core.insight.fitted_ratings import fitted_ratings
from cf_core.insight.net_ratings import net_ratings
from tests.exports.conftest import AWKWARD_IDS, RECIPES
from tests.exports.test_folder import read_all


@pytest.mark.parametrize("side", ["user", "item"])
@pytest.mark.parametrize("recipe", RECIPES)
def test_factors_come_back_exactly(exported, contents_of, monkeypatch, recipe, side) -> None:
    factors, found = contents_of(recipe).factors, read_all(exported(recipe), monkeypatch)
    from_csv = pd.read_csv(
        f"{side}_factors.csv", dtype={f"{side}_id": str, "title": str, "genres": str}, keep_default_na=False
    )
    from_parquet = found[f"{side}_factors"]  # its line is the later one
    ids = getattr(factors, f"{side}s").ids.tolist()
    assert [text.removeprefix("'") for text in from_csv[f"{side}_id"]] == ids == from_parquet[f"{side}_id"].tolist()
    wanted = getattr(factors, f"{side}_factors")
    for table in (from_csv, from_parquet):
        matrix = table[[f"factor_{number}" for number in range(1, 5)]].to_numpy().astype(np.float32)
        assert np.array_equal(matrix, wanted)
        assert table["n_train"].tolist() == getattr(factors, f"n_train_by_{side}").tolist()
        if factors.item_bias is not None:
            assert np.array_equal(table["bias"].astype(np.float32), getattr(factors, f"{side}_bias"))
        else:
            assert "bias" not in table
    if side == "item":
        titles = contents_of(recipe).ratings.item_table["title"].tolist()
        assert from_parquet["title"].tolist() == titles
        assert [text.removeprefix("'") for text in from_csv["title"]] == titles


def test_interests_are_a_users(exported, contents_of, monkeypatch) -> None:
    table = read_all(exported("rank"), monkeypatch)["user_factors"]
    interests = table[[f"interest_{number}" for number in range(1, 5)]].to_numpy()
    assert np.array_equal(interests, contents_of("rank").factors.user_interests)


@pytest.mark.parametrize(
    "name", ["user_factors.csv", "item_factors.csv", "predictions.csv", "recommendations.csv", "epochs.csv"]
)
def test_no_text_of_a_csv_file_is_a_formula(exported, name) -> None:
    with (exported("best") / name).open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    signs = [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert all(_is_number(cell) for cell in signs)
    assert cells


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("recipe", RECIPES)
def test_recommendations_are_what_the_lab_ranks(contents_of, exported, monkeypatch, recipe) -> None:
    contents = contents_of(recipe)
    table = read_all(exported(recipe), monkeypatch)["recommendations"]
    candidates = Candidates.of(contents.split)
    scores = scores_of_run(contents.factors, contents.run.spec.config.model, contents.layers)
    top = top_items(candidates, scores, np.arange(len(AWKWARD_IDS)))
    items = contents.ratings.items.ids
    for user, (user_id, best) in enumerate(zip(contents.ratings.users.ids, top, strict=True)):
        own = table[table["user_id"].str.removeprefix("'") == user_id]
        assert own["item_id"].str.removeprefix("'").tolist() == items[best[best >= 0]].tolist(), user
        assert own["rank"].tolist() == list(range(1, len(own) + 1))
        if recipe != "rank":
            assert own["predicted"].is_monotonic_decreasing


def test_the_blocks_of_users_do_not_show(contents_of, monkeypatch) -> None:
    contents, told = contents_of("best"), []
    whole = pd.concat(recommendations.blocks(contents, lambda *_: None), ignore_index=True)
    monkeypatch.setattr("cf_core.evaluation.protocol.CELLS_AT_ONCE", 50)
    parts = [*recommendations.blocks(contents, lambda done, total: told.append((done, total)))]
    assert len(parts) == 8
    assert told[0] == (2, 15)
    assert told[-1] == (15, 15)
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)


@pytest.mark.parametrize("recipe", RECIPES)
def test_predictions_are_those_of_the_lab(contents_of, exported, monkeypatch, recipe) -> None:
    contents = contents_of(recipe)
    table = read_all(exported(recipe), monkeypatch)["predictions"]
    model, split = contents.run.spec.config.model, contents.split
    if recipe == "notebook-net":
        predicted = net_ratings(contents.layers, model, split, split.valid_rows)
    else:
        predicted = fitted_ratings(contents.factors, model, split).predicted_at(split.valid_rows)
    assert np.allclose(table["predicted"], predicted, atol=2e-6)
    assert table["rating"].tolist() == contents.ratings.rating[split.valid_rows].tolist()


def test_the_projector_gets_a_line_of_each_per_trained_item(contents_of, exported) -> None:
    folder, factors = exported("best") / "projector", contents_of("best").factors
    vectors = (folder / "vectors.tsv").read_text(encoding="utf-8").split("\n")
    header, *metadata = (folder / "metadata.tsv").read_text(encoding="utf-8").split("\n")
    assert vectors.pop() == metadata.pop() == ""
    n = np.count_nonzero(factors.n_train_by_item)
    assert (len(vectors), len(metadata)) == (n, n)
    assert header.split("\t") == ["title", "item_id", "genres", "year", "n_train"]
    assert {line.count("\t") for line in vectors} == {3}
    assert {line.count("\t") for line in metadata} == {4}
    assert "\r" not in "".join(metadata)
    trained = factors.item_factors[factors.n_train_by_item > 0]
    assert np.array_equal([[np.float32(number) for number in line.split("\t")] for line in vectors], trained)
    embedding = json.loads((folder / "projector_config.json").read_text(encoding="utf-8"))["embeddings"][0]
    assert embedding["tensorShape"] == [n, 4]
    assert (folder / embedding["tensorPath"]).exists()
    assert (folder / embedding["metadataPath"]).exists()


def test_factors_that_are_all_nearly_zero_are_called_so(tmp_path, contents_of) -> None:
    contents = contents_of("best")
    export_run(contents, [PARTS["projector"]], tmp_path / "alive")
    nothing = dataclasses.replace(contents.factors, item_factors=1e-12 * contents.factors.item_factors)
    export_run(dataclasses.replace(contents, factors=nothing), [PARTS["projector"]], tmp_path / "nothing")
    said = ["nearly zero" in (tmp_path / name / "README.md").read_text() for name in ("alive", "nothing")]
    assert said == [False, True]
