"""The workspace of this browser: the address that opens it elsewhere, another key, an empty one, those before,
and runs from elsewhere."""

import streamlit as st

from cf_core.runs.workspace import new_token, workspace_name
from pages.parts.runs.import_run import offer_import
from pages.parts.runs.keys import Key
from pages.shared import open_workspace, secret_address, session, workspace_token
from pages.shared.address_of import address_of
from pages.shared.messages import attempt


def show_workspace() -> None:
    """Where the runs are kept, and how to find them from another browser."""
    st.subheader("Your workspace", anchor=False)
    st.write(
        f"This browser keeps the key of your workspace, **{workspace_name(workspace_token.token())}**. Whoever has the "
        "key has your runs and your own ratings."
    )
    is_shown = bool(st.session_state.get(Key.SHOWN))
    with st.container(horizontal=True):
        st.button(
            "Hide the bookmark" if is_shown else "Make a bookmark",
            key="runs_bookmark",
            icon=":material/bookmark:",
            help="An address that opens your workspace in another browser.",
            on_click=lambda: st.session_state.update({Key.SHOWN: not is_shown}),
        )
        st.button(
            "Change the key",
            key="runs_change_key",
            icon=":material/key:",
            help="When somebody has the address who should not.",
            on_click=workspace_token.prepare_new_token,
        )
        st.button(
            "Start an empty workspace",
            key="runs_new_workspace",
            icon=":material/add:",
            help="Your runs stay as they are, and a way back stands here.",
            on_click=lambda: session.open_workspace(new_token()),
        )
        offer_import()
    if is_shown:
        _show_bookmark()
    if workspace_token.Key.NEXT in st.session_state:
        _confirm_change()
    _show_earlier()


def _show_bookmark() -> None:
    st.warning(
        "This address gives full control of all your runs. Bookmark it, and send it to nobody; to show a run, make a "
        "link to share.",
        icon=":material/key:",
    )
    parameter, fragment = open_workspace.PARAMETER, workspace_token.token()
    address = address_of("runs", parameter, secret_address.IN_FRAGMENT, fragment)
    st.code(address, language=None, wrap_lines=True)


def _confirm_change() -> None:
    """The new key is on its way to the browser while the student reads this."""
    st.warning(
        "Your runs and ratings move to a new key. Every bookmark of this workspace and every link to its runs stops "
        "working, and other browsers are shut out.",
        icon=":material/key:",
    )
    with st.container(horizontal=True):
        st.button("Change it now", key="runs_change_key_now", type="primary", on_click=attempt, args=(_change_token,))
        st.button("Keep it", key="runs_keep_key", on_click=lambda: st.session_state.pop(workspace_token.Key.NEXT))


def _change_token() -> None:
    workspace_token.change_token()
    st.toast("Your workspace has a new key. Make a new bookmark.", icon=":material/key:")


def _show_earlier() -> None:
    """The other workspaces of this browser that have runs, each with a way back."""
    runs_of = {token: workspace_token.workspace_of(token).runs() for token in workspace_token.earlier()}
    if not any(runs_of.values()):
        return
    st.subheader("Earlier workspaces of this browser", anchor=False)
    for token, runs in runs_of.items():
        if runs:
            name, n = workspace_name(token), f"{len(runs)} runs" if len(runs) > 1 else "one run"
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{name}**: {n}, the last of {runs[0].created:%d %b %Y}", width="content")
                st.button("Go back to it", key=f"runs_back_to_{name}", on_click=session.open_workspace, args=(token,))
