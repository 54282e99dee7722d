"""All that is wrong with a MovieLens edition, file by file and line by line, not only what its reader meets first."""

import random

import pytest

from cf_core.data.reading import read_ratings
from cf_core.data.tables.complaints import complaints
from cf_core.data.tables.options import ImportOptions
from cf_core.errors import CFError, DataFormatError, EncodingError, MissingFileError
from tests.data.editions import EDITIONS, ML_1M, ML_25M, ML_100K, write_folder, write_zip
from tests.data.test_fuzz import MOVIES, RATINGS, damaged

HEADER = b"userId,movieId,rating,timestamp\n"
ITEMS = b"movieId,title,genres\n296,A,Drama\n306,B,Drama\n"


def told(source, most=200):
    return [(one.file, one.line, one.column, one.problem) for one in complaints(source, most=most)]


@pytest.mark.parametrize("files", EDITIONS.values(), ids=EDITIONS)
def test_what_is_right_has_no_complaint(tmp_path, files):
    assert complaints(write_folder(tmp_path / "ml", files)) == []
    assert complaints(write_zip(tmp_path / "ml.zip", files, "ml")) == []


def test_every_line_of_csv(tmp_path):
    ratings = b"1,296,5,1\n1,306,bad,1\n\n2,296\n,296,4,1\n2,307,4,now\n1,296,3,1\n"
    items = ITEMS + b"306,C,Drama\n308,,Drama\n"
    source = write_folder(tmp_path / "ml", {"ratings.csv": HEADER + ratings, "movies.csv": items})
    expected = [
        ("ratings.csv", 3, "rating", "rating 'bad' is not a number"),
        ("ratings.csv", 5, "", "too few fields, 2 where the header has 4"),
        ("ratings.csv", 6, "userId", "userId is missing"),
        ("ratings.csv", 7, "timestamp", "timestamp 'now' is not a number of seconds"),
        ("ratings.csv", 7, "movieId", "movieId '307' is not listed in movies.csv"),
        ("ratings.csv", 8, "movieId", "userId '1' rates movieId '296' again"),
        ("movies.csv", 4, "movieId", "movieId '306' is listed again"),
        ("movies.csv", 5, "title", "title is missing"),
    ]
    assert told(source) == expected
    assert told(source, most=3) == expected[:3]
    assert complaints(source)[0].value == "bad"


def test_every_line_of_a_zip_with_colons(tmp_path):
    ratings = (
        b"1::1193::5::978300760\n1::661::x::978302109\n\n2::1193::4\n2::661::3::978298413::9\n3::661::2::978298413\n"
    )
    source = write_zip(tmp_path / "ml-1m.zip", {**ML_1M, "ratings.dat": ratings}, "ml-1m")
    assert told(source) == [
        ("ratings.dat", 2, "Rating", "Rating 'x' is not a number"),
        ("ratings.dat", 4, "", "too few fields, 3 where there should be 4"),
        ("ratings.dat", 5, "", "too many fields, 5 where there should be 4"),
    ]


def test_flags_of_genres(tmp_path):
    items = ML_100K["u.item"].decode("latin-1").split("\n")
    items[1], items[3] = items[1].replace("|1|", "|yes|", 1), items[3].replace("|1|", "|2|", 1)
    source = write_folder(tmp_path / "ml", {**ML_100K, "u.item": "\n".join(items).encode("latin-1")})
    assert told(source) == [
        ("u.item", 2, "", "the flag of genre Drama is 'yes', neither 0 nor 1"),
        ("u.item", 4, "", "the flag of genre Children's is '2', neither 0 nor 1"),
    ]


def test_an_item_whose_row_is_wrong_is_not_missed_in_every_rating(tmp_path):
    ratings = HEADER + b"1,296,5,1\n1,306,2,1\n2,296,3,1\n"
    source = write_folder(
        tmp_path / "ml", {"ratings.csv": ratings, "movies.csv": ITEMS.replace(b"296,A,", b"296,A,B,")}
    )
    assert told(source) == [("movies.csv", 2, "", "too many fields, 4 where the header has 3")]


def test_behind_quotes_that_do_not_pair_up_nothing_is_told(tmp_path):
    ratings = HEADER + b'1,296,5,1\n1,306\n2,"296,3,1\n2,306,bad,1\n'
    source = write_folder(tmp_path / "ml", {"ratings.csv": ratings, "movies.csv": ITEMS})
    (short, quotes, few) = told(source)
    assert (short[1], quotes[1], few[1]) == (3, 4, None)
    assert "never closed" in quotes[3]


def test_what_is_wrong_with_the_whole_comes_last(tmp_path):
    about = {"about.json": b"{"}
    source = write_folder(tmp_path / "ml", {**ML_25M, **about})
    assert told(source) == [("about.json", None, "", "the file is not JSON")]


def test_what_cannot_be_read_at_all_is_raised(tmp_path):
    with pytest.raises(MissingFileError, match=r"movies\.csv"):
        complaints(write_folder(tmp_path / "a", {"ratings.csv": ML_25M["ratings.csv"]}))
    with pytest.raises(EncodingError):
        complaints(write_folder(tmp_path / "b", {**ML_25M, "movies.csv": b"movieId,title,genres\n296,\xff,D\n"}))
    with pytest.raises(DataFormatError, match="unpacked"):
        complaints(write_folder(tmp_path / "c", ML_25M), ImportOptions(most_bytes=9))


def test_there_is_a_complaint_exactly_where_the_reader_refuses(tmp_path):
    chance, n_refused = random.Random(0), 0
    for _ in range(400):
        ratings, items = (
            (damaged(RATINGS, chance), MOVIES) if chance.random() < 0.6 else (RATINGS, damaged(MOVIES, chance))
        )
        (tmp_path / "ratings.csv").write_bytes(ratings)
        (tmp_path / "movies.csv").write_bytes(items)
        try:
            read_ratings(tmp_path)
            refused = None
        except CFError as error:
            refused = error
        try:
            listed = complaints(tmp_path)
        except CFError as error:
            listed = [error]
        assert bool(listed) == (refused is not None), (ratings, items, refused)
        n_refused += refused is not None
    assert 40 < n_refused < 360
