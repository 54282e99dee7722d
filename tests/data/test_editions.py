"""Every MovieLens edition, as a folder and as a zip."""

from pathlib import Path

import pandas as pd
import pytest

from cf_core.data.reading import holds_ratings, read_ratings
from cf_core.data.source import Source
from cf_core.errors import BadValueError, DataFormatError, EmptyFileError, EncodingError, MissingFileError
from tests.data.editions import EDITIONS, ML_1M, ML_10M, ML_25M, ML_100K, Files, write_folder, write_zip

EXPECTED = {
    "ml-100k": (
        [(196, 242, 3, 881250949), (186, 302, 3, 891717742), (196, 267, 1, 878887116), (22, 377, 5, 880606923)],
        {
            242: ("Kolya (1996)", 1996, "Comedy"),
            302: ("Misérables, Les (1995)", 1995, "Drama|Mystery"),
            267: ("unknown", None, "(no genres listed)"),
            377: ("Heavyweights", None, "Children's|Comedy"),
        },
    ),
    "ml-1m": (
        [(1, 1193, 5, 978300760), (1, 661, 3, 978302109), (2, 1193, 4, 978298413)],
        {
            1193: ("Misérables, Les (1995)", 1995, "Drama|Musical"),
            661: ("Star Wars: Episode IV (1977)", 1977, "Action|Children's"),
        },
    ),
    "ml-10M100K": (
        [(1, 122, 5, 838985046), (1, 185, 3.5, 838983525), (2, 122, 0.5, 868244699)],
        {
            122: ('Amélie "A" (2001)', 2001, "Comedy|Romance"),
            185: ("Łódź (1995)", 1995, "(no genres listed)"),
        },
    ),
    "ml-25m": (
        [(1, 296, 5, 1147880044), (1, 306, 3.5, 1147868817), (2, 296, 2, 11478688)],
        {296: ('Amélie, "A" (2001)', 2001, "Comedy|Romance"), 306: ("Rouge (1994)", 1994, "Drama")},
    ),
}
NEWLINES = {"LF": b"\n", "CRLF": b"\r\n", "CR": b"\r"}


def contents(path: Path) -> tuple[list, dict]:
    ratings = read_ratings(path)
    table = ratings.item_table
    years = [None if year is pd.NA else year for year in table["year"]]
    items = dict(zip(table["item_id"], zip(table["title"], years, table["genres"], strict=True), strict=True))
    return list(ratings.frame().itertuples(index=False, name=None)), items


def with_line_ends(files: Files, newline: bytes, at_the_end: bool) -> Files:
    return {name: (data if at_the_end else data.rstrip(b"\n")).replace(b"\n", newline) for name, data in files.items()}


@pytest.mark.parametrize("at_the_end", [True, False], ids=["ended", "unended"])
@pytest.mark.parametrize("newline", NEWLINES.values(), ids=NEWLINES)
@pytest.mark.parametrize("name", EDITIONS)
def test_an_edition_as_folder_and_as_zip(tmp_path: Path, name: str, newline: bytes, at_the_end: bool) -> None:
    files = with_line_ends(EDITIONS[name], newline, at_the_end)
    places = [
        write_folder(tmp_path / name, files),
        write_zip(tmp_path / f"{name}.zip", files, name),
        write_zip(tmp_path / "flat.ZIP", files),
    ]
    for place in places:
        assert contents(place) == EXPECTED[name]
    assert [read_ratings(place).name for place in places] == [name, f"{name}.zip", "flat.ZIP"]
    assert len({read_ratings(place).fingerprint for place in places}) == 1


@pytest.mark.parametrize("name", EDITIONS)
def test_it_is_known_by_names_alone(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def barred(*_: object) -> None:
        raise AssertionError("a file was opened")

    empty = dict.fromkeys(EDITIONS[name], b"")
    folder, archive = write_folder(tmp_path / name, empty), write_zip(tmp_path / "a.zip", empty, name)
    for source in Source.__subclasses__():
        monkeypatch.setattr(source, "open", barred)
    assert holds_ratings(folder) and holds_ratings(archive)


def test_what_holds_no_ratings(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    table = tmp_path / "ratings.csv"
    table.write_bytes(ML_25M["ratings.csv"])
    others = write_folder(tmp_path / "others", {"movies.csv": b"", "u.item": b"", "notes": b""})
    broken = tmp_path / "half.zip"
    broken.write_bytes(write_zip(tmp_path / "whole.zip", ML_1M, "ml-1m").read_bytes()[:200])
    assert not any(map(holds_ratings, (table, others, broken, tmp_path / "nowhere")))
    for _ in range(3):
        holds_ratings(broken)
    assert [record.message for record in caplog.records] == [
        f"{broken}: this is not a whole zip. Download or pack it again. It is not offered."
    ]


def test_files_that_are_left_alone_do_not_count(tmp_path: Path) -> None:
    whole = write_folder(tmp_path / "whole", ML_1M)
    bare = write_folder(tmp_path / "bare", {name: ML_1M[name] for name in ("ratings.dat", "movies.dat")})
    assert read_ratings(whole).fingerprint == read_ratings(bare).fingerprint


def test_the_nouns_of_a_zip(tmp_path: Path) -> None:
    about = b'{"item": "book", "items": "books", "unit": "points"}'
    path = write_zip(tmp_path / "books.zip", {**ML_25M, "about.json": about}, "books")
    assert read_ratings(path).words.items == "books"


def test_titles_of_1m_that_somebody_saved_as_utf8(tmp_path: Path) -> None:
    saved = {**ML_1M, "movies.dat": ML_1M["movies.dat"].decode("latin-1").encode()}
    assert contents(write_folder(tmp_path / "ml-1m", saved)) == EXPECTED["ml-1m"]


def test_lines_of_blanks_are_skipped(tmp_path: Path) -> None:
    spaced = {**ML_1M, "ratings.dat": b"\n  \n" + ML_1M["ratings.dat"].replace(b"\n", b"\n\t \n")}
    assert contents(write_folder(tmp_path / "ml-1m", spaced)) == EXPECTED["ml-1m"]


def test_an_empty_title_of_100k_is_unknown(tmp_path: Path) -> None:
    emptied = {**ML_100K, "u.item": ML_100K["u.item"].replace(b"267|unknown|", b"267||")}
    assert contents(write_folder(tmp_path / "ml-100k", emptied)) == EXPECTED["ml-100k"]


R, M = "ratings.dat", "movies.dat"
LATIN_AFTER_UTF8 = ML_10M[M] + b"186::Caf\xe9 (1995)::Drama\n"
MISTAKES = [
    (ML_1M, R, ML_1M[R] + b"\n3::1193::4\n", BadValueError, 5, "too few fields, 3 where there should be 4"),
    (ML_1M, R, ML_1M[R] + b"3::1193::4::1::\n3::1\n", BadValueError, 4, "too many fields, 5 .* (2 in total)"),
    (ML_1M, R, ML_1M[R].replace(b"::", b","), BadValueError, 1, "Write every row as UserID::MovieID::Rating"),
    (ML_1M, R, ML_1M[R] + b"3::1193:4:5::1\n", BadValueError, 4, "too few fields"),
    (ML_1M, R, ML_1M[R] + b"3::11\x1f93::4::1\n", BadValueError, 4, r"x1f is no part of text"),
    (ML_1M, R, ML_1M[R] + b"3::1193::good::1\n", BadValueError, 4, "Rating 'good' is not a number"),
    (ML_1M, R, b"\n\n", EmptyFileError, None, "the file is empty"),
    (ML_1M, R, b"\n\n3::1193::5::x\n", BadValueError, 3, "Timestamp 'x' is not a number of seconds"),
    (ML_1M, M, ML_1M[M] + b"8::A::B::C\n", BadValueError, 4, "too many fields, 4 where there should be 3"),
    (ML_1M, M, ML_1M[M] + b"8::\x00::B\n", EncodingError, 4, "zero bytes"),
    (ML_10M, M, LATIN_AFTER_UTF8, EncodingError, 3, "neither UTF-8 nor Latin-1"),
    (ML_100K, "u.data", ML_100K["u.data"].replace(b"\t", b" "), BadValueError, 1, "too few fields, 1"),
    (ML_100K, "u.item", ML_100K["u.item"].replace(b"|0\n", b"|2\n", 1), BadValueError, 1, "Western is '2', neither"),
    (ML_100K, "u.item", ML_100K["u.item"].replace(b"|0\n", b"\n", 1), BadValueError, 1, "too few fields, 23"),
]


@pytest.mark.parametrize("as_zip", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize(("files", "name", "data", "error", "line", "problem"), MISTAKES)
def test_a_mistake_is_named_by_file_and_line(
    tmp_path: Path,
    files: Files,
    name: str,
    data: bytes,
    error: type[DataFormatError],
    line: int | None,
    problem: str,
    as_zip: bool,
) -> None:
    wrong = {**files, name: data}
    path = write_zip(tmp_path / "ml.zip", wrong, "ml-x") if as_zip else write_folder(tmp_path / "ml", wrong)
    with pytest.raises(error, match=problem.replace("(", r"\(").replace(")", r"\)")) as caught:
        read_ratings(path)
    assert caught.value.line == line
    assert caught.value.file == str(path / "ml-x" / name if as_zip else path / name)


@pytest.mark.parametrize("name", EDITIONS)
def test_the_missing_file_is_named(tmp_path: Path, name: str) -> None:
    for number, missing in enumerate(list(EDITIONS[name])[:2]):
        rest = {file: data for file, data in EDITIONS[name].items() if file != missing}
        for path in (write_folder(tmp_path / str(number), rest), write_zip(tmp_path / f"{number}.zip", rest, name)):
            with pytest.raises(MissingFileError, match=f"{missing}: the file is not there. Put {missing} of the data"):
                read_ratings(path)


def test_a_zip_without_a_data_set(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"notes.txt": b""})
    with pytest.raises(
        MissingFileError, match=r"the zip holds no data set. Put these files into it: .*u.data and u.item"
    ):
        read_ratings(path)
