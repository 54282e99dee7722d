"""What unpacks to more than somebody allows is refused, whatever it is packed in, and before it fills the memory."""

import gzip
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cf_core.data.tables.complaints import complaints
from cf_core.data.tables.importing import import_data_set
from cf_core.data.tables.options import ImportOptions
from cf_core.data.tables.understand import understand
from cf_core.errors import DataFormatError
from tests.data.editions import ML_1M, ML_25M, write_folder, write_zip

MB = 2**20
ROWS = b"user,item,rating\na,x,1\nb,y,2\n"
SAYS = r"unpacked, it has more than the 1 MB that may be read\. Take a part"


def text(folder: Path) -> Path:
    (folder / "t.csv").write_bytes(ROWS + b"\n" * (MB + 1))
    return folder / "t.csv"


def packed(folder: Path) -> Path:
    (folder / "t.gz").write_bytes(gzip.compress(ROWS + b"\n" * (3 * MB)))
    return folder / "t.gz"


def edition(folder: Path) -> Path:
    return write_folder(folder / "ml", {**ML_25M, "movies.csv": ML_25M["movies.csv"] + b"\n" * MB})


def zipped(folder: Path) -> Path:
    return write_zip(folder / "ml.zip", {**ML_1M, "movies.dat": ML_1M["movies.dat"] + b"\n" * (2 * MB)}, "ml-1m")


def parquet(folder: Path) -> Path:
    n = 200_000
    pq.write_table(pa.table({"user": list(range(n)), "item": list(range(n)), "rating": [1.0, 2.0] * (n // 2)}),
                   folder / "t.parquet")  # fmt: skip
    return folder / "t.parquet"


def long_texts(folder: Path) -> Path:
    """A few kilobytes that would be half a gigabyte of text."""
    n, long = 100_000, pa.array(["x" * 5_000, "y" * 5_000])
    users = pa.DictionaryArray.from_arrays(pa.array([0, 1] * (n // 2), pa.int32()), long)
    pq.write_table(pa.table({"user": users, "item": [1, 2] * (n // 2), "rating": [1.0, 2.0] * (n // 2)}),
                   folder / "t.parquet")  # fmt: skip
    return folder / "t.parquet"


def zipped_table(folder: Path) -> Path:
    return write_zip(folder / "t.zip", {"t.csv": ROWS + b"\n" * (2 * MB)})


def zipped_parquet(folder: Path) -> Path:
    return write_zip(folder / "t.zip", {"t.parquet": parquet(folder).read_bytes()})


@pytest.mark.parametrize("source", [text, packed, edition, zipped, parquet, long_texts, zipped_table, zipped_parquet])
def test_more_than_is_allowed_is_refused_everywhere(tmp_path, source):
    file = source(tmp_path)
    options = ImportOptions(most_bytes=MB)
    tracemalloc.start()
    with pytest.raises(DataFormatError, match=SAYS):
        import_data_set(file, tmp_path / "new", options)
    with pytest.raises(DataFormatError, match=SAYS):
        complaints(file, options)
    assert tracemalloc.get_traced_memory()[1] < 32 * MB
    tracemalloc.stop()
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("source", [edition, zipped])
def test_an_edition_is_not_read_to_be_understood_either(tmp_path, source):
    with pytest.raises(DataFormatError, match=SAYS):
        understand(source(tmp_path), most_bytes=MB)


def test_the_first_rows_of_parquet_are_bounded_too(tmp_path):
    file = long_texts(tmp_path)
    assert understand(file).columns == ("user", "item", "rating")
    with pytest.raises(DataFormatError, match=SAYS):
        understand(file, most_bytes=200 * 5_000)


def test_titles_may_be_as_large_as_the_ratings_and_no_larger(tmp_path):
    (tmp_path / "t.csv").write_bytes(ROWS)
    (tmp_path / "titles.csv").write_bytes(b"item,title\nx,A\ny,B\n" + b"\n" * MB)
    with pytest.raises(DataFormatError, match=r"titles.csv: unpacked.*1 MB"):
        import_data_set(
            tmp_path / "t.csv", tmp_path / "new", ImportOptions(titles=tmp_path / "titles.csv", most_bytes=MB)
        )


def test_what_is_as_large_as_is_allowed_is_read(tmp_path):
    (tmp_path / "t.csv").write_bytes(ROWS)
    assert import_data_set(tmp_path / "t.csv", tmp_path / "new", ImportOptions(most_bytes=len(ROWS))).n_ratings == 2
    folder = write_folder(tmp_path / "ml", ML_25M)
    most = len(ML_25M["ratings.csv"]) + len(ML_25M["movies.csv"])
    assert import_data_set(folder, tmp_path / "ml new", ImportOptions(most_bytes=most)).n_ratings == 3
    with pytest.raises(DataFormatError, match="unpacked"):
        import_data_set(folder, tmp_path / "no", ImportOptions(most_bytes=most - 1))
