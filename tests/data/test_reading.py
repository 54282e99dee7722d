"""Every error in reading a data set: its type, file, line, count and cure."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cf_core.data import csv_rows
from cf_core.data.about import About, write_about
from cf_core.data.reading import read_ratings
from cf_core.errors import (
    BadValueError,
    CFError,
    ConstantRatingError,
    DataFormatError,
    DuplicateItemError,
    DuplicateRatingError,
    EmptyFileError,
    EncodingError,
    MissingColumnError,
    MissingFileError,
    TooFewError,
    UnlistedItemError,
)
from cf_core.words import Words

R, M = "ratings.csv", "movies.csv"
GOOD = {
    R: b"userId,movieId,rating,timestamp\n1,10,3.5,100\n1,20,4.0,101\n2,10,2.0,102\n",
    M: b'movieId,title,genres\n10,"Heat, The (1995)",Drama\n20,Fargo (1996),Crime|Drama\n',
}
R_HEAD, M_HEAD = b"userId,movieId,rating,timestamp\n", b"movieId,title,genres\n"
M_REST = b"10,A,Drama\n20,B,Drama\n"


PIECES = st.lists(
    st.sampled_from(
        [
            *GOOD.values(),
            R_HEAD,
            M_HEAD,
            M_REST,
            b"1,20,5,9\n",
            b"\n",
            b"\r",
            b",",
            b'"',
            b'""',
            b"\xc3",
            b"\0",
            b" ",
            b"\t",
            b"x",
        ]
    )
    | st.binary(max_size=6),
    max_size=8,
)


@dataclass(frozen=True)
class Case:
    """A folder that is good but for one file, and the error that must come."""

    name: str
    file: str
    data: bytes
    error: type[DataFormatError]
    line: int | None
    count: int
    problem: str
    cure: str


CASES = [
    Case("zero bytes", R, b"", EmptyFileError, None, 1, "is empty", "Give it the header userId,movieId,rating"),
    Case("blank lines only", M, b"\n \n\r\n", EmptyFileError, None, 1, "is empty", "Give it the header movieId,title"),
    Case("header only", R, R_HEAD, EmptyFileError, None, 1, "no row below the header", "Add the rows"),
    Case("header and blanks", M, M_HEAD + b"\n\n", EmptyFileError, None, 1, "no row below the header", "Add the rows"),
    Case("no rating column", R, b"\nuserId,movieId,stars\n1,2,3\n", MissingColumnError, 2, 1,
         "no column 'rating'; there are 'userId', 'movieId', 'stars'", "Name the columns userId,movieId,rating"),
    Case("semicolons", M, b"movieId;title;genres\n1;A;B\n", MissingColumnError, 1, 3,
         "no column 'movieId' and no column 'title' and no column 'genres'; there are 'movieId;title;genres'",
         "with commas between them"),
    Case("no title column", M, b"movieId,genres\n10,A\n", MissingColumnError, 1, 1, "no column 'title'", "Name the"),
    Case("no genres column", M, b"movieId,title\n10,A\n", MissingColumnError, 1, 1, "no column 'genres'", "Name the"),
    Case("no header", R, b"1,10,3.5,100\n", MissingColumnError, 1, 3, "there are '1', '10'", "in the first line"),
    Case("doubled column", R, b"userId,movieId,rating,userId\n1,10,3,1\n", DataFormatError, 1, 1,
         "names 'userId' more than once", "Keep one column 'userId'"),
    Case("doubled timestamp", R, b"userId,movieId,rating,timestamp,timestamp\n1,10,3,1,1\n", DataFormatError, 1, 1,
         "names 'timestamp' more than once", "Keep one column 'timestamp'"),
    Case("too many, first row", R, R_HEAD + b"1,10,3,1,9\n2,20,4,1\n3,20,4,1,\n", BadValueError, 2, 2,
         "too many fields, 5 where the header has 4", "Give every row as many fields as the header"),
    Case("too many, each row", R, R_HEAD + b"1,10,3,1,\n2,20,4,1,\n", BadValueError, 2, 2, "too many", "Give every"),
    Case("too many, later row", R, R_HEAD + b"1,10,3,1\n\n2,20,4,1,9\n", BadValueError, 4, 1, "too many", "Give every"),
    Case("comma in a title", M, M_HEAD + b'10,"A\nB",Drama\n20,Heat, The,Drama\n', BadValueError, 4, 1,
         "too many", "put a value with a comma in quotes"),
    Case("too few", R, R_HEAD + b"1,10,3,1\n2,20,4\n3,20\n", BadValueError, 3, 2, "too few fields, 3", "Give every"),
    Case("one too many, one too few", R, R_HEAD + b"1,10,3,1,\n2,20,4\n", BadValueError, 2, 2, "too many", "Give"),
    Case("too few among quotes", M, M_HEAD + b'10,"A, B",Drama\n20,B\n', BadValueError, 3, 1, "too few", "Give every"),
    Case("a field of quoted blanks", R, GOOD[R] + b' \t\n"  "\n', BadValueError, 6, 1, "too few fields, 1", "Give"),
    Case("a control character", R, GOOD[R] + b"\x0b", BadValueError, 5, 1, "too few fields, 1", "Give every"),
    Case("quotes never closed", M, M_HEAD + b'10,A,Drama\n20,"B,Drama\n30,C,Drama\n', BadValueError, 3, 1,
         "a quoted field is never closed", "Close the quotes"),
    Case("quotes never closed in the header", M, b'movieId,"title,genres\n10,A,Drama\n', BadValueError, 1, 1,
         "a quoted field is never closed", "Close the quotes"),
    Case("text behind quotes", M, M_HEAD + b'10,A,Drama\n20,"B" B,Drama\n', BadValueError, 3, 1,
         "goes on after its closing quote", "double each quote"),
    Case("Latin-1", M, M_HEAD + b"10,Am\xe9lie,Drama\r\n20,L\xe9on,Drama\r\n", EncodingError, 2, 2,
         "is not UTF-8", "Save the file as UTF-8"),
    Case("Latin-1 inside quotes", M, M_HEAD + b'\n10,"A\nB\xff",Drama\n', EncodingError, 4, 1, "not UTF-8", "Save the"),
    Case("cut character", M, M_HEAD + b"10,Am\xc3\n20,B,C\n", EncodingError, 2, 1, "is not UTF-8", "Save the file"),
    Case("before 1678", R, R_HEAD + b"1,10,3,1\n2,20,4,-9214560001\n", BadValueError, 3, 1,
         "timestamp '-9214560001' is not within 1678 to 2261", "Write whole seconds since 1970"),
    Case("after 2261", R, R_HEAD + b"1,10,3,99999999999\n2,20,4,9214646400\n", BadValueError, 2, 2,
         "'99999999999' is not within", "Write whole seconds"),
    Case("huge ratings", R, R_HEAD + b"1,10,1e38,1\n2,20,-1e38,1\n2,10,4,1\n", BadValueError, 2, 2,
         "rating '1e38' is beyond a billion", "Divide all ratings by the same number"),
    Case("UTF-16", R, GOOD[R].decode().encode("utf-16"), EncodingError, 1, 1, "mark of UTF-16", "Save the file"),
    Case("UTF-16 big", R, b"\xfe\xff" + GOOD[R].decode().encode("utf-16-be"), EncodingError, 1, 1, "UTF-16", "Save"),
    Case("UTF-32", R, GOOD[R].decode().encode("utf-32"), EncodingError, 1, 1, "mark of UTF-32", "Save the file"),
    Case("zero bytes inside", R, R_HEAD + b"1,10,3,1\n2,2\x000,4,1\n", EncodingError, 3, 1, "zero bytes", "Save the"),
    Case("no rating", R, R_HEAD + b"1,10,,1\n2,20,4,1\n3,20,,1\n", BadValueError, 2, 2, "rating is missing", "Fill it"),
    Case("blank user", R, R_HEAD + b"1,10,3,1\n  ,20,4,1\n", BadValueError, 3, 1, "userId is missing", "Fill it in"),
    Case("no movie", R, R_HEAD + b"1,10,3,1\n2,,4,1\n", BadValueError, 3, 1, "movieId is missing", "Fill it in"),
    Case("no timestamp", R, R_HEAD + b"1,10,3,1\n\n2,20,4,\n", BadValueError, 4, 1, "timestamp is missing", "Fill it"),
    Case("no title", M, M_HEAD + b"10,,Drama\n20,B,Drama\n", BadValueError, 2, 1, "title is missing", "Fill it in"),
    Case("no genres", M, M_HEAD + b'10,"A\n\nA",Drama\n20,B,""\n', BadValueError, 5, 1, "genres is missing", "Fill it"),
    Case("no id in movies", M, M_HEAD + b",A,Drama\n" + M_REST, BadValueError, 2, 1, "movieId is missing", "Fill it"),
    Case("infinite", R, R_HEAD + b"1,10,inf,1\n2,20,-Infinity,1\n3,20,4,1\n", BadValueError, 2, 2,
         "rating 'inf' is not finite", "Write a plain number"),
    Case("not a number", R, R_HEAD + b"1,10,3,1\n2,20,nan,1\n", BadValueError, 3, 1, "'nan' is not finite", "Write a"),
    Case("too large for float32", R, R_HEAD + b"1,10,3,1\n2,20,1e39,1\n", BadValueError, 3, 1, "not finite", "Write a"),
    Case("too large for float64", R, R_HEAD + b"1,10,3,1\n2,20,1e999,1\n", BadValueError, 3, 1, "not finite", "Write"),
    Case("letters for a time", R, R_HEAD + b"1,10,3,1\n2,20,4,now\n", BadValueError, 3, 1,
         "timestamp 'now' is not a number of seconds", "Write whole seconds since 1970"),
    Case("half a second", R, R_HEAD + b"1,10,3,1.5\n2,20,4,1\n", BadValueError, 2, 1, "'1.5' is not", "Write whole"),
    Case("milliseconds", R, R_HEAD + b"1,10,3,1\n2,20,4,1260759144000\n", BadValueError, 3, 1,
         "is not a number of seconds", "Write whole seconds"),
    Case("infinite time", R, R_HEAD + b"1,10,3,1\n2,20,4,inf\n", BadValueError, 3, 1, "'inf' is not", "Write whole"),
    Case("movie listed twice", M, M_HEAD + b'10,"A\r\nA",War\n20,B,War\n10,C,War\n20,D,War\n', DuplicateItemError, 5, 2,
         "movieId '10' is listed again", "Keep one row for each id"),
    Case("rated twice", R, R_HEAD + b"1,10,3,1\n\n1,20,4,1\n2,10,3,1\n1,10,4,1\n1,10,5,1\n", DuplicateRatingError, 6, 2,
         "userId '1' rates movieId '10' again", "Keep one rating of each movie by each user"),
    Case("unlisted movie", R, R_HEAD + b"1,10,3,1\n2,30,4,1\n3,30,4,1\n4,40,4,1\n", UnlistedItemError, 3, 3,
         "movieId '30' is not listed in movies.csv", "Add the movie to movies.csv"),
    Case("same number, other text", R, R_HEAD + b"1,10,3,1\n2,020,4,1\n", UnlistedItemError, 3, 1, "'020'", "Add the"),
    Case("one rating value", R, R_HEAD + b"1,10,3,1\n2,20,3.0,1\n", ConstantRatingError, None, 2,
         "every rating is 3", "Add ratings of other values"),
    Case("one user", R, R_HEAD + b"1,10,3,1\n1,20,4,1\n", TooFewError, None, 1, "only 1 user", "two users or more"),
    Case("one movie", R, R_HEAD + b"1,10,3,1\n2,10,4,1\n", TooFewError, None, 1, "only 1 movie", "two movies or more"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in GOOD.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def error_of(folder: Path) -> DataFormatError:
    with pytest.raises(DataFormatError) as caught:
        read_ratings(folder)
    return caught.value


def test_the_good_folder_passes(folder: Path) -> None:
    assert read_ratings(folder).n_ratings == 3


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_error(folder: Path, case: Case) -> None:
    (folder / case.file).write_bytes(case.data)
    error = error_of(folder)
    assert type(error) is case.error
    assert (error.file, error.line, error.count) == (str(folder / case.file), case.line, case.count)
    assert case.problem in error.problem
    assert case.cure in error.cure
    assert error.cure in str(error)


@pytest.mark.parametrize(
    "text", ["abc", "3,5", "3.5 ", " 3.5", "0x10", "1_000", "--1", "1e", ".", "½", "٣", "4\n", "True", "4" * 200 + "x"]
)
def test_rating_that_is_not_a_number(folder: Path, text: str) -> None:
    (folder / R).write_bytes(R_HEAD + f'1,10,"{text}",1\n2,20,4,1\n2,10,"{text}",1\n'.encode())
    error = error_of(folder)
    assert type(error) is BadValueError
    assert (error.line, error.count) == (2, 2)
    assert "is not a number" in error.problem
    assert "Write a plain number" in str(error)
    assert len(str(error)) < 400


def test_missing_folder(tmp_path: Path) -> None:
    error = error_of(tmp_path / "nowhere")
    assert type(error) is MissingFileError
    assert error.file == str(tmp_path / "nowhere")
    assert "the folder is not there" in str(error)
    assert "Name the folder" in error.cure


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000])
def test_a_name_that_no_folder_can_have(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingFileError):
        read_ratings(name)


def test_file_in_place_of_the_folder(folder: Path) -> None:
    error = error_of(folder / R)
    assert type(error) is MissingFileError
    assert "a file, not a folder or a zip" in error.problem
    assert "Name the folder" in error.cure


def test_folder_without_a_data_set(tmp_path: Path) -> None:
    error = error_of(tmp_path)
    assert type(error) is MissingFileError
    assert error.file == str(tmp_path)
    assert "ratings.csv and movies.csv" in error.cure


@pytest.mark.parametrize("name", [R, M])
def test_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    error = error_of(folder)
    assert type(error) is MissingFileError
    assert (error.file, error.line, error.count) == (str(folder / name), None, 1)
    assert f"Put {name}" in error.cure


@pytest.mark.parametrize("name", [R, M])
def test_folder_in_place_of_a_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()
    error = error_of(folder)
    assert type(error) is MissingFileError
    assert "a folder, not a file" in error.problem
    assert f"Put the file {name}" in error.cure


def test_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: Path, mode: str) -> BinaryIO:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(Path, "open", refuse)
    error = error_of(folder)
    assert type(error) is MissingFileError
    assert "cannot be opened (Permission denied)" in error.problem
    assert "you may read it" in error.cure


def test_lines_are_right_with_old_line_ends(folder: Path) -> None:
    (folder / R).write_bytes((R_HEAD + b"\n1,10,3,1\n2,20,x,1\n").replace(b"\n", b"\r"))
    assert error_of(folder).line == 4


def test_rows_of_the_wrong_width_are_counted_through_the_whole_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_rows, "_ROWS_AT_ONCE", 2)
    (folder / M).write_bytes(M_HEAD + M_REST + b'30,"C"\n40,D,War\n50,E\n60,F,War,\n')
    error = error_of(folder)
    assert (type(error), error.line, error.count) == (BadValueError, 4, 3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([R, M]), PIECES)
def test_whatever_the_files_hold_the_error_is_named(folder: Path, name: str, pieces: list[bytes]) -> None:
    for file, data in GOOD.items():
        (folder / file).write_bytes(b"".join(pieces) if file == name else data)
    try:
        ratings = read_ratings(folder)
    except DataFormatError as error:
        lines = re.split(rb"\r\n|\r|\n", (folder / name).read_bytes())
        assert error.line is None or 1 <= error.line <= len(lines)
        assert error.count >= 1
    else:
        assert ratings.n_users > 1
        assert np.isfinite(ratings.rating).all()


def test_message_in_full(folder: Path) -> None:
    (folder / R).write_bytes(R_HEAD + b"1,10,three,1\n2,20,four,1\n")
    assert str(error_of(folder)) == (
        f"{folder / R}, line 2: rating 'three' is not a number (2 in total)."
        " Write a plain number with a decimal point and without blanks, such as 3.5."
    )


def test_an_error_in_reading_is_one_that_pages_show(small_folder: Callable[..., Path]) -> None:
    with pytest.raises(CFError):
        read_ratings(small_folder([(1, 10, "bad")]))


def test_the_mark_of_excels_csv_utf8_is_skipped(folder: Path) -> None:
    plain = read_ratings(folder)
    for name in (R, M):
        (folder / name).write_bytes(b"\xef\xbb\xbf" + GOOD[name])
    marked = read_ratings(folder)
    pd.testing.assert_frame_equal(marked.frame(), plain.frame())
    pd.testing.assert_frame_equal(marked.item_table, plain.item_table)
    whole = b"".join((folder / name).read_bytes() for name in (R, M))
    assert marked.fingerprint == hashlib.sha256(whole).hexdigest() != plain.fingerprint


def test_a_quoted_value_that_is_too_long_is_said_to_be(folder: Path) -> None:
    (folder / M).write_bytes(GOOD[M] + b'30,"' + b"a" * 200_000 + b'",Drama\n')
    with pytest.raises(BadValueError, match="a value of more than 131,072 characters begins here") as caught:
        read_ratings(folder)
    assert caught.value.line == GOOD[M].count(b"\n") + 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (R, b",".join(b"c%d" % n for n in range(100_000)) + b"\n1,2\n"),
        (R, b"c" * 500_000 + b"\n1\n"),
        (R, R_HEAD + b"1,10," + b"x" * 500_000 + b",1\n"),
        (R, R_HEAD + b"1," + b"9" * 500_000 + b",3,1\n"),
        (M, M_HEAD + b"1," + b"," * 500_000 + b"\n"),
        (M, M_HEAD + 2 * (b"i" * 500_000 + b",A,B\n")),
    ],
)
def test_a_message_is_short_whatever_the_file_holds(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    with pytest.raises(DataFormatError) as caught:
        read_ratings(folder)
    assert len(str(caught.value).removeprefix(str(folder))) < 600


@pytest.mark.parametrize(
    ("ratings", "says"),
    [
        (b"1,10,3,1\n2,10,4,1\n", "only 1 book. Add ratings until there are two books or more"),
        (b"1,10,3,1\n1,10,4,1\n2,20,4,1\n", "Keep one rating of each book by each user"),
        (b"1,10,3,1\n2,30,4,1\n", "Add the book to movies.csv"),
    ],
)
def test_errors_speak_of_what_the_data_are_about(folder: Path, ratings: bytes, says: str) -> None:
    write_about(folder, About(Words("book", "books", "points")))
    (folder / R).write_bytes(R_HEAD + ratings)
    error = error_of(folder)
    assert says in str(error) and "movie " not in str(error)
