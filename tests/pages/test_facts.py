"""The page of facts: ids from the address, the cell, numbers, and neighbours."""

import pytest
from streamlit.testing.v1 import AppTest


@pytest.fixture
def facts(visitor):
    """`facts(user=…, movie=…)` opens the page at an address with these."""

    def open_at(**address: str):
        session = visitor()
        for name, text in address.items():
            session.at.query_params[name] = text
        session.open("facts")
        return session

    return open_at


def chosen(at: AppTest) -> tuple[object, object]:
    return at.selectbox(key="facts_of_user").value, at.selectbox(key="facts_of_movie").value


def test_begins_with_the_busiest_user_and_the_most_rated_movie(facts) -> None:
    session = facts()
    assert chosen(session.at) == (547, 356)
    assert "User 547 gave Forrest Gump (1994) 2 stars on 8 April 2001." in session.says("markdown")
    assert not {"user", "movie"} & set(session.at.query_params)
    assert session.at.title[0].value == "One movie or user"


def test_the_address_names_user_and_movie(facts) -> None:
    session = facts(user="15", movie="1")
    assert chosen(session.at) == (15, 1)
    assert "User 15 gave Toy Story (1995) 2 stars on 16 August 2001." in session.says("markdown")
    assert [header.value for header in session.at.subheader] == ["User 15", "Toy Story \\(1995\\)"]


def test_numbers_of_both(facts) -> None:
    session = facts(user="547", movie="356")
    numbers = [metric.value for metric in session.at.metric]
    assert numbers[0] == "2,391"
    assert numbers[3:5] == ["341", "4.05"]
    assert "Rank 1 of 671 by number of ratings" in session.says("caption")
    assert "Rank 1 of 9,066 by number of ratings" in session.says("caption")
    assert "Comedy, Drama, Romance, War." in session.says("caption")
    assert sum(session.figure("histogram_user")["data"][0]["y"]) == 2_391
    assert sum(session.figure("histogram_movie")["data"][0]["y"]) == 341
    assert len(session.figure("histogram_movie")["data"][0]["x"]) == 10


def test_neighbours_by_what_they_share(facts) -> None:
    session = facts(movie="260")
    users, movies = (table.value for table in session.at.dataframe)
    assert (len(users), len(movies)) == (10, 10)
    assert movies["title"][0].startswith("Star Wars: Episode V ")
    assert movies["jaccard"].is_monotonic_decreasing
    assert 0 < movies["jaccard"][0] <= 100


def test_a_blank_cell_says_so(facts) -> None:
    session = facts(user="1", movie="356")
    said = "User 1 has not rated Forrest Gump (1994): a blank cell, which a model can fill."
    assert said in session.says("markdown")


@pytest.mark.parametrize("address", [{"user": "99999"}, {"movie": "Shawshank"}])
def test_an_address_that_names_nobody(facts, address) -> None:
    session = facts(**address)
    assert "The data hold no " in session.says("error")
    assert chosen(session.at) == (547, 356)


def test_another_choice_is_kept_in_the_address(facts) -> None:
    session = facts(user="15", movie="1")
    session.at.selectbox(key="facts_of_user").set_value(30).run()
    assert chosen(session.at) == (30, 1)
    assert session.at.query_params["user"] == "30"
    assert session.at.query_params["movie"] == "1"
    session.at.selectbox(key="facts_of_user").set_value(547).run()
    assert "user" not in session.at.query_params
