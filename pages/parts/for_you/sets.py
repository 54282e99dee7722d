"""The sets of ratings of this workspace: which one is chosen, new ones, their names, deleting."""

import pandas as pd
import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.runs.rating_set import NAME_LENGTH, RatingSet
from cf_core.runs.store.rating_sets import OwnRatingSets
from pages.parts.for_you.keys import SET_IN_ADDRESS, Key
from pages.shared import address, session
from pages.shared.messages import attempt, escape_markdown

FIRST_NAME = "Me"


def own_sets() -> OwnRatingSets:
    """The sets of this browser's workspace."""
    return session.workspace().rating_sets


def choose_set(ratings: Ratings) -> RatingSet | None:
    """The boxes and buttons for the sets on the selected data; the chosen set, None where there is none yet."""
    sets = {one.set_id: one for one in own_sets().all(ratings.require_fingerprint())}
    chosen = _select(sets)
    if chosen is not None:
        st.session_state[Key.SET_BOX] = chosen.set_id
        st.selectbox(
            "Ratings of",
            list(sets),
            key=Key.SET_BOX,
            format_func=lambda set_id: f"{sets[set_id].name} · {len(sets[set_id].stars)}",
            on_change=lambda: _choose(st.session_state[Key.SET_BOX]),
            help="Each set is one person's ratings. They are kept in your workspace, which nobody else can open.",
        )
        with st.container(horizontal=True, gap="small"):
            _offer_new(ratings)
            _offer_edit(chosen)
    _offer_undo()
    return chosen


def set_to_change(ratings: Ratings) -> str:
    """The id of the chosen set; of a new one where there is none yet. For callbacks."""
    if st.session_state.get(Key.SET) is None:
        _choose(own_sets().create(FIRST_NAME, ratings.require_fingerprint()).set_id)
    return str(st.session_state[Key.SET])


def _select(sets: dict[str, RatingSet]) -> RatingSet | None:
    """The set that the session or else the address names, if it is there, or else the first."""
    first = next(iter(sets), None)
    named = st.session_state.get(Key.SET) or st.query_params.get(SET_IN_ADDRESS)
    chosen = named if named in sets else first
    st.session_state[Key.SET] = chosen
    address.keep(SET_IN_ADDRESS, None if chosen == first else chosen)
    return None if chosen is None else sets[chosen]


def _choose(set_id: str) -> None:
    """Choose a set; what was about to be rated for another one is not for this one."""
    st.session_state[Key.SET] = set_id
    st.session_state[Key.PICKED] = None


def _offer_new(ratings: Ratings) -> None:
    """A set for somebody else."""

    def create() -> None:
        name = st.session_state[Key.NEW_NAME]
        _choose(own_sets().create(name, ratings.require_fingerprint()).set_id)
        st.session_state[Key.NEW_NAME] = ""

    with st.popover("New", icon=":material/person_add:"):
        st.text_input("Whose ratings?", key=Key.NEW_NAME, max_chars=NAME_LENGTH, placeholder="My father")
        st.button("Add", key="for_you_add_set", type="primary", on_click=attempt, args=(create,))


def _offer_edit(chosen: RatingSet) -> None:
    """The set's name, and deleting it."""
    name = f"for_you_name_{chosen.set_id}"
    with st.popover("Edit", icon=":material/edit:"):
        st.text_input(
            "Name",
            chosen.name,
            key=name,
            max_chars=NAME_LENGTH,
            on_change=lambda: attempt(own_sets().rename, chosen.set_id, st.session_state[name]),
        )
        st.button(
            "Delete this set",
            key="for_you_delete_set",
            icon=":material/delete:",
            on_click=attempt,
            args=(_delete, chosen.set_id),
        )


def _delete(set_id: str) -> None:
    st.session_state[Key.DELETED] = own_sets().delete(set_id)
    st.session_state[Key.SET] = None


def _offer_undo() -> None:
    """A way back, right after a set was deleted."""
    deleted: RatingSet | None = st.session_state.get(Key.DELETED)
    if deleted is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/delete: Deleted **{escape_markdown(deleted.name)}**.", width="content")
        st.button("Undo", key="for_you_undo_delete", icon=":material/undo:", on_click=attempt, args=(_restore, deleted))


def _restore(deleted: RatingSet) -> None:
    _choose(own_sets().restore(deleted).set_id)
    del st.session_state[Key.DELETED]


def table_of(rating_set: RatingSet, ratings: Ratings) -> pd.DataFrame:
    """item_id, title and stars, the rating given last at the top."""
    item_ids = list(rating_set.stars)[::-1]
    items = ratings.items.index_of(item_ids)
    titles = ratings.item_table["title"].iloc[items].tolist()
    return pd.DataFrame(
        {"item_id": item_ids, "title": titles, "stars": [rating_set.stars[item_id] for item_id in item_ids]}
    )
