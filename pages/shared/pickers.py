"""The boxes in which a user and a movie are picked."""

from typing import Any

import streamlit as st

from cf_core.data.ratings import Ratings


def sorted_titles(ratings: Ratings) -> dict[Any, str]:
    """The title of each movie by its raw id, in alphabetical order."""
    pairs = zip(ratings.items.ids.tolist(), ratings.item_table["title"].tolist(), strict=True)
    return dict(sorted(pairs, key=lambda pair: pair[1]))


def pick_user_and_movie(ratings: Ratings, user_key: str, movie_key: str) -> tuple[int, int]:
    """Two boxes side by side, and the indices of the user and the movie in them. Under the two keys the session holds
    their raw ids, from before the boxes are drawn."""
    left, right = st.columns(2)
    with left:
        user = pick_user(ratings, user_key)
    with right:
        return user, pick_movie(ratings, movie_key)


def pick_user(ratings: Ratings, key: str) -> int:
    """A box, and the index of the user in it; under `key` the session holds the raw id."""
    user_id = st.selectbox("User", sorted(ratings.users.ids.tolist()), key=key)
    return int(ratings.users.index_of([user_id])[0])


def pick_movie(ratings: Ratings, key: str) -> int:
    """A box, and the index of the movie in it; under `key` the session holds the raw id."""
    titles = sorted_titles(ratings)
    item_id = st.selectbox(ratings.words.capital.item, list(titles), key=key, format_func=titles.__getitem__)
    return int(ratings.items.index_of([item_id])[0])
