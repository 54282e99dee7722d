"""The boxes in which a user and a movie are picked. Of very many only the busiest, or the most rated, are listed, for a
list of all would be most of what a page weighs; any other is typed."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import streamlit as st

from cf_core.data.crosstab import busiest_users, most_rated_items
from cf_core.data.ratings import Ratings
from cf_core.errors import UnknownIdError
from pages.shared.cached import cache_for_all
from pages.shared.messages import escape_markdown

Kind = Literal["user", "item"]

MOST_LISTED, N_LISTED = 10_000, 1_000
"""Up to so many, all are listed; of more, so many."""


class Choices(NamedTuple):
    """What a box lists: raw ids, and whether these are all."""

    listed: list[Any]
    is_whole: bool


@cache_for_all(max_entries=4)
def sorted_titles(ratings: Ratings) -> dict[Any, str]:
    """The title of each movie by its raw id, in alphabetical order."""
    pairs = zip(ratings.items.ids.tolist(), ratings.item_table["title"].tolist(), strict=True)
    return dict(sorted(pairs, key=lambda pair: pair[1]))


@cache_for_all(max_entries=8)
def choices(ratings: Ratings, of: Kind) -> Choices:
    """Users by raw id or movies by title; of more than `MOST_LISTED`, those with the most ratings, these first."""
    ids = ratings.users if of == "user" else ratings.items
    if len(ids) <= MOST_LISTED:
        return Choices(sorted(ids.ids.tolist()) if of == "user" else list(sorted_titles(ratings)), True)
    first = (busiest_users if of == "user" else most_rated_items)(ratings, N_LISTED)
    return Choices(ids.raw_of(first).tolist(), False)


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
    return int(ratings.users.index_of([id_box(ratings, "user", "User", key)])[0])


def pick_movie(ratings: Ratings, key: str) -> int:
    """A box, and the index of the movie in it; under `key` the session holds the raw id."""
    return int(ratings.items.index_of([id_box(ratings, "item", ratings.words.capital.item, key)])[0])


def id_box(
    ratings: Ratings,
    of: Kind,
    label: str,
    key: str,
    *,
    on_change: Callable[[], None] | None = None,
    help: str | None = None,
    **options: Any,
) -> Any:
    """A box of users or of movies, and the raw id in it, None where it is empty.

    Under `key` the session holds the raw id, too. What is typed and is none becomes the id of the user, or of the most
    rated movie with that in its title; where there is none, the box stays as it was, and a message says so.

    Args:
        on_change: called once the session holds the id.
        options: go to `st.selectbox`. With a `placeholder` the box may be empty, otherwise the session holds an id from
            before it is drawn.
    """
    found = choices(ratings, of)
    titles = {} if of == "user" else sorted_titles(ratings)
    chosen = _read(ratings, of, st.session_state.get(key))
    if chosen is None and "placeholder" not in options:
        st.session_state.pop(key, None)  # of another data set: the box shows its first
    elif chosen != st.session_state.get(key):
        st.session_state[key] = chosen  # it was text in an address
    if not found.is_whole:
        how = "Type the id of any other user." if of == "user" else "Type a part of any other title."
        most = "busiest" if of == "user" else "most rated"
        help = f"{help or ''} The {len(found.listed):,} {most} are listed. {how}".strip()
    others = [] if chosen is None or found.is_whole or chosen in found.listed else [chosen]

    def settle() -> None:
        typed = st.session_state[key]
        st.session_state[key] = read = _read(ratings, of, typed)
        if read is None and typed is not None:
            st.session_state[key] = chosen
            st.toast(_none_such(ratings, of, typed), icon=":material/search_off:")
        elif on_change is not None:
            on_change()

    picked = st.selectbox(
        label,
        [*others, *found.listed],
        None if "placeholder" in options else 0,
        key=key,
        format_func=lambda one: str(titles.get(one, one)),
        accept_new_options=not found.is_whole,
        on_change=on_change if found.is_whole else settle,
        help=help,
        **options,
    )
    return _read(ratings, of, picked)


def _read(ratings: Ratings, of: Kind, typed: Any) -> Any:
    """The raw id that is meant: one that there is, or else what `find` makes of a text; None where there is none."""
    ids = ratings.users if of == "user" else ratings.items
    if typed is None or typed in ids:
        return typed
    return find(ratings, of, str(typed))


def find(ratings: Ratings, of: Kind, text: str) -> Any:
    """The raw id of the user that the text names; or of the movie with that title, or else the most rated with that in
    its title, whether in small or capital letters. None where there is none."""
    if of == "user":
        try:
            return ratings.users.read(text)
        except UnknownIdError:
            return None
    titles, wanted = sorted_titles(ratings), text.casefold()
    having = [(one, title.casefold()) for one, title in titles.items() if wanted in title.casefold()]
    meant = sorted([one for one, title in having if title == wanted] or [one for one, _ in having])
    if not meant:
        return None
    n_ratings = ratings.item_stats()["n_ratings"].to_numpy()[ratings.items.index_of(meant)]
    return meant[int(n_ratings.argmax())]


def _none_such(ratings: Ratings, of: Kind, typed: str) -> str:
    said = f"There is no user “{typed}”." if of == "user" else f"No title has “{typed}” in it."
    return escape_markdown(said)
