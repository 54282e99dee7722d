import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.data import csv_rows
from cf_core.data.reading import read_ratings

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8).filter(str.strip)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
RATINGS = st.floats(0, 10, width=32)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Ratings and movies that pass the checks, with integer or string ids and titles that need quoting."""
    users = draw(st.lists(draw(st.sampled_from([INTEGERS, WORDS])), unique=True, min_size=2, max_size=5))
    items = draw(st.lists(draw(st.sampled_from([INTEGERS, WORDS])), unique=True, min_size=2, max_size=5))
    cells = [(user, item) for user in users for item in items]
    # The first and the last cell give two users, two movies and two ratings.
    inner = draw(st.lists(st.sampled_from(cells[1:-1]), unique=True))
    values = draw(st.lists(st.tuples(RATINGS, st.integers(0, 2**32)), min_size=len(inner), max_size=len(inner)))
    inner_rows = [(*cell, *value) for cell, value in zip(inner, values, strict=True)]
    rows: list[tuple[object, ...]] = [(*cells[0], 1.0, 0), *inner_rows, (*cells[-1], 2.0, 1)]
    return rows, [(item, draw(WORDS), draw(WORDS)) for item in items]


@given(tables())
def test_a_written_folder_comes_back(small_folder: Callable[..., Path], written: tuple[list, list]) -> None:
    rows, movies = written
    ratings = read_ratings(small_folder(rows, movies))
    frame = ratings.frame()
    assert frame["user_id"].map(str).tolist() == [str(row[0]) for row in rows]
    assert frame["item_id"].map(str).tolist() == [str(row[1]) for row in rows]
    assert frame["rating"].tolist() == [row[2] for row in rows]
    assert frame["timestamp"].tolist() == [row[3] for row in rows]
    listed = {str(item): (title, genres) for item, title, genres in movies}
    table = ratings.item_table
    assert [listed[str(item)] for item in table["item_id"]] == list(zip(table["title"], table["genres"], strict=True))


@settings(max_examples=40)
@given(tables(), st.sampled_from(["\n", "\r\n", "\r"]))
def test_quotes_and_line_ends_change_nothing(
    small_folder: Callable[..., Path], written: tuple[list, list], newline: str
) -> None:
    folder = small_folder(*written)
    before = read_ratings(folder)
    for file in (folder / "ratings.csv", folder / "movies.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator=newline).writerows(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows, "_ROWS_AT_ONCE", 2)
        after = read_ratings(folder)
    pd.testing.assert_frame_equal(after.frame(), before.frame())
    pd.testing.assert_frame_equal(after.item_table, before.item_table)


def test_quotes_in_the_header_alone(small_folder: Callable[..., Path]) -> None:
    folder = small_folder([(1, 10, 3), (2, 20, 4)])
    (folder / "ratings.csv").write_bytes(b'\n"userId","a ""name""","movieId","rating"\r\n\n7,x,10,3.5\n8,,20,4')
    frame = read_ratings(folder).frame()
    assert frame.to_dict("list") == {"user_id": [7, 8], "item_id": [10, 20], "rating": [3.5, 4.0]}


def test_hand_made_folder(small_folder: Callable[..., Path]) -> None:
    rows = [(9, 30, 2.5, 10), (4, 30, 4.5, 11), (9, 20, 5, 12)]
    movies = [
        (20, "Twenty, the Movie (1975-1979)", "Drama"),
        (25, "Unrated (2000)", "War"),
        (30, 'The "30" (2007)', "Comedy|War"),
    ]
    ratings = read_ratings(small_folder(rows, movies))
    assert ratings.users.ids.tolist() == [9, 4]
    assert ratings.items.ids.tolist() == [30, 20]
    assert ratings.user_idx.tolist() == [0, 1, 0]
    assert ratings.item_idx.tolist() == [0, 0, 1]
    assert ratings.timestamp is not None
    assert ratings.timestamp.tolist() == [10, 11, 12]
    assert ratings.global_mean == 4.0
    assert ratings.rating_range == (2.5, 5.0)
    assert ratings.density == 3 / 4
    assert ratings.item_stats().to_dict("list") == {
        "item_id": [30, 20],
        "title": ['The "30" (2007)', "Twenty, the Movie (1975-1979)"],
        "year": [2007, 1975],
        "genres": ["Comedy|War", "Drama"],
        "n_ratings": [2, 1],
        "mean_rating": [3.5, 5.0],
    }
    assert ratings.user_stats().to_dict("list") == {"user_id": [9, 4], "n_ratings": [2, 1], "mean_rating": [3.75, 4.5]}


def test_stats_are_made_once(small_folder: Callable[..., Path]) -> None:
    ratings = read_ratings(small_folder())
    assert ratings.item_stats() is ratings.item_stats()
    assert ratings.user_stats() is ratings.user_stats()


def test_timestamp_is_optional(small_folder: Callable[..., Path]) -> None:
    ratings = read_ratings(small_folder([(1, 10, 3), (2, 20, 4)]))
    assert ratings.timestamp is None
    assert ratings.frame().columns.tolist() == ["user_id", "item_id", "rating"]


@pytest.mark.parametrize("odd", ["007", "+7", " 7", "7.0", "-0", str(2**63), "1" * 5000, "７", "seven"])
def test_one_odd_id_makes_all_of_its_kind_strings(small_folder: Callable[..., Path], odd: str) -> None:
    ratings = read_ratings(small_folder([(7, 10, 3), (odd, 20, 4)]))
    assert ratings.users.ids.tolist() == ["7", odd]
    assert ratings.items.ids.dtype == np.int64


@pytest.mark.parametrize("fits", [0, -7, 2**63 - 1, -(2**63)])
def test_plain_integers_are_int64(small_folder: Callable[..., Path], fits: int) -> None:
    ratings = read_ratings(small_folder([(7, 10, 3), (fits, 20, 4)]))
    assert ratings.users.ids.dtype == np.int64
    assert ratings.users.ids.tolist() == [7, fits]


def test_an_unrated_movie_with_a_string_id_makes_movie_ids_strings(small_folder: Callable[..., Path]) -> None:
    movies = [(10, "A", "Drama"), (20, "B", "Drama"), ("tt3", "C", "Drama")]
    ratings = read_ratings(small_folder([(1, 10, 3), (2, 20, 4)], movies))
    assert ratings.items.ids.tolist() == ratings.item_table["item_id"].tolist() == ["10", "20"]


def test_values_are_not_guessed(small_folder: Callable[..., Path]) -> None:
    movies = [("NA", "null", "None"), ("nan", "NaN", "(no genres listed)")]
    ratings = read_ratings(small_folder([("None", "NA", "4e0"), ("null", "nan", "+.5")], movies))
    assert ratings.users.ids.tolist() == ["None", "null"]
    assert ratings.items.ids.tolist() == ["NA", "nan"]
    assert ratings.rating.tolist() == [4.0, 0.5]
    assert ratings.item_table["title"].tolist() == ["null", "NaN"]


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Toy Story (1995)", 1995),
        ("Angst  (1983) ", 1983),
        ("Series (2007-)", 2007),
        ("Series (1975–1979)", 1975),
        ("(500) Days of Summer (2009)", 2009),
        ("Film (Der Film) (1999)", 1999),
        ("2001", pd.NA),
        ("Film (1994) again", pd.NA),
        ("Film (94)", pd.NA),
    ],
)
def test_year_of_the_title(small_folder: Callable[..., Path], title: str, year: object) -> None:
    ratings = read_ratings(small_folder([(1, 10, 3), (2, 20, 4)], [(10, title, "Drama"), (20, "Other", "Drama")]))
    assert ratings.item_table["title"][0] == title
    assert ratings.item_table["year"].dtype == "Int64"
    assert ratings.item_table["year"][0] is pd.NA if year is pd.NA else ratings.item_table["year"][0] == year


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_blank_lines_order_and_extra_columns(tmp_path: Path, newline: str) -> None:
    lines = ["", "  ", "rating,note,movieId,userId", "3.5,,10,1", "", "4,x,20,2", " \t", ""]
    (tmp_path / "ratings.csv").write_bytes(newline.join(lines).encode())
    (tmp_path / "movies.csv").write_bytes(newline.join(["genres,title,movieId", "Drama,A,20", "War,B,10"]).encode())
    ratings = read_ratings(tmp_path)
    assert ratings.frame().to_dict("list") == {"user_id": [1, 2], "item_id": [10, 20], "rating": [3.5, 4.0]}
    assert ratings.item_table["title"].tolist() == ["B", "A"]


def test_name_is_the_folder_also_when_it_is_the_current_one(
    small_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_folder()
    monkeypatch.chdir(folder)
    assert read_ratings(".").name == read_ratings(str(folder)).name == folder.name


def test_fingerprint_changes_with_either_file(small_folder: Callable[..., Path]) -> None:
    folder = small_folder()
    prints = {read_ratings(folder).fingerprint}
    for name in ("ratings.csv", "movies.csv"):
        (folder / name).write_bytes((folder / name).read_bytes() + b"\r\n")
        prints.add(read_ratings(folder).fingerprint)
    assert len(prints) == 3


def test_values_time_span_and_first_rows(small_folder: Callable[..., Path]) -> None:
    found = read_ratings(small_folder([(9, 10, 4.0, 30), (9, 20, 0.5, 10), (4, 10, 4.0, 20)]))
    assert found.rating_values.tolist() == [0.5, 4.0]
    assert found.time_span == (10, 30)
    assert found.frame(2).equals(found.frame().head(2))


def test_no_time_span_without_timestamps(small_folder: Callable[..., Path]) -> None:
    with pytest.raises(ValueError, match="has no timestamps"):
        _ = read_ratings(small_folder([(9, 10, 4.0), (4, 20, 3.0)])).time_span
