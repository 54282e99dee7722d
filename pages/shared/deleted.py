"""What a visitor deleted and can bring back: a line with a way back right after it, and a list of all."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages.shared.messages import attempt, escape_markdown

Restore = Callable[[str], object]
"""Brings back what has that id. For `on_click`; its error is shown."""


def offer_undo(deleted: Mapping[str, str], last: str | None, restore: Restore, key: str) -> None:
    """The line, where what was deleted last can still be brought back; it stays at the foot of the window, wherever the
    page was scrolled to.

    Args:
        deleted: names by ids.
        last: the id of what was deleted last.
        key: begins the keys of the widgets.
    """
    if last is None or last not in deleted:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="just_deleted"):
        st.markdown(f":material/delete: Deleted **{escape_markdown(deleted[last])}**.", width="content")
        st.button("Undo", key=f"{key}_undo", icon=":material/undo:", on_click=attempt, args=(restore, last))


def show_deleted(deleted: Mapping[str, str], what: str, restore: Restore, key: str) -> None:
    """The list, each with a button that brings it back; `what` is the noun for one of them."""
    if not deleted:
        return
    with st.expander(f"Deleted ({len(deleted)})"):
        st.caption(f"A deleted {what} can be restored for seven days, or until your runs need its room.")
        for its_id, name in deleted.items():
            left, right = st.columns([4, 1])
            left.write(escape_markdown(name))
            right.button("Undo", key=f"{key}_undo_{its_id}", on_click=attempt, args=(restore, its_id))
