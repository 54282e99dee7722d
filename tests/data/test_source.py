"""Folders and zips by name, and zips that are damaged or hostile."""

import random
import struct
import zipfile
from pathlib import Path

import pytest

from cf_core.data import zip_archive
from cf_core.data.open_source import open_source
from cf_core.data.reading import read_ratings
from cf_core.data.source import stamp
from cf_core.errors import ArchiveError, CFError, MissingFileError
from tests.data.editions import ML_1M, write_folder, write_zip

N = 1_000
FILES = {"b.txt": b"two\nlines\n", "a.txt": b"x" * 100_000}


@pytest.mark.parametrize("kind", ["folder", "zip", "flat zip"])
def test_names_sizes_and_contents(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "data.zip"
    if kind == "folder":
        path = write_folder(tmp_path / "data", FILES)
        (path / "folder").mkdir()
    else:
        write_zip(path, {**FILES, ".DS_Store": b"?"}, "deep/down" if kind == "zip" else "")
    source = open_source(path)
    assert source.names == ("a.txt", "b.txt")
    assert (source.has("a.txt"), source.has("c.txt")) == (True, False)
    assert (source.size("a.txt"), source.read("b.txt")) == (100_000, b"two\nlines\n")
    with source.open("b.txt") as stream:
        assert (stream.readline(), stream.read()) == (b"two\n", b"lines\n")
    assert source.where("a.txt") == path / ("deep/down" if kind == "zip" else "") / "a.txt"
    for use in (source.size, source.read, source.open):
        with pytest.raises(MissingFileError, match=r"c.txt: the file is not there. Put c.txt"):
            use("c.txt")


def test_one_file_alone(tmp_path: Path) -> None:
    path = write_folder(tmp_path / "data", FILES) / "b.txt"
    source = open_source(path)
    assert (source.names, source.has("a.txt"), source.where("b.txt")) == (("b.txt",), False, path)
    assert source.read("b.txt") == FILES["b.txt"]


def test_files_that_macos_packs_along_are_not_there(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"ml/a.txt": b"", "__MACOSX/ml/._a.txt": b"", "ml/.DS_Store": b""})
    assert open_source(path).names == ("a.txt",)


def test_a_zip_that_has_changed_is_looked_at_again(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a": b""})
    before = stamp(path)
    assert open_source(path).names == ("a",)
    write_zip(path, {"b": b"longer"})
    assert open_source(path).names == ("b",)
    assert stamp(path) != before
    assert stamp(tmp_path / "nowhere") == ()


@pytest.mark.parametrize("name", ["../a", "ml/../../a", "/etc/passwd", "ml\\ratings.dat", ".."])
def test_names_that_lead_out(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "a.zip", {"x": b""})
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("x")
        info.filename = name
        archive.writestr(info, b"1")
    with pytest.raises(ArchiveError, match="a name that is no place in a zip"):
        open_source(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a": b"1"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("a", b"2")
    with pytest.raises(ArchiveError, match=r"the file 'a' is in it 2 times. Keep one"):
        open_source(path)


def test_a_bomb(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"ratings.dat": b"0" * 2**23}, "ml")
    assert path.stat().st_size < 2**14
    with pytest.raises(ArchiveError, match=r"ml/ratings.dat: the file would unpack from [0-9,]+ to 8,388,608 bytes"):
        read_ratings(path)


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"ratings.dat": b"0" * 2**23})
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 2**23), struct.pack("<I", 1_000)))
    source = open_source(path)
    assert source.size("ratings.dat") == 1_000
    with pytest.raises(ArchiveError, match="the zip is damaged"):
        source.read("ratings.dat")


def test_what_is_too_large_though_it_packs_badly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_archive, "LARGEST", 100)
    source = open_source(write_zip(tmp_path / "a.zip", {"a": random.Random(0).randbytes(101), "b": b"0" * 100}))
    assert source.read("b") == b"0" * 100
    with pytest.raises(ArchiveError, match="to 101 bytes"):
        source.open("a")


def test_more_files_than_a_data_set_has(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {f"{at:0200}": b"" for at in range(4_500)})
    with pytest.raises(ArchiveError, match="too many files"):
        open_source(path)


def test_an_encrypted_file(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a": b"1"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match=r"the file is encrypted. Unpack it yourself"):
        open_source(path).open("a")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_whose_output_cannot_be_bounded(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr("a", b"1")
    with pytest.raises(ArchiveError, match="not packed by deflate"):
        open_source(tmp_path / "a.zip").open("a")


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all" * 9, b"PK\x05\x06", bytes(70_000)])
def test_what_is_no_zip(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(ArchiveError, match=r"this is not a whole zip. Download or pack it again"):
        open_source(tmp_path / "a.zip")


def test_a_thousand_damaged_zips_are_refused_or_read_right(tmp_path: Path) -> None:
    """Each damaged in one to three places, or cut short; what is not refused has the right ratings."""
    path, chance, n_read = tmp_path / "ml-1m.zip", random.Random(0), 0
    right = write_zip(path, ML_1M, "ml-1m").read_bytes()
    expected = read_ratings(path).fingerprint
    for number in range(N):
        data = bytearray(right)
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.randrange(len(data))] if number % 10 == 0 else data)
        try:
            ratings = read_ratings(path)
        except CFError as error:
            assert str(error).isprintable() and len(str(error)) < 800
        else:
            assert ratings.fingerprint == expected
            n_read += 1
    assert 50 < n_read < N - 50
