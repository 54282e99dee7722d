"""A cached data set equals the one that was read, and nothing that happens to the cache changes what is read."""

import errno
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.lib import format as npy

from cf_core.data import cache, file_notes, reading
from cf_core.data.array_file import note_of
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.errors import BadValueError, MissingFileError
from tests.data.test_file_notes import edit_unseen
from tests.data.test_ratings import tables

ROWS = ((1, 10, 3.5, 100), (1, 20, 4.0, 101), (2, 10, 2.0, 102))
fixed = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a cache that takes data of any size."""
    monkeypatch.setattr(cache, "CACHED_FROM", 0)
    monkeypatch.setenv("CF_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were written just now count as old enough for notes."""
    monkeypatch.setattr(file_notes, "SETTLED_SECONDS", -1.0)


@pytest.fixture
def data(small_folder: Callable[..., Path]) -> Path:
    return small_folder(ROWS)


def comes_from_cache(folder: Path) -> Ratings:
    """The data set, with the way through its own files barred."""

    def barred(*_: object) -> Ratings:
        raise AssertionError("read from its own files")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_build", barred)
        return read_ratings(folder)


def assert_same(one: Ratings, other: Ratings) -> None:
    for name in ("user_idx", "item_idx", "rating", "timestamp"):
        first, second = getattr(one, name), getattr(other, name)
        assert (first is None) == (second is None)
        if first is not None:
            np.testing.assert_array_equal(first, second, strict=True)
    assert (one.users, one.items) == (other.users, other.items)
    assert (one.name, one.fingerprint) == (other.name, other.fingerprint)
    pd.testing.assert_frame_equal(one.item_table, other.item_table)


def the_file(folder: Path) -> Path:
    """The only data set there, whether or not there are notes by now: files of two seconds ago have one."""
    (file,) = folder.glob("*.ratings")
    return file


@fixed
@given(tables(), st.booleans())
def test_what_was_kept_comes_back(
    kept: Path, small_folder: Callable[..., Path], written: tuple[list[Any], list[Any]], timed: bool
) -> None:
    rows, movies = written
    folder = small_folder(rows if timed else [row[:3] for row in rows], movies)
    assert_same(read_ratings(folder), comes_from_cache(folder))


def test_times_beyond_32_bits_come_back(kept: Path, small_folder: Callable[..., Path]) -> None:
    folder = small_folder([(1, 10, 3, -(2**33)), (2, 20, 4, 2**33)])
    read_ratings(folder)
    timestamp = comes_from_cache(folder).timestamp
    assert timestamp is not None
    assert timestamp.tolist() == [-(2**33), 2**33]


def test_small_data_are_not_kept(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CF_LAB_CACHE", str(tmp_path / "cache"))
    read_ratings(data)
    assert not (tmp_path / "cache").exists()


def test_nothing_is_written_beside_the_data(kept: Path, data: Path) -> None:
    before = sorted(data.iterdir())
    read_ratings(data)
    assert sorted(data.iterdir()) == before
    assert the_file(kept)


@pytest.mark.parametrize("name", ["ratings.csv", "movies.csv"])
def test_an_edited_file_is_read_even_if_size_and_time_are_the_same(kept: Path, data: Path, name: str) -> None:
    before, file = read_ratings(data), data / name
    stat, text = file.stat(), file.read_bytes()
    file.write_bytes(text.replace(b"3.5", b"1.5").replace(b"(1994)", b"(1995)"))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file.stat().st_size == stat.st_size
    after = read_ratings(data)
    if name == "ratings.csv":
        assert after.rating.tolist() == [1.5, 4.0, 2.0]
    else:
        assert after.item_table["year"].tolist() == [1995, 1995]
    file.write_bytes(text)
    assert_same(comes_from_cache(data), before)


def test_a_copy_elsewhere_is_the_same_data_under_its_own_name(kept: Path, data: Path, tmp_path: Path) -> None:
    read_ratings(data)
    copy = shutil.copytree(data, tmp_path / "copy")
    assert comes_from_cache(copy).name == "copy"


@fixed
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.booleans())
def test_a_damaged_file_is_noticed_and_replaced(
    kept: Path, data: Path, caplog: pytest.LogCaptureFixture, where: float, change: int, cut: bool
) -> None:
    first = read_ratings(data)
    whole, name = the_file(kept).read_bytes(), the_file(kept).name
    at = int(where * len(whole))
    damaged = whole[:at] if cut or not change else whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :]
    the_file(kept).unlink()  # those who have it mapped keep it
    (kept / name).write_bytes(damaged)
    caplog.clear()
    assert_same(read_ratings(data), first)
    assert f"{the_file(kept)}: is damaged" in caplog.text
    assert the_file(kept).read_bytes() == whole
    assert_same(comes_from_cache(data), first)


def test_a_folder_that_cannot_be_written(
    kept: Path, data: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.write_text("a file is in its place")
    assert read_ratings(data).n_ratings == 3
    assert "cannot be written" in caplog.text
    assert "CF_LAB_CACHE" in caplog.text


def test_a_full_disk_leaves_nothing_behind(
    kept: Path, data: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(npy, "write_array_header_1_0", full)
        assert read_ratings(data).n_ratings == 3
    assert "No space left" in caplog.text
    assert {file.suffix for file in kept.iterdir()} <= {".note"}


def test_a_file_that_cannot_be_opened(kept: Path, data: Path, caplog: pytest.LogCaptureFixture) -> None:
    read_ratings(data)
    file = the_file(kept)
    file.unlink()
    file.mkdir()
    assert read_ratings(data).n_ratings == 3
    assert "cannot be read" in caplog.text


def test_a_user_without_a_home(data: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(cache, "CACHED_FROM", 0)
    monkeypatch.setattr(Path, "home", homeless)
    for name in ("CF_LAB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert read_ratings(data).n_ratings == 3
    assert "home directory" in caplog.text


def test_it_lies_in_the_users_cache_by_default(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "CACHED_FROM", 0)
    monkeypatch.delenv("CF_LAB_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    read_ratings(data)
    assert the_file(tmp_path / "home" / ".cache" / "cf-lab")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    read_ratings(data)
    assert the_file(tmp_path / "xdg" / "cf-lab")


def test_another_version_is_not_read(kept: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_ratings(data)
    monkeypatch.setattr(cache, "VERSION", cache.VERSION + 1)
    with pytest.raises(AssertionError, match="its own files"):
        comes_from_cache(data)


def test_those_used_longest_ago_go_and_what_was_never_finished(
    kept: Path, small_folder: Callable[..., Path], settled: None
) -> None:
    folders = [small_folder([*ROWS, (3, 10, number, 5)]) for number in range(cache.MAX_DATA_SETS + 1)]
    for number, folder in enumerate(folders[:-1]):
        read_ratings(folder)
        file = kept / cache._kind().name(comes_from_cache(folder).require_fingerprint())
        for one in (file, note_of(file)):
            os.utime(one, ns=(0, number))
    comes_from_cache(folders[0])
    names = "cf-lab-old.part", "cf-lab-new.part", "notes.txt", "film.part", "theirs.ratings"
    for name in names:
        (kept / name).touch()
    for name in (names[0], *names[2:]):
        os.utime(kept / name, (0, 0))
    read_ratings(folders[-1])
    for folder in (folders[0], *folders[2:]):
        comes_from_cache(folder)
    with pytest.raises(AssertionError, match="its own files"):
        comes_from_cache(folders[1])
    assert [name for name in names if not (kept / name).exists()] == ["cf-lab-old.part"]  # no file of others


def test_data_with_an_error_are_not_kept(kept: Path, small_folder: Callable[..., Path]) -> None:
    folder = small_folder([*ROWS, (3, 10, "three", 1)])
    for _ in range(2):
        with pytest.raises(BadValueError, match="line 5"):
            read_ratings(folder)
    assert not list(kept.glob("*.ratings"))
    (folder / "movies.csv").unlink()
    with pytest.raises(MissingFileError, match="Put movies"):
        read_ratings(folder)


def test_two_that_read_the_same_at_once(kept: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build, others = reading._build, []

    def build_slowly(*given: Any) -> Ratings:
        if not others:
            others.append(None)
            others.append(read_ratings(data))  # starts later, is done first
        return build(*given)

    monkeypatch.setattr(reading, "_build", build_slowly)
    assert_same(read_ratings(data), others[1])
    assert_same(comes_from_cache(data), others[1])


def test_many_that_read_and_let_go_at_once(
    kept: Path, small_folder: Callable[..., Path], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MAX_DATA_SETS", 2)
    folders = [small_folder([*ROWS, (3, 10, number, 5)]) for number in range(4)]
    alone = [read_ratings(folder) for folder in folders]
    with ThreadPoolExecutor(8) as threads:
        for one, again in zip(alone * 10, threads.map(read_ratings, folders * 10), strict=True):
            assert_same(one, again)
    assert not caplog.records
    assert len(list(kept.glob("*.ratings"))) == 2


@pytest.mark.parametrize("name", ["ratings.csv", "movies.csv"])
def test_files_are_hashed_once_until_one_is_edited(
    kept: Path, data: Path, settled: None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed, digest = [], cache.file_digest
    monkeypatch.setattr(cache, "file_digest", lambda *given: (hashed.append(None), digest(*given)))
    first = read_ratings(data)
    hashed.clear()
    assert_same(comes_from_cache(data), first)
    assert not hashed
    edit_unseen(data / name, (data / name).read_bytes().replace(b"3.5", b"1.5").replace(b"(1994)", b"(1995)"))
    assert read_ratings(data).fingerprint != first.fingerprint
    assert hashed


def test_only_the_places_hashed_last_are_known(
    kept: Path, settled: None, small_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MAX_PLACES", 2)
    for _ in range(4):
        read_ratings(small_folder(ROWS))
    assert len(list(kept.glob("*.place.note"))) == 2


def test_nobody_can_write_into_what_was_cached(kept: Path, data: Path) -> None:
    for ratings in (read_ratings(data), read_ratings(data)):
        for array in (ratings.user_idx, ratings.item_idx, ratings.rating, ratings.timestamp):
            assert array is not None
            assert not array.flags.writeable
