"""MovieLens 20M, 25M, 32M and both `latest`, and what CF Lab itself writes: ratings.csv and movies.csv.

    ratings.csv   userId,movieId,rating[,timestamp]
    movies.csv    movieId,title,genres

Source: README of the MovieLens data sets, https://files.grouplens.org/datasets/movielens/.
"""

from cf_core.data.contents import Contents, fingerprint
from cf_core.data.csv_table import read_csv_table
from cf_core.data.raw import Format, RawData, Wrong
from cf_core.data.source import Source

RATINGS, MOVIES = "ratings.csv", "movies.csv"


def _read(source: Source, wrong: Wrong = None) -> RawData:
    files = Contents.of(source, RATINGS), Contents.of(source, MOVIES)
    ratings = read_csv_table(files[0], required=("userId", "movieId", "rating"), optional=("timestamp",), wrong=wrong)
    movies = read_csv_table(files[1], required=("movieId", "title", "genres"), wrong=wrong)
    return RawData(
        user_id=ratings.column("userId"),
        item_id=ratings.column("movieId"),
        rating=ratings.column("rating"),
        timestamp=ratings.column("timestamp") if "timestamp" in ratings.header else None,
        listed_id=movies.column("movieId"),
        title=movies.column("title"),
        genres=movies.column("genres"),
        fingerprint=fingerprint(*files),
    )


MOVIELENS = Format((RATINGS, MOVIES), f"{RATINGS} and {MOVIES} as MovieLens writes them", _read)
