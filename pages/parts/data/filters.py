"""The filters of the data page: boxes to choose with, clicks that set the same boxes, and a line that says what is in
force with a button to clear each.

Nothing in here looks at a rating; that is `cf_core.data.filters`.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cf_core.data.filters import Filters, genres_of, years_of
from cf_core.data.ratings import Ratings
from pages.shared.plot import Click

STARS, GENRE, YEARS, RATER = "stars", "genre", "years", "rater"
"""Keys of the boxes, in the session and in the address."""

BOXES = {"rating": STARS, "genre": GENRE, "years": YEARS, "user_id": RATER}


def choose(ratings: Ratings) -> Filters:
    """Draw the boxes and the line of what is in force; give the filters that they make."""
    stars, genre, years, rater = st.columns(4)
    values = sorted({float(value) for value in ratings.rating})
    chosen: dict[str, Any] = {
        "rating": stars.selectbox(
            "Rating", values, None, key=STARS, format_func=lambda value: f"{value:g} stars", bind="query-params",
            placeholder="any rating",
        ),
        "genre": genre.selectbox(
            "Genre", genres_of(ratings), None, key=GENRE, bind="query-params", placeholder="any genre"
        ),
    }  # fmt: skip
    all_years = years_of(ratings)
    if all_years and all_years[0] < all_years[1]:
        picked = years.slider("Movies of the years", *all_years, all_years, key=YEARS, bind="query-params")
        chosen["years"] = None if picked == all_years else picked
    chosen["user_id"] = rater.selectbox(
        "User", sorted(ratings.users.ids.tolist()), None, key=RATER, bind="query-params", placeholder="any user"
    )
    return Filters(**chosen)


def say_in_force(ratings: Ratings, filters: Filters, n_left: int) -> None:
    """What is chosen, with a button to clear each, and how much is left."""
    in_force = filters.in_force()
    if not in_force:
        st.caption(
            "No filter in force: all ratings are shown. Click a bar or a point in any chart, or use the boxes, and "
            "every other view follows."
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", key="in_force"):
        st.markdown(f"**Filters in force** · {n_left:,} of {ratings.n_ratings:,} ratings", width="content")
        for name, value in in_force.items():
            label = _in_words(name, value)
            st.button(label, key=f"clear_{name}", icon=":material/close:", on_click=clear, args=(ratings, name),
                      help=f"Clear the filter “{label}”.")  # fmt: skip
        if len(in_force) > 1:
            st.button("Clear all", key="clear_all", type="tertiary", on_click=clear, args=(ratings, *in_force))


def clear(ratings: Ratings, *names: str) -> None:
    """Let any value pass the filters of these names again."""
    for name in names:
        st.session_state[BOXES[name]] = years_of(ratings) if name == "years" else None


def toggle(key: str, value_of: Callable[[Click], Any], cleared: Any = None) -> Callable[[Click], None]:
    """What a click on a chart does: choose the value that it stands for or, where that is chosen already, clear it."""

    def take(click: Click) -> None:
        value = value_of(click)
        st.session_state[key] = cleared if st.session_state.get(key) == value else value

    return take


def _in_words(name: str, value: Any) -> str:
    if name == "rating":
        return f"{value:g} stars"
    if name == "years":
        return f"movies of {value[0]}" if value[0] == value[1] else f"movies of {value[0]} to {value[1]}"
    return f"user {value}" if name == "user_id" else str(value)
