"""A zip with one table is as good as the table; one with several is refused by their names."""

import gzip
import io
import random

import pandas as pd
import pytest

from cf_core.data.reading import read_ratings
from cf_core.data.tables.complaints import complaints
from cf_core.data.tables.importing import import_data_set
from cf_core.data.tables.options import ImportOptions
from cf_core.data.tables.understand import understand
from cf_core.errors import ArchiveError, BadValueError, CFError, MissingFileError
from tests.data.editions import EDITIONS, ML_1M, write_zip

TABLE = b"user,book,rating\na,x,1\na,y,2\nb,x,3.5\n"
HIDDEN = {"__MACOSX/books/._t.csv": b"\x00junk", "books/.DS_Store": b"\x00"}


def parquet() -> bytes:
    stream = io.BytesIO()
    pd.read_csv(io.BytesIO(TABLE)).to_parquet(stream)
    return stream.getvalue()


@pytest.mark.parametrize("folder", ["", "books/"])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.csv", TABLE),
        ("t.TSV", TABLE.replace(b",", b"\t")),
        ("ratings.csv", TABLE),
        ("t.csv.gz", gzip.compress(TABLE)),
        ("t.parquet", parquet()),
        ("t.txt", TABLE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_table_in_a_zip(tmp_path, name, data, folder):
    source = write_zip(tmp_path / "books.zip", {**HIDDEN, folder + name: data})
    understood = understand(source)
    assert (understood.kind, understood.columns) == ("table", ("user", "book", "rating"))
    assert understood.why[0] == f"The table in the zip is {name}."
    assert complaints(source) == []
    import_data_set(source, tmp_path / "new")
    assert read_ratings(tmp_path / "new").frame().to_numpy().tolist() == [["a", "x", 1], ["a", "y", 2], ["b", "x", 3.5]]


def test_what_lies_beside_the_table_is_left_alone(tmp_path):
    beside = {"README.txt": b"about", "licence.md": b"", "cover.jpg": b"\xff\x00"}
    source = write_zip(tmp_path / "b.zip", {"t.csv": TABLE, **beside})
    assert import_data_set(source, tmp_path / "new").n_ratings == 3


def test_complaints_name_the_file_in_the_zip_and_its_lines(tmp_path):
    source = write_zip(tmp_path / "b.zip", {"in/t.csv": TABLE + b"b,y,good\n"})
    assert [(one.line, one.value) for one in complaints(source)] == [(5, "good")]
    with pytest.raises(BadValueError, match=r"b.zip/in/t.csv, line 5: rating 'good'"):
        import_data_set(source, tmp_path / "new")


def test_several_tables_are_named(tmp_path):
    source = write_zip(tmp_path / "b.zip", {"BX/ratings.tsv": TABLE, "BX/books.csv": TABLE, "BX/readme.txt": b""})
    for use in (understand, complaints, lambda file: import_data_set(file, tmp_path / "new")):
        with pytest.raises(
            BadValueError, match=r"holds 2 files that may be the table: books.csv, ratings.tsv. Unpack it"
        ):
            use(source)
    many = write_zip(tmp_path / "many.zip", {f"{at}.csv": TABLE for at in range(9)})
    with pytest.raises(BadValueError, match=r"holds 9 .*: 0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 4 more. "):
        understand(many)


@pytest.mark.parametrize("files", EDITIONS.values(), ids=EDITIONS)
def test_an_edition_is_no_table(tmp_path, files):
    assert understand(write_zip(tmp_path / "ml.zip", files)).kind == "MovieLens"


def test_an_edition_that_lacks_a_file_says_so(tmp_path):
    source = write_zip(tmp_path / "ml.zip", {"ratings.dat": ML_1M["ratings.dat"], "README": b""})
    with pytest.raises(MissingFileError, match=r"Put movies\.dat"):
        understand(source)


@pytest.mark.parametrize("name", ["[Content_Types].xml", "content.xml"])
def test_a_workbook_is_known_for_what_it_is(tmp_path, name):
    source = write_zip(tmp_path / "b.xlsx", {name: b"<xml/>", "xl/sheet1.xml": b"<xml/>"})
    with pytest.raises(BadValueError, match="Save the sheet of ratings as CSV"):
        understand(source)


def test_an_empty_zip_holds_no_data_set(tmp_path):
    with pytest.raises(MissingFileError, match="the zip holds no data set"):
        understand(write_zip(tmp_path / "b.zip", HIDDEN))


def test_a_bomb_is_refused(tmp_path):
    source = write_zip(tmp_path / "b.zip", {"t.csv": TABLE + b"\n" * 2**24})
    with pytest.raises(ArchiveError, match="would unpack"):
        import_data_set(source, tmp_path / "new", ImportOptions(most_bytes=2**20))


def test_titles_may_be_in_a_zip_and_not_in_a_folder(tmp_path):
    (tmp_path / "t.csv").write_bytes(TABLE)
    titles = write_zip(tmp_path / "titles.zip", {"t.csv": b"book,title\nx,Emma\n"})
    import_data_set(tmp_path / "t.csv", tmp_path / "new", ImportOptions(titles=titles))
    assert read_ratings(tmp_path / "new").item_table.title.tolist() == ["Emma", "y"]
    with pytest.raises(BadValueError, match="no table of titles"):
        import_data_set(tmp_path / "t.csv", tmp_path / "no", ImportOptions(titles=tmp_path))


def test_a_damaged_zip_is_refused_or_read_right(tmp_path):
    source, chance, n_read = tmp_path / "b.zip", random.Random(0), 0
    data = write_zip(source, {"t.parquet": parquet(), "README": b"x" * 200}).read_bytes()
    for number in range(200):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        source.write_bytes(broken)
        try:
            import_data_set(source, tmp_path / str(number))
        except CFError as error:
            assert len(str(error)) < 800 and str(error).isprintable()
            continue
        n_read += 1
        assert read_ratings(tmp_path / str(number)).rating.tolist() == [1, 2, 3.5]
    assert 5 < n_read < 195
