"""MovieLens 1M and 10M: ratings.dat and movies.dat, with `::` between the fields.

    ratings.dat   UserID::MovieID::Rating::Timestamp     1::1193::5::978300760
    movies.dat    MovieID::Title::Genres                 1::Toy Story (1995)::Animation|Children's|Comedy

The titles of 1M are in Latin-1, those of 10M in UTF-8. users.dat and tags.dat are left alone.

Source: README of both, https://files.grouplens.org/datasets/movielens/.
"""

from cf_core.data.contents import Contents, fingerprint
from cf_core.data.plain_table import read_plain_table
from cf_core.data.raw import Format, RawData, Report, Wrong
from cf_core.data.source import Source

RATINGS, MOVIES = "ratings.dat", "movies.dat"


def _read(source: Source, wrong: Wrong = None, report: Report = lambda _: None) -> RawData:
    files = Contents.of(source, RATINGS), Contents.of(source, MOVIES)
    ratings = read_plain_table(files[0], "::", ("UserID", "MovieID", "Rating", "Timestamp"), wrong)
    movies = read_plain_table(files[1], "::", ("MovieID", "Title", "Genres"), wrong)
    return RawData(
        user_id=ratings.column("UserID"),
        item_id=ratings.column("MovieID"),
        rating=ratings.column("Rating"),
        timestamp=ratings.column("Timestamp"),
        listed_id=movies.column("MovieID"),
        title=movies.column("Title"),
        genres=movies.column("Genres"),
        fingerprint=fingerprint(*files),
    )


MOVIELENS_DAT = Format((RATINGS, MOVIES), f"{RATINGS} and {MOVIES} of MovieLens 1M or 10M", _read)
