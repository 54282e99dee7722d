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
    titles = sorted_titles(ratings)
    left, right = st.columns(2)
    user_id = left.selectbox("User", sorted(ratings.users.ids.tolist()), key=user_key)
    item_id = right.selectbox("Movie", list(titles), key=movie_key, format_func=titles.__getitem__)
    return int(ratings.users.index_of([user_id])[0]), int(ratings.items.index_of([item_id])[0])
