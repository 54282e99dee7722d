"""What goes in comes out: ids, ratings and times of any table, through every kind of file."""

import csv
import gzip
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.tables.canonical import new_data_set
from cf_core.data.tables.complaints import complaints
from cf_core.data.tables.importing import import_data_set
from cf_core.data.tables.options import ImportOptions, Roles
from cf_core.errors import (
    BadValueError,
    ConfigError,
    ConstantRatingError,
    DuplicateItemError,
    DuplicateRatingError,
    EncodingError,
    MissingColumnError,
    TooFewError,
)
from cf_core.words import Words

ROWS = [["Ann", "b 1", "2.5", "100"], ["Ann", "b,2", "5", "101"], ["Bo", "b 1", "4", "99"], ["Bo", 'b"3', "1", "98"]]
HEADER = ["user_id", "book_id", "rating", "timestamp"]
ID = st.one_of(
    st.sampled_from(
        ["007", "7", " 7", "a,b", 'a"b', "a\nb", "a\r\nb", "é", "日本", "=1+1", "-1", "x" * 300, "\t;|", "\ufeff7"]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(lambda text: bool(text.strip())),
)

PAIRS = st.lists(st.tuples(ID, ID), min_size=2, unique=True).filter(
    lambda pairs: all(len(set(ids)) > 1 for ids in zip(*pairs, strict=True))
)


def text_of(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(rows)
    return stream.getvalue()


def imported(source: Path, options: ImportOptions | None = None) -> list[tuple[str, str, float, int | None]]:
    """What a source becomes, read back."""
    target = source.with_name(source.name + " imported")
    import_data_set(source, target, options or ImportOptions())
    ratings = read_ratings(target)
    times = [None] * ratings.n_ratings if ratings.timestamp is None else ratings.timestamp.tolist()
    frame = ratings.frame()
    return list(zip(frame.user_id.map(str), frame.item_id.map(str), frame.rating.tolist(), times, strict=True))


EXPECTED = [(user, item, float(rating), int(time)) for user, item, rating, time in ROWS]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_kind_of_text_gives_the_same(tmp_path, delimiter, end, encoding):
    source = tmp_path / "table.txt"
    source.write_bytes(text_of([HEADER, *ROWS], delimiter, end).encode(encoding))
    assert imported(source) == EXPECTED


def test_compressed_and_parquet_give_the_same(tmp_path):
    packed, parquet = tmp_path / "t.csv.gz", tmp_path / "t.parquet"
    packed.write_bytes(gzip.compress(text_of([HEADER, *ROWS]).encode()))
    frame = pd.DataFrame(ROWS, columns=HEADER).astype({"rating": "float64", "timestamp": "int64"})
    frame.to_parquet(parquet)
    assert imported(packed) == imported(parquet) == EXPECTED


def test_without_header_columns_are_told_by_their_contents(tmp_path):
    source = tmp_path / "t.csv"
    source.write_text("1,31,2.5,1260759144\n1,1029,3.0,1260759179\n2,31,4.0,1260759182\n")
    assert imported(source)[0] == ("1", "31", 2.5, 1260759144)


def test_decimal_commas_and_dates(tmp_path):
    source = tmp_path / "t.csv"
    source.write_text(
        "user;item;rating;date\na;x;2,5;1970-01-02\na;y;3;1970-01-01 00:00:05\nb;x;1,5;1970-01-01T01:00+01:00\n"
    )
    assert imported(source) == [("a", "x", 2.5, 86_400), ("a", "y", 3.0, 5), ("b", "x", 1.5, 0)]
    summary = import_data_set(source, tmp_path / "again")
    assert any("decimal points" in note for note in summary.notes)
    assert any("dates" in note for note in summary.notes)


def test_latin_1_is_read_and_said(tmp_path):
    source = tmp_path / "t.csv"
    source.write_bytes("user,item,rating\nJosé,x,1\nb,y,2\n".encode("latin-1"))
    summary = import_data_set(source, tmp_path / "new")
    assert read_ratings(tmp_path / "new").users.ids[0] == "José"
    assert any("Windows-1252" in note for note in summary.notes)


def test_damaged_utf_8_is_not_taken_for_latin_1(tmp_path):
    source = tmp_path / "t.csv"
    source.write_bytes("user,item,rating\nJosé,x,1\nÄnne,y,2\n".encode() + b"b\xff,y,2\n")
    with pytest.raises(EncodingError, match="line 4"):
        import_data_set(source, tmp_path / "new")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    pairs=PAIRS,
    scale=st.sampled_from([(-10, 10), (0, 100), (1, 2), (0.5, 5)]),
)
def test_what_goes_in_comes_out(tmp_path_factory, pairs, scale):
    source = tmp_path_factory.mktemp("round") / "t.csv"
    ratings = [scale[place % 2] for place in range(len(pairs))]
    rows = [[*pair, str(rating)] for pair, rating in zip(pairs, ratings, strict=True)]
    source.write_bytes(text_of([["user", "item", "rating"], *rows]).encode())
    options = ImportOptions(Roles("user", "item", "rating"), has_header=True)
    expected = [(*pair, float(rating), None) for pair, rating in zip(pairs, ratings, strict=True)]
    assert imported(source, options) == expected


@pytest.mark.parametrize(
    ("rule", "rating", "time"),
    [("last", 5.0, 9), ("mean", 3.0, 9)],
)
def test_a_repeated_rating_is_refused_or_the_last_or_the_mean(tmp_path, rule, rating, time):
    source = tmp_path / "t.csv"
    source.write_text("user,item,rating,time\na,x,5,9\na,x,1,3\na,y,2,1\nb,x,4,4\n")
    with pytest.raises(DuplicateRatingError, match=r"line 3.*last or the mean"):
        import_data_set(source, tmp_path / "no")
    summary = import_data_set(source, tmp_path / "new", ImportOptions(repeated=rule))
    assert (summary.n_ratings, summary.n_repeated) == (3, 1)
    assert any("had rated" in note for note in summary.notes)
    frame = read_ratings(tmp_path / "new").frame()
    row = frame[(frame.user_id == "a") & (frame.item_id == "x")].iloc[0]
    assert (row.rating, row.timestamp) == (rating, time)


def test_without_times_the_last_row_counts(tmp_path):
    source = tmp_path / "t.csv"
    source.write_text("user,item,rating\na,x,5\na,x,1\na,y,2\nb,x,4\n")
    assert ("a", "x", 1.0, None) in imported(source, ImportOptions(repeated="last"))


def test_words_come_from_the_column_and_the_scale(tmp_path):
    source = tmp_path / "t.csv"
    source.write_text("reader,ISBN,score\na,x,100\nb,y,2\n")
    import_data_set(source, tmp_path / "new")
    assert read_ratings(tmp_path / "new").words == Words("book", "books", "points")
    import_data_set(source, tmp_path / "other", ImportOptions(words=Words("pen", "pens", "stars")))
    assert read_ratings(tmp_path / "other").words == Words("pen", "pens", "points")


def test_titles_from_a_second_table_and_ids_where_it_has_none(tmp_path):
    source, titles = tmp_path / "t.csv", tmp_path / "titles.tsv"
    source.write_text("user,movie_id,rating\na,x,5\nb,y,2\n")
    titles.write_text("movie_id\ttitle\tgenres\nz\tZorro\tDrama\nx\tHeat, The (1995)\tCrime|Drama\n")
    summary = import_data_set(source, tmp_path / "new", ImportOptions(titles=titles))
    table = read_ratings(tmp_path / "new").item_table
    assert table.title.tolist() == ["Heat, The (1995)", "y"]
    assert table.genres.tolist() == ["Crime|Drama", "(no genres listed)"]
    assert any("1 movie" in note for note in summary.notes)
    titles.write_text("movie_id\ttitle\nx\tA\nx\tB\n")
    with pytest.raises(DuplicateItemError):
        import_data_set(source, tmp_path / "no", ImportOptions(titles=titles))


def test_the_embedded_data_come_out_as_they_go_in(tmp_path):
    import_data_set(EMBEDDED, tmp_path / "new")
    before, after = read_ratings(EMBEDDED), read_ratings(tmp_path / "new")
    assert before.frame().equals(after.frame())
    assert before.item_table.equals(after.item_table)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("user,item,rating\na,x,1\nb,y,1\n", ConstantRatingError, "one class of value teaches nothing"),
        ("user,item,rating\na,x,1\nb,y,0\n", ConstantRatingError, "0 or 1.*one class of value teaches nothing"),
        ("user,item,rating\na,x,1\na,y,2\n", TooFewError, "one user"),
        ("user,book,rating\na,x,1\nb,x,2\n", TooFewError, "one book"),
        ("user,item,rating\na,x,1\nb,y,good\n", BadValueError, "line 3.*'good' is not a number"),
        ("user,item,rating\na,x,1\nb,y\n", BadValueError, "line 3.*too few"),
        ('user,item,rating\na,x,1\n"b,y,2\n', BadValueError, "line 3.*never closed"),
        ("user,item,rating\na,x,1\n,y,2\n", BadValueError, "line 3: user is missing"),
        ("user,item\na,x\n", MissingColumnError, "2 column"),
        ("user,item,word\na,x,b\nb,y,c\n", MissingColumnError, "Say which column"),
    ],
)
def test_what_cannot_be_imported_is_refused_and_leaves_nothing(tmp_path, text, error, says):
    source = tmp_path / "t.csv"
    source.write_text(text)
    with pytest.raises(error, match=says):
        import_data_set(source, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_damaged_gzip_and_parquet_are_refused(tmp_path):
    source = tmp_path / "t.gz"
    source.write_bytes(gzip.compress(b"user,item,rating\na,x,1\nb,y,2\n" * 99)[:-20])
    with pytest.raises(BadValueError, match="damaged"):
        import_data_set(source, tmp_path / "new")
    source.write_bytes(b"PAR1" + b"x" * 100)
    with pytest.raises(BadValueError, match="Parquet"):
        import_data_set(source, tmp_path / "new")


def test_what_names_its_columns_itself_has_a_header(tmp_path):
    pd.DataFrame(ROWS, columns=HEADER).to_parquet(tmp_path / "t.parquet")
    without = ImportOptions(has_header=False)
    with pytest.raises(MissingColumnError, match="Parquet always names its columns"):
        import_data_set(tmp_path / "t.parquet", tmp_path / "new", without)
    with pytest.raises(BadValueError, match="its layout names its columns"):
        import_data_set(EMBEDDED, tmp_path / "new", without)


def test_complaints_name_every_row(tmp_path):
    source = tmp_path / "t.csv"
    source.write_text('user,item,rating\na,"x\ny",1\nb,y,bad\n\nc\n,z,5\nd,y,worse\nd,y,2\n')
    found = complaints(source)
    assert [(one.line, one.column, one.value) for one in found] == [
        (4, "rating", "bad"),
        (6, "", ""),
        (7, "user", ""),
        (8, "rating", "worse"),
        (9, "item", "y"),
    ]
    assert all(one.problem and one.cure for one in found)
    assert len(complaints(source, most=2)) == 2
    source.write_text("user,item,rating\na,x,1\nb,y,2\n")
    assert complaints(source) == []


def test_each_wrong_value_has_one_complaint(tmp_path):
    source = tmp_path / "t.csv"
    source.write_text("user,item,rating,date\na,x,1,2020-01-01\nb,y,,2020-01-02\nc,y,2,\nd,y,3,2020-13-01\ne,y,4,now\n")
    assert [(one.line, one.column, one.problem) for one in complaints(source)] == [
        (3, "rating", "rating is missing"),
        (4, "date", "date is missing"),
        (5, "date", "date '2020-13-01' is not one of the dates"),
        (6, "date", "date 'now' is not one of the dates"),
    ]


def test_a_name_that_is_taken_stays_as_it_is(tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(ConfigError, match="taken"), new_data_set(tmp_path / "there"):
        pass
    assert list((tmp_path / "there").iterdir()) == []


def test_nothing_is_seen_before_it_is_whole(tmp_path):
    with pytest.raises(RuntimeError), new_data_set(tmp_path / "new") as folder:
        (folder / "ratings.csv").write_text("half")
        assert not list(tmp_path.glob("*/ratings.csv"))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
