"""What becomes of an address that opens a workspace: the visitor is asked first, and the token leaves the address.

Such an address ends in `?workspace=open#TOKEN`: what follows the # stays in the browser, so that no server on the way
has the token in its log. An older one, `?workspace=TOKEN`, is understood as well.
"""

from enum import StrEnum

import streamlit as st

from cf_core.runs.workspace import is_token, workspace_name
from pages.shared import session, workspace_token

PARAMETER, IN_FRAGMENT = "workspace", "open"

_JS = """
export default ({ setTriggerValue }) => {
  const here = new URL(location.href);
  const named = here.searchParams.get("workspace");
  if (named === null) return;
  const token = named === "open" ? here.hash.slice(1) : named;
  here.searchParams.delete("workspace");
  here.hash = "";
  history.replaceState(history.state, "", here);
  setTriggerValue("token", token);
};
"""


class Key(StrEnum):
    """Session keys; `OFFERED` is the token that an address offers."""

    READER = "workspace_reader"
    OFFERED = "workspace_offered"


def is_asked() -> bool:
    """Ask whether to open the workspace that the address names, in place of the page; whether there is a question. To
    write the address meanwhile would make a history entry of it."""
    is_in_address = PARAMETER in st.query_params
    if is_in_address:
        _read_and_clear_address()
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


def _read_and_clear_address() -> None:
    """Have the browser tell the token, and take it out of the address and the history entry."""

    def take() -> None:
        st.session_state[Key.OFFERED] = st.session_state[Key.READER].token
        _forget_parameter()

    reader = st.components.v2.component("read_workspace_token", js=_JS)
    reader(key=Key.READER, on_token_change=take)


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
    _forget_parameter()


def _forget_parameter() -> None:
    """The browser has taken it out of the address, but goes on telling the server what it was."""
    if PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
