"""An own data set as a zip."""

import io
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cf_core.data.reading import read_ratings
from cf_core.errors import MissingFileError
from cf_core.exports.data_set import zip_of_data_set
from cf_core.runs.data_set import DataSet
from tests.books import write_books


def data_set(folder: Path, name: str = "My books") -> DataSet:
    return DataSet("0123456789ab", name, str(folder), datetime.now(UTC), 1, 1)


def test_unpacked_it_is_the_same_data_set(tmp_path) -> None:
    write_books(tmp_path / "books")
    zipped = zip_of_data_set(data_set(tmp_path / "books"))
    zipfile.ZipFile(io.BytesIO(zipped)).extractall(tmp_path / "out")
    before, after = read_ratings(tmp_path / "books"), read_ratings(tmp_path / "out" / "My books")
    assert after.fingerprint == before.fingerprint and after.words == before.words


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("My books", "My books"),
        ("../../etc", "etc"),
        ("a/b\\c:d", "a_b_c_d"),
        ("...", "0123456789ab"),
        ("Bücher", "Bücher"),
    ],
)
def test_its_folder_has_a_name_that_a_folder_can_have(tmp_path, name, folder) -> None:
    write_books(tmp_path / "books")
    names = zipfile.ZipFile(io.BytesIO(zip_of_data_set(data_set(tmp_path / "books", name)))).namelist()
    assert {name.split("/")[0] for name in names} == {folder}


def test_one_that_is_gone_is_said(tmp_path) -> None:
    write_books(tmp_path / "books")
    shutil.rmtree(tmp_path / "books")
    with pytest.raises(MissingFileError, match="restore"):
        zip_of_data_set(data_set(tmp_path / "books"))
