"""What belongs to one browser: its workspace, its data set, its selected run.

A workspace is identified by an unguessable token. The browser keeps it in a cookie, so that a reload finds the runs
again and no other browser sees them; the app's address with the token is a bookmark that opens the workspace elsewhere.
"""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import UnknownRunError
from cf_core.runs.run_views import OwnRun, RunView, SharedRun, shared_run
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.workspace import Workspace, is_token, new_token
from cf_core.teaching.guesses import Guess
from pages.shared import cached, server
from pages.shared.cookies import keep_cookie

COOKIE = "cf_lab_workspace"


class Key(StrEnum):
    """Session keys. All but `RUN_BOX` are parameters of the address, too: people have saved addresses with them."""

    WORKSPACE = "workspace"
    DATA = "data"
    RUN = "run"
    SHARED = "shared"
    RUN_BOX = "run_box"


def token() -> str:
    """The token of this browser's workspace: from the bookmark just opened, from the cookie, or a new one."""
    bookmarked = str(st.query_params.get(Key.WORKSPACE, ""))
    if is_token(bookmarked):
        open_workspace(bookmarked)
    if Key.WORKSPACE in st.query_params:
        del st.query_params[Key.WORKSPACE]  # an address that is copied must not give the workspace away
    if Key.WORKSPACE not in st.session_state:
        known = str(st.context.cookies.get(COOKIE, ""))
        st.session_state[Key.WORKSPACE] = known if is_token(known) else new_token()
    return str(st.session_state[Key.WORKSPACE])


def open_workspace(token: str) -> None:
    """Change to the workspace of that token."""
    st.session_state[Key.WORKSPACE] = token
    st.session_state.pop(Key.RUN, None)


def workspace() -> Workspace:
    """This browser's workspace."""
    return Workspace(server.runs(), token())


def own_run(run_id: str) -> OwnRun:
    """A view of a run of this browser's workspace."""
    return OwnRun(workspace(), run_id)


def remember_workspace() -> None:
    """Have the browser keep the token for a year, unless it has it already."""
    keep_cookie(COOKIE, token())


def choose_data() -> None:
    """The box that selects the data set."""
    st.selectbox("Data set", list(server.data_folders()), key=Key.DATA, persist_state="session", bind="query-params")


def data_folder() -> str:
    """The folder of the selected data set."""
    return server.data_folders()[st.session_state[Key.DATA]]


def ratings() -> Ratings:
    """The selected data set."""
    return cached.ratings(data_folder())


def choose_run() -> None:
    """The box that selects the run for all pages: one of the workspace's own on the selected data, or the one that a
    link shares. The address keeps the choice for a reload."""
    labels = {run.run_id: run_label(run) for run in workspace().runs() if run.spec.data == data_folder()}
    shared = _shared()
    if shared is not None:
        labels[Key.SHARED.value] = f"shared with you · {run_label(shared.run)}"
    if not labels:
        st.caption("No runs yet. Train one and it will be here.")
        st.session_state.pop(Key.RUN, None)
        return
    wanted = st.session_state.get(Key.RUN) or st.query_params.get(Key.RUN) or Key.SHARED.value
    st.session_state[Key.RUN] = st.session_state[Key.RUN_BOX] = wanted if wanted in labels else next(iter(labels))
    help_text = "Name or id, and RMSE in stars."
    st.selectbox(
        "Run", list(labels), key=Key.RUN_BOX, format_func=labels.__getitem__, on_change=_take_run, help=help_text
    )
    st.query_params[Key.RUN] = st.session_state[Key.RUN]
    if shared is not None:
        st.query_params[Key.SHARED] = st.session_state[Key.SHARED]


def _take_run() -> None:
    st.session_state[Key.RUN] = st.session_state[Key.RUN_BOX]


def _shared() -> SharedRun | None:
    """The run that the link in the address shares, or the last such link of the session."""
    if Key.SHARED in st.query_params and st.query_params[Key.SHARED] != st.session_state.get(Key.SHARED):
        st.session_state[Key.SHARED] = st.query_params[Key.SHARED]
        st.session_state[Key.RUN] = Key.SHARED.value
    link = st.session_state.get(Key.SHARED)
    if link is None:
        return None
    try:
        return shared_run(server.runs(), link)
    except UnknownRunError:
        st.warning("The link to a shared run no longer works: its owner withdrew it.")
        del st.session_state[Key.SHARED]
        return None


def selected_run() -> RunView | None:
    """The selected run; None where there is none."""
    run_id = st.session_state.get(Key.RUN)
    if run_id == Key.SHARED:
        return shared_run(server.runs(), st.session_state[Key.SHARED])
    return None if run_id is None else own_run(run_id)


def start_run(config: TrainingConfig, guess: Guess | None = None) -> str:
    """Queue a run on the selected data, with the student's guess, and select it; its id."""
    spec = RunSpec(data=data_folder(), split=SplitConfig(), config=config)
    run_id = workspace().submit(spec, guess)
    st.session_state[Key.RUN] = run_id
    return run_id


def run_label(run: Run) -> str:
    """A run in one line that no other run has: its name, how it went, its id."""
    result = run.outcome if run.rmse is None else f"{run.rmse:.3f}"
    state = "in training" if run.unfinished else result
    return f"{run.name} · {state} · {run.run_id}" if run.name else f"{run.run_id} · {state}"


def local_time(moment: datetime) -> str:
    """A moment in the visitor's time zone, with the day unless it is today."""
    zone = ZoneInfo(st.context.timezone) if st.context.timezone else None
    here = moment.astimezone(zone)
    return f"{here:%H:%M:%S}" if here.date() == datetime.now(here.tzinfo).date() else f"{here:%d %b %H:%M}"
