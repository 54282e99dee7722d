"""What a worker has read it does not read again, unless a file has changed."""

import os
import shutil

import pytest

from cf_core.errors import MissingFileError
from cf_core.runs.workers.data_cache import N_KEPT, DataCache
from tests.data.editions import ML_1M, write_zip


@pytest.fixture
def copies(tiny_data, tmp_path):
    """One more copy of the tiny data than a cache keeps."""
    return [shutil.copytree(tiny_data, tmp_path / str(number)) for number in range(N_KEPT + 1)]


def test_the_same_files_are_read_once(copies, monkeypatch):
    cache = DataCache()
    first = cache.read(copies[0])
    assert cache.read(str(copies[0])) is first
    monkeypatch.chdir(copies[0].parent)
    assert cache.read(copies[0].name) is first


def test_a_change_of_any_file_is_noticed(copies):
    cache = DataCache()
    for name in ("ratings.csv", "movies.csv"):
        before = cache.read(copies[0])
        stat = (copies[0] / name).stat()
        os.utime(copies[0] / name, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
        assert cache.read(copies[0]) is not before


def test_a_zip_is_read_once_until_it_changes(tmp_path):
    cache, path = DataCache(), write_zip(tmp_path / "ml-1m.zip", ML_1M, "ml-1m")
    first = cache.read(path)
    assert cache.read(str(path)) is first
    write_zip(path, {**ML_1M, "ratings.dat": ML_1M["ratings.dat"] + b"3::661::4::978302109\n"}, "ml-1m")
    assert cache.read(path).n_ratings == first.n_ratings + 1


def test_the_data_used_longest_ago_are_forgotten(copies):
    cache = DataCache()
    first, second = (cache.read(folder) for folder in copies[:2])
    assert cache.read(copies[0]) is first
    cache.read(copies[2])
    assert cache.read(copies[0]) is first
    assert cache.read(copies[1]) is not second


def test_data_that_are_not_there_are_an_error_each_time(tmp_path):
    cache = DataCache()
    for _ in range(2):
        with pytest.raises(MissingFileError):
            cache.read(tmp_path / "nowhere")
