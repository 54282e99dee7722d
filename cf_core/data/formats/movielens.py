"""The MovieLens format: a folder with ratings.csv and movies.csv.

    ratings.csv   userId,movieId,rating[,timestamp]
    movies.csv    movieId,title,genres

Source: README of the MovieLens data sets, https://files.grouplens.org/datasets/movielens/.
"""

from pathlib import Path

from cf_core.data.csv_table import fingerprint, read_csv_table
from cf_core.data.raw import Format, RawData

RATINGS, MOVIES = "ratings.csv", "movies.csv"


def _read(folder: Path) -> RawData:
    ratings = read_csv_table(folder / RATINGS, required=("userId", "movieId", "rating"), optional=("timestamp",))
    movies = read_csv_table(folder / MOVIES, required=("movieId", "title", "genres"))
    return RawData(
        user_id=ratings.column("userId"),
        item_id=ratings.column("movieId"),
        rating=ratings.column("rating"),
        timestamp=ratings.column("timestamp") if "timestamp" in ratings.header else None,
        listed_id=movies.column("movieId"),
        title=movies.column("title"),
        genres=movies.column("genres"),
        fingerprint=fingerprint(ratings, movies),
    )


MOVIELENS = Format((RATINGS, MOVIES), f"{RATINGS} and {MOVIES} as MovieLens writes them", _read)
