"""What belongs to one browser: its workspace, the data set it looks at, the run it has chosen.

A workspace is known by an unguessable token, which the browser keeps in a cookie, so that a reload finds its runs again
and no other browser sees them. Its address with the token is the bookmark that opens it elsewhere.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import UnknownRunError
from cf_core.runs.run_views import OwnRun, RunView, SharedRun, shared_run
from cf_core.runs.spec import UNFINISHED, Run, RunSpec
from cf_core.runs.workspace import Workspace, is_token, new_token
from cf_core.teaching.guesses import Guess
from pages.shared import cached, server

COOKIE = "cf_lab_workspace"
WORKSPACE, DATA, RUN, RUN_BOX, SHARED = "workspace", "data", "run", "run_box", "shared"


def token() -> str:
    """The token of this browser's workspace: that of the bookmark just opened, of the cookie, or a fresh one."""
    bookmarked = str(st.query_params.get(WORKSPACE, ""))
    if is_token(bookmarked):
        open_workspace(bookmarked)
    if WORKSPACE in st.query_params:
        del st.query_params[WORKSPACE]  # an address that is copied must not give the workspace away
    if WORKSPACE not in st.session_state:
        known = str(st.context.cookies.get(COOKIE, ""))
        st.session_state[WORKSPACE] = known if is_token(known) else new_token()
    return str(st.session_state[WORKSPACE])


def open_workspace(token: str) -> None:
    """Be in the workspace of that token from now on."""
    st.session_state[WORKSPACE] = token
    st.session_state.pop(RUN, None)


def workspace() -> Workspace:
    """This browser's workspace."""
    return Workspace(server.runs(), token())


def own_run(run_id: str) -> OwnRun:
    """A run of this browser's workspace, to look at."""
    return OwnRun(workspace(), run_id)


def remember_workspace() -> None:
    """Have the browser keep the token, for a year, where it does not yet."""
    if st.context.cookies.get(COOKIE) != token():
        _cookie_writer()(data={"cookie": f"{COOKIE}={token()}; path=/; max-age=31536000; SameSite=Strict"})


def _cookie_writer() -> ComponentRenderer:
    return st.components.v2.component(
        "workspace_cookie", js="export default ({ data }) => { document.cookie = data.cookie; }"
    )


def choose_data() -> None:
    """The box in which the data set is chosen."""
    st.selectbox("Data set", list(server.data_folders()), key=DATA, persist_state="session", bind="query-params")


def data_folder() -> str:
    """The folder of the data set that is chosen."""
    return server.data_folders()[st.session_state[DATA]]


def ratings() -> Ratings:
    """The ratings that are chosen."""
    return cached.ratings(data_folder())


def choose_run() -> None:
    """The box in which the run is chosen that all pages look at: one of the workspace's own on the chosen data, or the
    one that a link shares. The choice stands in the address, for a reload."""
    labels = {run.run_id: run_label(run) for run in workspace().runs() if run.spec.data == data_folder()}
    shared = _shared()
    if shared is not None:
        labels[SHARED] = f"shared with you · {run_label(shared.run)}"
    if not labels:
        st.caption("No runs yet. Train one and it will be here.")
        st.session_state.pop(RUN, None)
        return
    wanted = st.session_state.get(RUN) or st.query_params.get(RUN) or SHARED
    st.session_state[RUN] = st.session_state[RUN_BOX] = wanted if wanted in labels else next(iter(labels))
    help_text = "Name or id, and RMSE in stars."
    st.selectbox("Run", list(labels), key=RUN_BOX, format_func=labels.__getitem__, on_change=_take_run, help=help_text)
    st.query_params[RUN] = st.session_state[RUN]
    if shared is not None:
        st.query_params[SHARED] = st.session_state[SHARED]


def _take_run() -> None:
    st.session_state[RUN] = st.session_state[RUN_BOX]


def _shared() -> SharedRun | None:
    """The run that the link in the address shares, or the last such link of the session."""
    if SHARED in st.query_params and st.query_params[SHARED] != st.session_state.get(SHARED):
        st.session_state[SHARED] = st.query_params[SHARED]
        st.session_state[RUN] = SHARED
    link = st.session_state.get(SHARED)
    if link is None:
        return None
    try:
        return shared_run(server.runs(), link)
    except UnknownRunError:
        st.warning("The link to a shared run leads nowhere any more: its owner has taken it back.")
        del st.session_state[SHARED]
        return None


def chosen() -> RunView | None:
    """The run that is chosen; None where there is none."""
    run_id = st.session_state.get(RUN)
    if run_id == SHARED:
        return shared_run(server.runs(), st.session_state[SHARED])
    return None if run_id is None else own_run(run_id)


def start_run(config: TrainingConfig, guess: Guess | None = None) -> None:
    """Put a run on the chosen data in the queue, with what is guessed of it, and choose it."""
    spec = RunSpec(data=data_folder(), split=SplitConfig(), config=config)
    st.session_state[RUN] = workspace().submit(spec, guess)


def run_label(run: Run) -> str:
    """A run in one line that no other run has: its name, how it went, its id."""
    result = run.outcome if run.rmse is None else f"{run.rmse:.3f}"
    state = "in training" if run.outcome in UNFINISHED else result
    return f"{run.name} · {state} · {run.run_id}" if run.name else f"{run.run_id} · {state}"


def local_time(moment: datetime) -> str:
    """A moment in the visitor's own time, with the day where it is not today's."""
    zone = ZoneInfo(st.context.timezone) if st.context.timezone else None
    here = moment.astimezone(zone)
    return f"{here:%H:%M:%S}" if here.date() == datetime.now(here.tzinfo).date() else f"{here:%d %b %H:%M}"
