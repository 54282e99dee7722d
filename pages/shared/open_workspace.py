"""What becomes of an address that opens a workspace, see `secret_address`: the visitor is asked first."""

from enum import StrEnum

import streamlit as st

from cf_core.runs.workspace import is_token, workspace_name
from pages.shared import secret_address, session, workspace_token

PARAMETER = "workspace"


class Key(StrEnum):
    """Session key of the token that an address offers."""

    OFFERED = "workspace_offered"


def is_asked() -> bool:
    """Ask whether to open the workspace that the address names, in place of the page; whether there is a question. To
    write the address meanwhile would make a history entry of it."""
    is_in_address = secret_address.is_in_address(PARAMETER)
    if is_in_address:
        secret_address.read(PARAMETER, lambda token: st.session_state.update({Key.OFFERED: token}))
        if is_token(st.query_params[PARAMETER]):
            st.session_state[Key.OFFERED] = st.query_params[PARAMETER]
    offered = st.session_state.get(Key.OFFERED)
    if offered == workspace_token.token() and not is_in_address:
        del st.session_state[Key.OFFERED]
        return False
    if offered is None or offered == workspace_token.token():
        return is_in_address
    _ask(offered)
    return True


def _ask(offered: str) -> None:
    """Open, or stay."""
    st.title("Open another workspace?", anchor=False)
    mine = workspace_token.token()
    if not is_token(offered):
        st.error("This address names no workspace: part of it is missing. Copy it anew.", icon=":material/error:")
        st.button("Go on in mine", key="workspace_stay", type="primary", on_click=_answer)
        return
    st.markdown(
        f"This opens another workspace, **{workspace_name(offered)}**, {_runs_in(offered)}. Whoever has its address "
        "sees and steers all that you train in it."
    )
    st.markdown(
        f"Yours is **{workspace_name(mine)}**, {_runs_in(mine)}. This browser keeps it: *Your runs*, under *Earlier "
        "workspaces*, leads back."
    )
    with st.container(horizontal=True):
        st.button("Stay in mine", key="workspace_stay", type="primary", on_click=_answer)
        st.button("Open it", key="workspace_open", on_click=_open, args=(offered,))


def _runs_in(token: str) -> str:
    n = len(workspace_token.workspace_of(token).runs())
    return {0: "without runs", 1: "with one run"}.get(n, f"with {n} runs")


def _open(offered: str) -> None:
    _answer()
    session.open_workspace(offered)


def _answer() -> None:
    del st.session_state[Key.OFFERED]
    secret_address.forget(PARAMETER)
