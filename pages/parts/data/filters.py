"""The filters of the page Data: boxes, clicks on charts that set the same boxes, and a line of the active filters with
a button to clear each."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cf_core.data.filters import Filters, genres_of, years_of
from cf_core.data.ratings import Ratings
from pages.parts.data.keys import Key
from pages.shared.metrics import in_stars
from pages.shared.plot import Click

BOXES = {"rating": Key.STARS, "genre": Key.GENRE, "years": Key.YEARS, "user_id": Key.RATER}
"""The fields of `Filters` and the boxes that set them."""


def choose_filters(ratings: Ratings) -> Filters:
    """Four boxes, and the filters that they make."""
    left, middle, right, last = st.columns(4)
    with left:
        values = sorted({float(value) for value in ratings.rating})
        rating = _box("Rating", values, Key.STARS, "any rating", in_stars)
    with middle:
        genre = _box("Genre", genres_of(ratings), Key.GENRE, "any genre")
    with right:
        years = _choose_years(ratings)
    with last:
        user_id = _box("User", sorted(ratings.users.ids.tolist()), Key.RATER, "any user")
    return Filters(rating, genre, years, user_id)


def _box(label: str, values: list[Any], key: Key, placeholder: str, format_func: Callable[[Any], str] = str) -> Any:
    """One of the values, or None for any."""
    return st.selectbox(
        label, values, None, key=key, format_func=format_func, bind="query-params", placeholder=placeholder
    )


def _choose_years(ratings: Ratings) -> tuple[int, int] | None:
    """The first and the last year; None for all of them, or where no two movies differ in it."""
    years = years_of(ratings)
    if years is None or years[0] == years[1]:
        return None
    picked = st.slider("Released", *years, years, key=Key.YEARS, bind="query-params")
    return None if picked == years else picked


def show_active(ratings: Ratings, filters: Filters, n_left: int) -> None:
    """The active filters, with a button to clear each, and how many ratings pass them."""
    active = filters.active()
    if not active:
        st.caption(
            f"All {ratings.n_ratings:,} ratings. Click a bar, or the point of a user, or use the boxes: all other "
            "charts follow."
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", key="active_filters"):
        st.markdown(f"**Filtered:** {n_left:,} of {ratings.n_ratings:,} ratings", width="content")
        for name, value in active.items():
            label = _describe(name, value)
            help_text = f"Clear the filter “{label}”."
            st.button(
                label,
                key=f"clear_{name}",
                icon=":material/close:",
                on_click=clear,
                args=(ratings, name),
                help=help_text,
            )
        if len(active) > 1:
            st.button("Clear all", key="clear_all", type="tertiary", on_click=clear, args=(ratings, *active))


def clear(ratings: Ratings, *names: str) -> None:
    """Clear the filters of these names."""
    for name in names:
        st.session_state[BOXES[name]] = years_of(ratings) if name == "years" else None


def toggle(key: Key, value_of: Callable[[Click], Any], cleared: Any = None) -> Callable[[Click], None]:
    """What a click on a chart does: filter by the value that it stands for or, where that is the filter already, clear
    it."""

    def on_click(click: Click) -> None:
        value = value_of(click)
        st.session_state[key] = cleared if st.session_state.get(key) == value else value

    return on_click


def _describe(name: str, value: Any) -> str:
    if name == "rating":
        return in_stars(value)
    if name == "years":
        return f"movies of {value[0]}" if value[0] == value[1] else f"movies of {value[0]} to {value[1]}"
    return f"user {value}" if name == "user_id" else str(value)
