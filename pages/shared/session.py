"""What belongs to one browser: its workspace, the data set it looks at, the run it has chosen.

A workspace is an unguessable token in a cookie, so that a reload finds its runs again and no other browser sees them.
"""

import re
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import UNFINISHED, Run, RunSpec
from cf_core.training.config import TrainingConfig
from pages.shared import loaders

COOKIE = "cf_lab_workspace"
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
WORKSPACE, DATA, RUN, RUN_BOX = "workspace", "data", "run", "run_box"


def workspace() -> str:
    """The token of this browser's workspace."""
    if WORKSPACE not in st.session_state:
        known = st.context.cookies.get(COOKIE, "")
        st.session_state[WORKSPACE] = known if TOKEN.fullmatch(known) else secrets.token_urlsafe(24)
    return str(st.session_state[WORKSPACE])


def remember_workspace() -> None:
    """Have the browser keep the token, for a year, where it does not yet."""
    if st.context.cookies.get(COOKIE) != workspace():
        _cookie_writer()(data={"cookie": f"{COOKIE}={workspace()}; path=/; max-age=31536000; SameSite=Strict"})


def _cookie_writer() -> "st.components.v2.types.ComponentRenderer":
    return st.components.v2.component(
        "workspace_cookie", js="export default ({ data }) => { document.cookie = data.cookie; }"
    )


def choose_data() -> None:
    """The box in which the data set is chosen."""
    st.selectbox("Data set", list(loaders.data_folders()), key=DATA, persist_state="session", bind="query-params")


def data_folder() -> str:
    """The folder of the data set that is chosen."""
    return loaders.data_folders()[st.session_state[DATA]]


def ratings() -> Ratings:
    """The ratings that are chosen."""
    return loaders.ratings(data_folder())


def own_runs() -> list[Run]:
    """The runs of this workspace on the chosen data, newest first."""
    return [run for run in loaders.runs().store.list(workspace()) if run.spec.data == data_folder()]


def choose_run() -> None:
    """The box in which the run is chosen that all pages look at; its id stands in the address, for a reload."""
    own = {run.run_id: run for run in own_runs()}
    if not own:
        st.caption("No runs yet. Train one and it will be here.")
        return
    wanted = st.session_state.get(RUN) or st.query_params.get(RUN)
    st.session_state[RUN] = st.session_state[RUN_BOX] = wanted if wanted in own else next(iter(own))
    st.selectbox(
        "Run",
        list(own),
        key=RUN_BOX,
        format_func=lambda run_id: run_label(own[run_id]),
        on_change=_take_run,
        help="Recipe, RMSE in stars, when it began.",
    )
    st.query_params[RUN] = st.session_state[RUN]


def _take_run() -> None:
    st.session_state[RUN] = st.session_state[RUN_BOX]


def chosen_run() -> Run | None:
    """The run that is chosen, as the store knows it now; None where there is none yet."""
    run_id = st.session_state.get(RUN)
    return None if run_id is None else loaders.runs().store.get(run_id)


def start_run(config: TrainingConfig) -> None:
    """Put a run on the chosen data in the queue and choose it."""
    spec = RunSpec(data=data_folder(), split=SplitConfig(), config=config)
    st.session_state[RUN] = loaders.runs().submit(spec, workspace())


def run_label(run: Run) -> str:
    """A run in one line: what, when, how it went."""
    when = run.created.astimezone(_now().tzinfo)
    day = "" if when.date() == _now().date() else f"{when:%d %b} "
    result = run.outcome if run.rmse is None else f"{run.rmse:.3f}"
    return f"{run.spec.config.recipe} · {'in training' if run.outcome in UNFINISHED else result} · {day}{when:%H:%M:%S}"


def _now() -> datetime:
    """The time where the visitor is; the server's where the browser does not tell."""
    zone = st.context.timezone
    return datetime.now(ZoneInfo(zone)) if zone else datetime.now().astimezone()
