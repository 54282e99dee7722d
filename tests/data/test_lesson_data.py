"""The figures that the lesson shows of its data, and the two embedded files byte by byte."""

import csv
import hashlib

import numpy as np
import pandas as pd
import pytest

from cf_core.data.crosstab import busiest_users, crosstab, most_rated_items
from cf_core.data.ratings import Ratings
from cf_core.data.reading import EMBEDDED
from cf_core.data.split import Split

BUSIEST = {
    547: 2391, 564: 1868, 624: 1735, 15: 1700, 73: 1610, 452: 1340, 468: 1291, 380: 1063, 311: 1019, 30: 1011,
    294: 947, 509: 923, 580: 922, 213: 910, 212: 876,
}  # fmt: skip
MOST_RATED = {
    356: 341, 296: 324, 318: 311, 593: 304, 260: 291, 480: 274, 2571: 259, 1: 247, 527: 244, 589: 237,
    1196: 234, 110: 228, 1270: 226, 608: 224, 1198: 220,
}  # fmt: skip
CROSSTAB = """
user   1 110 260 296 318 356 480 527 589 593 608 1196 1198 1270 2571
15   2.0 3.0 5.0 5.0 2.0 1.0 3.0 4.0 4.0 5.0 5.0  5.0  4.0  5.0  5.0
30   4.0 5.0 4.0 5.0 5.0 5.0 4.0 5.0 4.0 4.0 5.0  4.0  5.0  5.0  3.0
73   5.0 4.0 4.5 5.0 5.0 5.0 4.0 5.0 3.0 4.5 4.0  5.0  5.0  5.0  4.5
212  3.0 5.0 4.0 4.0 4.5 4.0 3.0 5.0 3.0 4.0 NaN  NaN  3.0  3.0  5.0
213  3.0 2.5 5.0 NaN NaN 2.0 5.0 NaN 4.0 2.5 2.0  5.0  3.0  3.0  4.0
294  4.0 3.0 4.0 NaN 3.0 4.0 4.0 4.0 3.0 NaN NaN  4.0  4.5  4.0  4.5
311  3.0 3.0 4.0 3.0 4.5 5.0 4.5 5.0 4.5 2.0 4.0  3.0  4.5  4.5  4.0
380  4.0 5.0 4.0 5.0 4.0 5.0 4.0 NaN 4.0 5.0 4.0  4.0  NaN  3.0  5.0
452  3.5 4.0 4.0 5.0 5.0 4.0 5.0 4.0 4.0 5.0 5.0  4.0  4.0  4.0  2.0
468  4.0 3.0 3.5 3.5 3.5 3.0 2.5 NaN NaN 3.0 4.0  3.0  3.5  3.0  3.0
509  3.0 5.0 5.0 5.0 4.0 4.0 3.0 5.0 2.0 4.0 4.5  5.0  5.0  3.0  4.5
547  3.5 NaN NaN 5.0 5.0 2.0 3.0 5.0 NaN 5.0 5.0  2.5  2.0  3.5  3.5
564  4.0 1.0 2.0 5.0 NaN 3.0 5.0 4.0 5.0 5.0 5.0  5.0  5.0  3.0  3.0
580  4.0 4.5 4.0 4.5 4.0 3.5 3.0 4.0 4.5 4.0 4.5  4.0  3.5  3.0  4.5
624  5.0 NaN 5.0 5.0 NaN 3.0 3.0 NaN 3.0 5.0 4.0  5.0  5.0  5.0  2.0
"""
FIRST_TITLES = {
    1: ("Toy Story (1995)", "Adventure|Animation|Children|Comedy|Fantasy"),
    2: ("Jumanji (1995)", "Adventure|Children|Fantasy"),
    3: ("Grumpier Old Men (1995)", "Comedy|Romance"),
    4: ("Waiting to Exhale (1995)", "Comedy|Drama|Romance"),
    5: ("Father of the Bride Part II (1995)", "Comedy"),
}
LESSON_TITLES = """
Battlefield Earth (2000)
Mighty Morphin Power Rangers: The Movie (1995)
Batman & Robin (1997)
Shawshank Redemption, The (1994)
Schindler's List (1993)
Star Wars: Episode IV - A New Hope (1977)
12 Angry Men (1957)
Independence Day (a.k.a. ID4) (1996)
Charlie's Angels (2000)
Police Academy 4: Citizens on Patrol (1987)
Island of Dr. Moreau, The (1996)
Raiders of the Lost Ark (Indiana Jones and the Raiders of the Lost Ark) (1981)
Lord of the Rings: The Fellowship of the Ring, The (2001)
X2: X-Men United (2003)
"""


def test_ratings_csv_is_the_file_of_grouplens() -> None:
    data = (EMBEDDED / "ratings.csv").read_bytes()
    assert len(data) == 2_438_266
    assert hashlib.sha256(data).hexdigest() == "821795331fd974bbe7a8416f2a7eec2b548a485dedb47a073580b0a9a8a0a8d2"


def test_movies_csv_is_written_as_movielens_does() -> None:
    data = (EMBEDDED / "movies.csv").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") == 9_067
    with (EMBEDDED / "movies.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream, strict=True)
    assert header == ["movieId", "title", "genres"]
    ids = [int(row[0]) for row in rows]
    assert ids == sorted(set(ids))


def test_sizes(ratings: Ratings) -> None:
    assert (ratings.n_ratings, ratings.n_users, ratings.n_items) == (100_004, 671, 9_066)
    assert ratings.rating_range == (0.5, 5.0)
    assert ratings.name == "ml-latest-small"
    assert ratings.user_idx.shape == ratings.item_idx.shape == ratings.rating.shape == (100_004,)
    assert (ratings.user_idx.dtype, ratings.item_idx.dtype, ratings.rating.dtype) == (np.int64, np.int64, np.float32)
    assert ratings.density == 100_004 / (671 * 9_066)


def test_fingerprint_is_over_both_files(ratings: Ratings) -> None:
    data = (EMBEDDED / "ratings.csv").read_bytes() + (EMBEDDED / "movies.csv").read_bytes()
    assert ratings.fingerprint == hashlib.sha256(data).hexdigest()


def test_first_rows(ratings: Ratings) -> None:
    assert ratings.frame().head().to_numpy().tolist() == [
        [1, 31, 2.5, 1260759144],
        [1, 1029, 3.0, 1260759179],
        [1, 1061, 3.0, 1260759182],
        [1, 1129, 2.0, 1260759185],
        [1, 1172, 4.0, 1260759205],
    ]


def test_index_of_raw_ids(ratings: Ratings) -> None:
    assert ratings.users.index_of([1]).tolist() == [0]
    assert ratings.items.index_of([31, 1029, 1061, 1129, 1172]).tolist() == [0, 1, 2, 3, 4]


def test_busiest_users(ratings: Ratings) -> None:
    stats = ratings.user_stats().iloc[busiest_users(ratings, 15)]
    assert list(zip(stats["user_id"], stats["n_ratings"], strict=True)) == list(BUSIEST.items())


def test_most_rated_movies(ratings: Ratings) -> None:
    stats = ratings.item_stats().iloc[most_rated_items(ratings, 15)]
    assert list(zip(stats["item_id"], stats["n_ratings"], strict=True)) == list(MOST_RATED.items())


def test_crosstab(ratings: Ratings) -> None:
    header, *rows = [line.split() for line in CROSSTAB.strip().splitlines()]
    table = crosstab(ratings)
    assert table.index.tolist() == [int(row[0]) for row in rows]
    assert table.columns.tolist() == [int(item) for item in header[1:]]
    assert (table.index.name, table.columns.name) == ("user_id", "item_id")
    np.testing.assert_array_equal(table.to_numpy(), np.array([row[1:] for row in rows], dtype=np.float32))


def test_validation_rows(split: Split) -> None:
    assert (len(split.train_rows), len(split.valid_rows)) == (80_004, 20_000)
    np.testing.assert_array_equal(split.valid_rows, np.random.RandomState(42).permutation(100_004)[:20_000])


def test_validation_rows_with_a_movie_unseen_in_training(split: Split) -> None:
    assert (split.n_unseen_items, split.n_unseen_rows) == (742, 742)


def test_first_titles(ratings: Ratings) -> None:
    table = ratings.item_table.iloc[ratings.items.index_of(list(FIRST_TITLES))]
    assert list(zip(table["title"], table["genres"], strict=True)) == list(FIRST_TITLES.values())


@pytest.mark.parametrize("title", LESSON_TITLES.strip().splitlines())
def test_titles_of_the_lesson_occur_verbatim(ratings: Ratings, title: str) -> None:
    assert (ratings.item_table["title"] == title).sum() == 1


@pytest.mark.parametrize(
    ("item_id", "title", "year"),
    [
        (108583, "Fawlty Towers (1975-1979)", 1975),
        (108548, "Big Bang Theory, The (2007-)", 2007),
        (143410, "Hyena Road", pd.NA),
        (151307, "The Lovers and the Despot", pd.NA),
        (162376, "Stranger Things", pd.NA),
    ],
)
def test_movies_without_a_plain_year(ratings: Ratings, item_id: int, title: str, year: object) -> None:
    row = ratings.item_table.iloc[ratings.items.index_of(item_id).item()]
    assert row["title"] == title
    assert row["year"] is pd.NA if year is pd.NA else row["year"] == year


def test_item_table_is_in_index_order(ratings: Ratings) -> None:
    assert ratings.item_table["item_id"].tolist() == ratings.items.ids.tolist()
    assert ratings.item_table["year"].isna().sum() == 3
