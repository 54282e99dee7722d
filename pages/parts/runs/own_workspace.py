"""The workspace of this browser: the address that opens it elsewhere, and an empty one."""

import streamlit as st

from cf_core.runs.workspace import new_token
from pages.parts.runs.address import address_of
from pages.shared import session


def show_workspace() -> None:
    """Where the runs are kept, and how to find them from another browser."""
    st.subheader("Your workspace")
    st.write(
        "This browser remembers your runs. To open them in another browser, use this address. It gives full control of "
        "them, so share it with nobody:"
    )
    st.code(address_of("runs", session.Key.WORKSPACE, session.token()), language=None, wrap_lines=True)
    st.button(
        "Start an empty workspace",
        key="runs_new_workspace",
        help="Your runs stay as they are, and the address above leads back to them.",
        on_click=lambda: session.open_workspace(new_token()),
    )
