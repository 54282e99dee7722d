"""Factors on disk: whole, exact, and nothing executed on the way back."""

import json
from dataclasses import replace

import numpy as np
import pytest

from cf_core.data.id_map import IdMap
from cf_core.errors import MissingPartError, StoreError
from cf_core.fitted_factors import NEARLY_ZERO, NUMBERS, RECORD, FittedFactors, typical_product


def make_factors(biased: bool = True, ids: str = "int", interested: bool = False) -> FittedFactors:
    draw = np.random.default_rng(0)
    raw = np.array([30, 10, 20]) if ids == "int" else np.array(["b", "007", "ü"], dtype=object)
    return FittedFactors(
        recipe="small",
        users=IdMap(np.array([5, 4]), "user"),
        items=IdMap(raw, "item"),
        user_factors=draw.normal(size=(2, 4)).astype(np.float32),
        item_factors=draw.normal(size=(3, 4)).astype(np.float32),
        user_bias=np.array([0.5, -0.5], np.float32) if biased else None,
        item_bias=np.array([0.1, 0.2, 0.3], np.float32) if biased else None,
        bias_unit="logits",
        n_train_by_user=np.array([2, 1]),
        n_train_by_item=np.array([1, 2, 0]),
        user_interests=draw.normal(size=(2, 4)).astype(np.float32) if interested else None,
    )


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("ids", ["int", "str"])
def test_saved_factors_come_back_equal(tmp_path, biased, ids):
    factors = make_factors(biased, ids)
    factors.save(tmp_path)
    loaded = FittedFactors.load(tmp_path)
    assert loaded.users == factors.users and loaded.items == factors.items
    assert (loaded.recipe, loaded.bias_unit) == ("small", "logits")
    for name in ("user_factors", "item_factors", "n_train_by_user", "n_train_by_item"):
        assert np.array_equal(getattr(loaded, name), getattr(factors, name))
    if biased:
        assert np.array_equal(loaded.item_bias, factors.item_bias)
        assert np.array_equal(loaded.user_bias, factors.user_bias)
    else:
        assert loaded.item_bias is None and loaded.user_bias is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [RECORD, NUMBERS]


def test_interests_are_kept_where_there_are_any(tmp_path):
    """A file from before they were kept is one without them."""
    factors = make_factors(interested=True)
    factors.save(tmp_path)
    assert np.array_equal(FittedFactors.load(tmp_path).need_user_interests(), factors.user_interests)
    make_factors().save(tmp_path)
    loaded = FittedFactors.load(tmp_path)
    assert loaded.user_interests is None
    with pytest.raises(MissingPartError, match="no user interests"):
        loaded.need_user_interests()


def test_a_failed_save_leaves_what_was_there(tmp_path, monkeypatch):
    make_factors().save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr("cf_core.fitted_factors.save_file", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        make_factors(biased=False).save(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", [NUMBERS, RECORD])
@pytest.mark.parametrize("damage", ["missing", "cut", "empty"])
def test_a_damaged_file_is_a_named_error(tmp_path, name, damage):
    make_factors().save(tmp_path)
    path = tmp_path / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: len(path.read_bytes()) // 2] if damage == "cut" else b"")
    with pytest.raises(StoreError, match="train it again"):
        FittedFactors.load(tmp_path)


def test_a_record_without_a_field_is_a_named_error(tmp_path):
    make_factors().save(tmp_path)
    record = json.loads((tmp_path / RECORD).read_text())
    del record["bias_unit"]
    (tmp_path / RECORD).write_text(json.dumps(record))
    with pytest.raises(StoreError, match="bias_unit"):
        FittedFactors.load(tmp_path)


def test_a_model_without_biases_says_so():
    with pytest.raises(MissingPartError, match="no biases"):
        make_factors(biased=False).need_item_bias()


def test_a_typical_product_by_hand() -> None:
    """Two users with p = (3, 3), (-3, -3) and one movie with q = (2, 2): all products are ±12 = √2 · 3 · 2 · √2, and
    √2 · 3 · 2 that of unrelated directions."""
    assert typical_product(6, 2, np.sqrt(8), 1, 2) == pytest.approx(np.sqrt(2) * 3 * 2)


@pytest.mark.parametrize("users_share", [1e-6, 0.5, 1e6])
def test_factors_have_vanished_where_their_typical_product_has(users_share) -> None:
    """Whichever side is how small: a prediction gets the product. Rows without a training rating have no say."""
    factors, root = make_factors(), np.sqrt(NEARLY_ZERO)
    for product, gone in ((0.99, True), (1.01, False)):
        sized = replace(
            factors,
            user_factors=np.full((2, 4), users_share * root, np.float32),
            item_factors=np.array([[product / 2], [product / 2], [9e9]]) * np.ones(4) * root / users_share,
        )
        assert sized.have_vanished is gone


def test_factors_that_tell_who_rates_what_have_not_vanished() -> None:
    gone = replace(make_factors(), user_factors=np.zeros((2, 4), np.float32))
    assert gone.have_vanished
    assert not replace(gone, user_interests=np.ones((2, 4), np.float32)).have_vanished


def test_factors_of_nobody_have_vanished() -> None:
    assert replace(make_factors(), n_train_by_item=np.zeros(3, np.int64)).have_vanished
