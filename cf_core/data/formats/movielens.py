"""MovieLens 20M, 25M, 32M and both `latest`, and what CF Lab itself writes: ratings.csv and movies.csv.

    ratings.csv   userId,movieId,rating[,timestamp]
    movies.csv    movieId,title,genres

Source: README of the MovieLens data sets, https://files.grouplens.org/datasets/movielens/.
"""

from hashlib import sha256

from cf_core.data.contents import Contents
from cf_core.data.csv_table import read_csv_table
from cf_core.data.number_table import RatingColumns, read_number_table
from cf_core.data.raw import Format, RawData, Report, Wrong
from cf_core.data.source import Source

RATINGS, MOVIES = "ratings.csv", "movies.csv"
COLUMNS = USER, ITEM, RATING, TIME = ("userId", "movieId", "rating", "timestamp")


def _read(source: Source, wrong: Wrong = None, report: Report = lambda _: None) -> RawData:
    listed = Contents.of(source, MOVIES)
    plain = read_number_table(source, RATINGS, COLUMNS, report) if wrong is None else None
    ratings = plain or _as_text(Contents.of(source, RATINGS), wrong)
    movies = read_csv_table(listed, required=("movieId", "title", "genres"), wrong=wrong)
    digest = ratings.digest
    digest.update(listed.data)
    return RawData(
        user_id=ratings.user_id,
        item_id=ratings.item_id,
        rating=ratings.rating,
        timestamp=ratings.timestamp,
        listed_id=movies.column("movieId"),
        title=movies.column("title"),
        genres=movies.column("genres"),
        fingerprint=digest.hexdigest(),
    )


def _as_text(contents: Contents, wrong: Wrong) -> RatingColumns:
    table = read_csv_table(contents, required=(USER, ITEM, RATING), optional=(TIME,), wrong=wrong)
    timestamp = table.column(TIME) if TIME in table.header else None
    return RatingColumns(table.column(USER), table.column(ITEM), table.column(RATING), timestamp, sha256(contents.data))


MOVIELENS = Format((RATINGS, MOVIES), f"{RATINGS} and {MOVIES} as MovieLens writes them", _read)
