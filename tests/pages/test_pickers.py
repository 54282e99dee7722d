"""Boxes that list only some of very many users and movies: any other is typed."""

import pytest
import streamlit as st

from pages.shared import pickers

USER, MOVIE = "facts_of_user", "facts_of_movie"


@pytest.fixture
def facts(visitor, tiny, monkeypatch):
    """The page One movie or user of 30 users and 150 movies, where a box lists five."""
    monkeypatch.setattr(pickers, "MOST_LISTED", 20)
    monkeypatch.setattr(pickers, "N_LISTED", 5)
    st.cache_resource.clear()
    session = visitor()
    session.open("facts")
    yield session
    st.cache_resource.clear()


def type_into(session, key: str, text: str) -> None:
    box = session.at.selectbox(key=key)
    box.options.append(text)  # AppTest sends only what is listed
    assert not box.set_value(text).run().exception


def test_the_busiest_are_listed(facts) -> None:
    assert [len(facts.at.selectbox(key=key).options) for key in (USER, MOVIE)] == [5, 5]
    assert facts.at.selectbox(key=USER).help == "The 5 busiest are listed. Type the id of any other user."


def test_any_other_is_typed(facts) -> None:
    users, movies = (set(facts.at.selectbox(key=key).options) for key in (USER, MOVIE))
    user = next(str(one) for one in range(1, 31) if str(one) not in users)
    type_into(facts, USER, user)
    assert facts.at.selectbox(key=USER).value == int(user)
    assert f"User {user}" in facts.at.subheader[0].value
    movie = next(one for one in range(100, 151) if not any(f"Movie {one} " in title for title in movies))
    type_into(facts, MOVIE, f"mOVIE {movie} (")
    assert facts.at.selectbox(key=MOVIE).value == movie
    assert facts.at.query_params["movie"] == str(movie)


def test_what_is_not_there_leaves_the_box_as_it_was(facts) -> None:
    before = facts.at.selectbox(key=USER).value
    type_into(facts, USER, "no such user")
    assert facts.at.selectbox(key=USER).value == before
    assert "There is no user “no such user”." in facts.says("toast")
