"""The filters of the page Data: boxes in the sidebar, clicks on charts that set the same boxes, and a button for each
active filter that clears it."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cf_core.charts.style import short_title
from cf_core.data.filters import Filters
from cf_core.data.ratings import Ratings
from pages.parts.data import cached
from pages.parts.data.keys import Key
from pages.shared.messages import escape_markdown
from pages.shared.pickers import find, id_box, sorted_titles
from pages.shared.plot import Click

BOXES = {"rating": Key.STARS, "genre": Key.GENRE, "years": Key.YEARS, "user_id": Key.RATER, "item_id": Key.RATED}
"""The fields of `Filters` and the boxes that set them."""

N_LISTED = 1_000
"""So many of the most rated movies are listed in the box of movies."""


def choose_filters(ratings: Ratings) -> Filters:
    """The boxes, and the filters that they make."""
    values = ratings.rating_values.tolist()
    return Filters(
        rating=_box("Rating", values, Key.STARS, "any rating", ratings.words.value),
        genre=_box("Genre", cached.genres_of(ratings), Key.GENRE, "any genre") if cached.has_genres(ratings) else None,
        years=_choose_years(ratings),
        user_id=id_box(ratings, "user", "User", Key.RATER, bind="query-params", placeholder="any user"),
        item_id=_choose_movie(ratings),
    )


def _box(label: str, values: list[Any], key: Key, placeholder: str, format_func: Callable[[Any], str] = str) -> Any:
    """One of the values, or None for any."""
    return st.selectbox(
        label, values, None, key=key, format_func=format_func, bind="query-params", placeholder=placeholder
    )


def _choose_movie(ratings: Ratings) -> Any:
    """The raw id of a movie: of the most rated, which are listed, or of any other whose title, or a part of it, was
    typed or that was clicked; None for any. A list of all would be most of what the page weighs."""
    words, titles = ratings.words, sorted_titles(ratings)
    listed, chosen = cached.most_rated(ratings, N_LISTED), st.session_state.get(Key.RATED)
    others = [chosen] if chosen in titles and chosen not in listed else []
    picked = st.selectbox(
        words.capital.item,
        [*listed, *others],
        None,
        key=Key.RATED,
        format_func=lambda one: titles.get(one, str(one)),
        bind="query-params",
        placeholder=f"any {words.item}",
        accept_new_options=True,
        help=f"The {N_LISTED:,} most rated are listed; type a part of any other title.",
    )
    if picked is None or picked in titles:
        return picked
    found = find(ratings, "item", picked)
    if found is None:
        st.caption(escape_markdown(f"No title has “{picked}” in it."))
    return found


def _choose_years(ratings: Ratings) -> tuple[int, int] | None:
    """The first and the last year; None for all of them, or where no two movies differ in it."""
    years = cached.years_of(ratings)
    if years is None or years[0] == years[1]:
        return None
    picked = st.slider("Released", *years, years, key=Key.YEARS, bind="query-params")
    return None if picked == years else picked


def show_active(ratings: Ratings, filters: Filters) -> None:
    """A button for each active filter, which clears it, for a row that they share with others."""
    active = filters.active()
    for name, value in active.items():
        label = describe(ratings, name, value)
        st.button(
            escape_markdown(label),
            key=f"clear_{name}",
            icon=":material/close:",
            on_click=clear,
            args=(ratings, name),
            help=f"Clear the filter “{escape_markdown(label)}”.",
        )
    if len(active) > 1:
        st.button("Clear all", key="clear_all", type="tertiary", on_click=clear, args=(ratings, *active))


def clear(ratings: Ratings, *names: str) -> None:
    """Clear the filters of these names."""
    for name in names:
        st.session_state[BOXES[name]] = cached.years_of(ratings) if name == "years" else None


def toggle(key: Key, value_of: Callable[[Click], Any], cleared: Any = None) -> Callable[[Click], None]:
    """What a click on a chart does: filter by the value that it stands for or, where that is the filter already, clear
    it."""

    def on_click(click: Click) -> None:
        value = value_of(click)
        st.session_state[key] = cleared if st.session_state.get(key) == value else value

    return on_click


def describe(ratings: Ratings, name: str, value: Any) -> str:
    """A filter in a word or two."""
    if name == "rating":
        return ratings.words.value(value)
    if name == "years":
        return str(value[0]) if value[0] == value[1] else f"{value[0]} to {value[1]}"
    if name == "item_id":
        return short_title(ratings.item_table["title"].iloc[int(ratings.items.index_of([value])[0])])
    return f"user {value}" if name == "user_id" else str(value)
