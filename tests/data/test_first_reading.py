"""Large data are read by a program of its own, with the same outcome as in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cf_core.data import first_reading as module
from cf_core.data.first_reading import first_reading, read_apart
from cf_core.data.reading import STEPS, read_ratings, share_done
from cf_core.errors import BadValueError, DataFormatError
from tests.data.test_cache import assert_same, comes_from_cache

ROWS = [(user, 10 * movie, (user + movie) % 5 + 1, 100) for user in range(1, 3) for movie in range(1, 341)]
MOVIES = [(10 * movie, f"{'A' * 100_000} ({1980 + movie % 10})", "Drama") for movie in range(1, 341)]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "_done", set())
    monkeypatch.setenv("CF_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def large(small_folder: Callable[..., Path]) -> Path:
    """Few ratings, and titles that make the files as large as those that are cached."""
    return small_folder(ROWS, MOVIES)


def test_it_leaves_the_data_in_the_cache(large: Path, kept: Path) -> None:
    reading = first_reading(large)
    assert reading is not None
    assert first_reading(str(large)) is reading
    assert reading.has_ended()
    assert reading.step == len(STEPS) - 1
    assert first_reading(large) is None
    assert_same(comes_from_cache(large), read_ratings(large))
    assert len(list(kept.glob("*.ratings"))) == 1


def test_the_bar_goes_from_nothing_to_the_whole() -> None:
    shares = [share_done(step / 10) for step in range(10 * len(STEPS) + 1)]
    assert (shares[0], shares[-1]) == (0, pytest.approx(1))
    assert shares == sorted(set(shares))


def test_what_another_process_has_cached_needs_none(large: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_apart(large)
    monkeypatch.setattr(module, "_done", set())
    assert first_reading(large) is None


def test_the_error_is_that_of_reading_here(small_folder: Callable[..., Path], kept: Path) -> None:
    wrong = small_folder([*ROWS, (3, 10, "three", 1)], MOVIES)
    with pytest.raises(BadValueError, match="line 682") as apart:
        read_apart(wrong)
    with pytest.raises(BadValueError) as here:
        read_ratings(wrong)
    assert str(apart.value) == str(here.value)
    assert (apart.value.file, apart.value.line) == (here.value.file, here.value.line)


def test_neither_small_data_nor_what_is_not_there_need_one(
    small_folder: Callable[..., Path], tmp_path: Path, kept: Path
) -> None:
    assert first_reading(small_folder(ROWS)) is None
    assert first_reading(tmp_path / "missing") is None
    assert not kept.exists()


def test_a_program_that_is_killed_is_told_in_words(
    large: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = tmp_path / "killed"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setattr(module.sys, "executable", str(killed))
        with pytest.raises(DataFormatError, match="without memory"):
            read_apart(large)
    read_apart(large)
    comes_from_cache(large)


def test_a_defect_is_not_hidden(large: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="status 1"):
        read_apart(large)


def test_without_a_cache_the_data_are_read_here(large: Path, kept: Path, caplog: Any) -> None:
    kept.write_text("a file is in its place")
    read_apart(large)
    assert first_reading(large) is None
    assert read_ratings(large).n_ratings == len(ROWS)
    assert "cannot be written" in caplog.text
