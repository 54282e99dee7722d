"""Which column holds what: told by names, else by contents, and said which is a guess."""

import pandas as pd
import pytest

from cf_core.data.tables.column_names import noun_of, plural_of
from cf_core.data.tables.options import Roles
from cf_core.data.tables.roles import guess_roles
from cf_core.data.tables.understand import understand


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("userId,movieId,rating,timestamp", Roles("userId", "movieId", "rating", "timestamp")),
        ("User-ID,ISBN,Book-Rating", Roles("User-ID", "ISBN", "Book-Rating")),
        ("reviewerID,asin,overall,unixReviewTime", Roles("reviewerID", "asin", "overall", "unixReviewTime")),
        ("uid,iid,score,date", Roles("uid", "iid", "score", "date")),
        ("customer,product_id,stars", Roles("customer", "product_id", "stars")),
        ("reader,book_title,book_id,value", Roles("reader", "book_id", "value", title="book_title")),
        ("user_id,artist_id,rating_time,user_rating", Roles("user_id", "artist_id", "user_rating", "rating_time")),
        ("userid,itemid,avg_rating,rating", Roles("userid", "itemid", "rating")),
    ],
)
def test_names_tell_roles(header, roles):
    columns = header.split(",")
    guess = guess_roles(pd.DataFrame([["1"] * len(columns)], columns=columns, dtype="str"))
    assert guess.roles == roles
    assert guess.guessed == set()


def test_contents_tell_roles_and_it_is_said_to_be_a_guess(tmp_path):
    file = tmp_path / "t.tsv"
    rows = [f"b{item}\tu{user}\t{(user + item) % 5 + 1}\t{1260759144 + user}" for user in range(9) for item in range(9)]
    file.write_text("\n".join(rows))
    understood = understand(file)
    assert understood.roles == Roles("column 2", "column 1", "column 3", "column 4")
    assert understood.guessed == {"user", "item", "rating", "time"}
    assert sum("guess" in sentence for sentence in understood.why) == 4
    assert (understood.has_header, understood.delimiter, len(understood.first_rows)) == (False, "\t", 20)


def test_names_that_come_twice_or_are_empty_are_made_unique(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(",user,user,item,rating\n0,a,b,c,3\n")
    assert understand(file).columns == ("column 1", "user", "user (2)", "item", "rating")


@pytest.mark.parametrize(
    ("column", "noun"),
    [("book_id", "book"), ("movieId", "movie"), ("ISBN", "book"), ("artist_id", "artist"), ("column 2", None)],
)
def test_the_noun_of_a_column(column, noun):
    assert noun_of(column) == noun


def test_plurals():
    plurals = [plural_of(noun) for noun in ("movie", "dish", "story", "series")]
    assert plurals == ["movies", "dishes", "stories", "series"]
