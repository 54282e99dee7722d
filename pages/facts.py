"""One user and one movie: their ratings, and their neighbours by what they share."""

from typing import Any

import streamlit as st

from cf_core.data.crosstab import busiest_users, most_rated_items
from cf_core.data.profile import rating_of
from cf_core.data.ratings import Ratings
from pages.parts.facts.close_up import show_movie, show_user
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.facts_link import Name, key, read_from_address, write_to_address
from pages.shared.messages import escape_markdown
from pages.shared.pickers import pick_movie, pick_user
from pages.shared.steps import BY_NAME


def choose(ratings: Ratings) -> tuple[int, int]:
    """The indices of the user and the movie, which the address keeps; at first the busiest and the most rated."""
    defaults: dict[Name, Any] = {
        "user": ratings.users.ids[busiest_users(ratings, 1)[0]],
        "movie": ratings.items.ids[most_rated_items(ratings, 1)[0]],
    }
    read_from_address(ratings.users, "user", defaults["user"])
    read_from_address(ratings.items, "movie", defaults["movie"])
    with st.sidebar:
        indices = pick_user(ratings, key("user")), pick_movie(ratings, key("movie"))
    write_to_address(defaults)
    return indices


def show_rating(ratings: Ratings, user: int, item: int) -> None:
    """The user's rating of the movie, or that there is none."""
    title, user_id = ratings.item_table["title"].iloc[item], ratings.users.ids[user]
    known = rating_of(ratings, user, item)
    if known is None:
        sentence = f"User {user_id} has not rated {title}: a blank cell, which a model can fill."
    else:
        rating, time = known
        when = "" if time is None else f" on {time:%-d %B %Y}"
        sentence = f"User {user_id} gave {title} {ratings.words.value(rating)}{when}."
    st.markdown(f":material/star: {escape_markdown(sentence)}")


page_header(
    BY_NAME["facts"].title,
    "One user and one movie, up close: how they rate and are rated, and who is near them by nothing but what they "
    "share. Two movies are neighbours when the same people rated both, whatever they thought of them.",
    "go from neighbour to neighbour and see how far you get from where you began.",
)
ratings = session.ratings()
user, item = choose(ratings)
show_rating(ratings, user, item)
left, right = st.columns([2, 3], gap="medium")
with left:
    show_user(ratings, user)
with right:
    show_movie(ratings, item)
