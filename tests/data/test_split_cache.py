"""The split of large data comes from the cache as it was computed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cf_core.data import chunks
from cf_core.data import split as splitting
from cf_core.data.ratings import Ratings
from cf_core.data.split import Split, SplitConfig, split_ratings

CONFIGS = [
    SplitConfig(),
    SplitConfig(0.3, seed=7),
    SplitConfig(kind="time"),
    SplitConfig(kind="last-k", k=2),
    SplitConfig(kind="last-k", k=2, inner=True),
    SplitConfig(inner=True),
]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a cache that takes splits of any size."""
    monkeypatch.setattr(splitting, "CACHED_FROM", 0)
    monkeypatch.setenv("CF_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def comes_from_cache(ratings: Ratings, config: SplitConfig) -> Split:
    def barred(*_: Any) -> Split:
        raise AssertionError("computed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "_parts", barred)
        return split_ratings(ratings, config)


def assert_same(one: Split, other: Split) -> None:
    np.testing.assert_array_equal(one.train_rows, other.train_rows, strict=True)
    np.testing.assert_array_equal(one.valid_rows, other.valid_rows, strict=True)
    assert (one.config, one.ratings) == (other.config, other.ratings)
    assert one.train_mean == other.train_mean
    assert (one.n_unseen_items, one.n_unseen_rows) == (other.n_unseen_items, other.n_unseen_rows)


@pytest.mark.parametrize("chunk", [999, 2**21])
def test_each_comes_back_as_its_own(ratings: Ratings, kept: Path, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", chunk)
    computed = [splitting._parts(ratings, config).split() for config in CONFIGS]
    for config, expected in zip(CONFIGS, computed, strict=True):
        assert_same(split_ratings(ratings, config), expected)
    for config, expected in zip(CONFIGS, computed, strict=True):
        again = comes_from_cache(ratings, config)
        assert_same(again, expected)
        assert not again.train_rows.flags.writeable
        assert not again.valid_rows.flags.writeable


def test_other_data_have_another_split(ratings: Ratings, kept: Path) -> None:
    split_ratings(ratings)
    other = replace(ratings, fingerprint="0" * 64)
    with pytest.raises(AssertionError, match="computed"):
        comes_from_cache(other, SplitConfig())


def test_neither_small_data_nor_parts_are_kept(ratings: Ratings, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split_ratings(replace(ratings, fingerprint=None))
    monkeypatch.setattr(splitting, "CACHED_FROM", ratings.n_ratings + 1)
    split_ratings(ratings)
    assert not kept.exists()


def test_a_damaged_one_is_computed_again(ratings: Ratings, kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    expected = split_ratings(ratings)
    (file,) = kept.glob("*.split")
    whole = file.read_bytes()
    file.unlink()
    file.write_bytes(whole[:-1000] + bytes(1000))
    assert_same(split_ratings(ratings), expected)
    assert "is damaged" in caplog.text
    assert file.read_bytes() == whole


def test_where_the_cache_cannot_be_written_it_is_computed(
    ratings: Ratings, kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept.write_text("a file is in its place")
    assert_same(split_ratings(ratings), splitting._parts(ratings, SplitConfig()).split())
    assert "cannot be written" in caplog.text


def test_only_those_used_last_are_kept(ratings: Ratings, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "_KIND", splitting._KIND._replace(n_kept=2))
    for seed in range(4):
        split_ratings(ratings, SplitConfig(seed=seed))
    assert len(list(kept.glob("*.split"))) == 2
    comes_from_cache(ratings, SplitConfig(seed=3))
