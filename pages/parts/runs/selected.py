"""The selected run: its name and note, a link to share, a download, deleting."""

import streamlit as st

from cf_core.runs.spec import Run
from cf_core.runs.workspace import NAME_LENGTH, NOTE_LENGTH
from pages.parts.runs.download import offer_download
from pages.parts.runs.keys import Key
from pages.shared import session
from pages.shared.address_of import address_of
from pages.shared.messages import attempt, escape_markdown


def show_selected(run: Run) -> None:
    """Everything that can be done with it."""
    st.subheader(escape_markdown(session.name_of(run)), anchor=False)
    left, right = st.columns(2)
    with left:
        _edit_name_and_note(run)
    with right:
        _share(run)
        offer_download(run)
        _delete(run)


def _edit_name_and_note(run: Run) -> None:
    workspace = session.workspace()
    name, note = f"runs_name_{run.run_id}", f"runs_note_{run.run_id}"
    st.text_input(
        "Name",
        run.name,
        max_chars=NAME_LENGTH,
        placeholder="Your name for it",
        key=name,
        on_change=lambda: attempt(workspace.rename, run.run_id, st.session_state[name]),
    )
    st.text_area(
        "Note",
        run.note,
        max_chars=NOTE_LENGTH,
        placeholder="What did you expect, and what came out?",
        key=note,
        on_change=lambda: attempt(workspace.annotate, run.run_id, st.session_state[note]),
    )


def _share(run: Run) -> None:
    """A link that shows the run and gives no control."""
    workspace = session.workspace()
    if run.share_token is None:
        st.button(
            "Make a link to share",
            key="runs_share",
            icon=":material/link:",
            on_click=attempt,
            args=(workspace.share, run.run_id),
        )
        return
    st.caption(
        session.words().told("Anyone with this link can see the run's curves, movies and map, and change nothing:")
    )
    st.code(address_of("train", session.Key.SHARED, run.share_token), language=None, wrap_lines=True)
    st.button("Withdraw the link", key="runs_unshare", on_click=attempt, args=(workspace.unshare, run.run_id))


def _delete(run: Run) -> None:
    if run.unfinished:
        st.caption("A run in training can be deleted once it is stopped.")
        return
    st.button(
        "Delete this run",
        key="runs_delete",
        icon=":material/delete:",
        on_click=attempt,
        args=(_delete_and_say, run),
    )


def _delete_and_say(run: Run) -> None:
    """Delete, and remember what can be undone. For `on_click`."""
    session.workspace().delete(run.run_id)
    st.session_state[Key.DELETED] = run.run_id
