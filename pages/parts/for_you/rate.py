"""The movie to rate, with ratings to click or type, and one's ratings so far."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.filters import has_genres
from cf_core.data.ratings import Ratings
from cf_core.insight.rating_steps import rating_steps
from cf_core.runs.rating_set import RatingSet
from cf_core.words import MOVIES
from pages.parts.for_you.keys import Key
from pages.parts.for_you.rating_buttons import keys_in_words, rating_label, rows_of, shortcuts
from pages.parts.for_you.sets import own_sets, set_to_change, table_of
from pages.shared.messages import attempt, escape_markdown
from pages.shared.metrics import counted
from pages.shared.pickers import id_box
from pages.shared.table import picking_table

UNSEEN = "The model never saw it: your rating teaches it nothing."
TABLE_ROWS = 6
HOW_CHOSEN = (
    "Asked about next is the {item} with the largest product of three numbers: the share of users who rated it, how "
    "much their ratings differ, and how much your ratings so far leave open what you would say, by the {item}'s "
    "factors. So each answer changes what comes next. Nothing that you skip is asked about again."
)


def show_rating(
    ratings: Ratings, rating_set: RatingSet | None, next_item: int | None, trained: NDArray[np.bool_]
) -> None:
    """The movie to rate, the search for another one, and the ratings so far.

    Args:
        next_item: index of the movie to ask about where none was picked; None where all were.
        trained: (n_items,) whether the model has seen a rating of the movie.
    """
    picked = _picked(ratings)
    item = next_item if picked is None else picked
    with st.container(border=True, gap="small", key="for_you_card"):
        if item is None:
            st.markdown(f"**No {ratings.words.item} is left to ask about.** Search for one, or undo a skip.")
        else:
            _show_movie(ratings, rating_set, item, bool(trained[item]))
            _show_stars(ratings, item)
        _show_other_buttons(ratings, rating_set, item)
    _search(ratings)
    if rating_set is not None and rating_set.stars:
        with st.container(key="for_you_rated"):
            _show_ratings(ratings, rating_set)


def _picked(ratings: Ratings) -> int | None:
    """The index of the movie that the person picked; None where none is, or it is of another data set."""
    item_id = st.session_state.get(Key.PICKED)
    if item_id is None:
        return None
    index = int(ratings.items.index_of([item_id], unknown="mark")[0])
    return None if index < 0 else index


def _show_movie(ratings: Ratings, rating_set: RatingSet | None, item: int, is_trained: bool) -> None:
    movie = ratings.item_stats().iloc[item]
    given = None if rating_set is None else rating_set.stars.get(_id(ratings, item))
    words, steps = ratings.words, rating_steps(ratings)
    first = "Seen it?" if words == MOVIES else "Know it?"
    question = first if given is None else f"You gave it {words.value(given)}. Another opinion?"
    st.markdown(f"{question} {keys_in_words(steps)}", help=HOW_CHOSEN.format(item=words.item))
    known = f"{counted(movie['n_ratings'], 'rating')}, mean {movie['mean_rating']:.2f}"
    with st.container(gap="xsmall", key="for_you_movie"):  # as high for a long title as for a short one: no star moves
        st.subheader(escape_markdown(movie["title"]), anchor=False)
        genres = f" · {movie['genres'].replace('|', ', ')}" if has_genres(ratings.item_table) else ""
        text = f"{known}{genres}" if is_trained else UNSEEN
        st.caption(escape_markdown(text))


def _show_stars(ratings: Ratings, item: int) -> None:
    """A button for each rating that can be given, with its key."""
    steps = rating_steps(ratings)
    keys = shortcuts(steps)
    for number, row in enumerate(rows_of(steps)):
        with st.container(horizontal=True, gap="xsmall", key=f"for_you_star_row_{number}"):
            for stars in row:
                st.button(
                    rating_label(stars, ratings.words),
                    key=f"for_you_stars_{stars:.10g}",
                    width="stretch",
                    shortcut=keys[stars],
                    on_click=attempt,
                    args=(_rate, ratings, item, stars),
                )


def _show_other_buttons(ratings: Ratings, rating_set: RatingSet | None, item: int | None) -> None:
    """Skip the movie, or remove its rating, and take back the last answer."""
    is_rated = rating_set is not None and item is not None and _id(ratings, item) in rating_set.stars
    with st.container(horizontal=True, gap="small"):
        if is_rated:
            st.button(
                "Remove the rating",
                key="for_you_remove",
                icon=":material/delete:",
                on_click=attempt,
                args=(_remove, ratings, item),
            )
        else:
            st.button(
                "Skip",
                key="for_you_skip",
                icon=":material/skip_next:",
                shortcut="s",
                disabled=item is None,
                on_click=attempt,
                args=(_skip, ratings, item),
            )
        if item is not None and st.session_state.get(Key.PICKED) is not None:
            st.button("Back", key="for_you_back", type="tertiary", on_click=lambda: _pick(None))
        st.button(
            "Undo",
            key="for_you_undo",
            icon=":material/undo:",
            shortcut="u",
            disabled=rating_set is None or not rating_set.answers,
            help="Takes your last answer back.",
            on_click=attempt,
            args=(_undo, ratings),
        )


def _rate(ratings: Ratings, item: int, stars: float) -> None:
    own_sets().rate(set_to_change(ratings), _id(ratings, item), stars)
    _pick(None)


def _skip(ratings: Ratings, item: int) -> None:
    own_sets().skip(set_to_change(ratings), _id(ratings, item))
    _pick(None)


def _remove(ratings: Ratings, item: int) -> None:
    own_sets().remove(set_to_change(ratings), _id(ratings, item))
    _pick(None)


def _undo(ratings: Ratings) -> None:
    own_sets().undo(set_to_change(ratings))
    _pick(None)


def _pick(item_id: Any) -> None:
    st.session_state[Key.PICKED] = item_id


def _id(ratings: Ratings, item: int) -> Any:
    return ratings.items.ids.tolist()[item] if ratings.items.ids.dtype == object else int(ratings.items.ids[item])


def _search(ratings: Ratings) -> None:
    """A box that finds any movie by its title."""
    label = f"Rate another {ratings.words.item}"

    def pick() -> None:
        _pick(st.session_state[Key.SEARCH])
        st.session_state[Key.SEARCH] = None

    id_box(
        ratings,
        "item",
        label,
        Key.SEARCH,
        placeholder=f"{label}: type a title",
        label_visibility="collapsed",
        on_change=pick,
    )


def _show_ratings(ratings: Ratings, rating_set: RatingSet) -> None:
    """The ratings so far, the last one first; a row that is ticked puts its movie up to be changed or removed."""
    table = table_of(rating_set, ratings)
    picking_table(
        table.drop(columns="item_id"),
        height=38 + 35 * min(len(table), TABLE_ROWS),
        key="for_you_ratings",
        on_pick=lambda row: _pick(table["item_id"].tolist()[row]),
        name="my-ratings",
        saved=table,
        column_config={
            "title": st.column_config.TextColumn(f"rated: {ratings.words.count(len(table))}", width=230),
            "stars": st.column_config.NumberColumn(ratings.words.unit, format="%.1f", width=50),
        },
    )
