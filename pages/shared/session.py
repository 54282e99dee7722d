"""What belongs to one browser: its workspace, its data set, its selected run."""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import CFError, UnknownDataSetError, UnknownRunError
from cf_core.runs import which_run
from cf_core.runs.data_set import DataSet
from cf_core.runs.run_names import run_name
from cf_core.runs.run_names import run_names as names_of_runs
from cf_core.runs.run_views import OwnRun, RunView, SharedRun, shared_run
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.workspace import Workspace
from cf_core.teaching.guesses import Guess
from cf_core.words import MOVIES, Words
from pages.shared import address, cached, server, workspace_token
from pages.shared.classes import classes


class Key(StrEnum):
    """Session keys. `DATA`, `RUN`, `SHARED` and `RECIPE` are parameters of the address, too: people have saved
    addresses with them. `FOLLOW_SHARED` says that a link has just been opened, whose data are to be selected, and
    `FOLLOW_DATA` names a data set that has just come in."""

    DATA = "data"
    DATA_FOLDER = "data_folder"
    FOLLOW_SHARED = "follow_shared"
    FOLLOW_DATA = "follow_data"
    RUN = "run"
    SHARED = "shared"
    RUN_BOX = "run_box"
    RUN_BY_HAND = "run_by_hand"
    RECIPE = "recipe"
    CHOSEN_RECIPE = "chosen_recipe"


def open_workspace(token: str) -> None:
    """Change to the workspace of that token, in which no run is selected yet."""
    workspace_token.enter_workspace(token)
    st.session_state.pop(Key.RUN, None)


def workspace() -> Workspace:
    """This browser's workspace."""
    return workspace_token.workspace_of(workspace_token.token())


def own_run(run_id: str) -> OwnRun:
    """A view of a run of this browser's workspace."""
    return OwnRun(workspace(), run_id)


def choose_data() -> None:
    """The box that selects the data set: one of the lab's, one that the workspace brought, or the one of a run that a
    link shares. The address keeps a choice for a reload."""
    with st.container():  # a place of its own, see `choose_run`
        shared = _shared()
        offered = _offered(shared)
        if Key.FOLLOW_DATA in st.session_state:
            select_data(st.session_state.pop(Key.FOLLOW_DATA))
        if st.session_state.get(Key.DATA) not in offered:
            select_data(_named_in_address(offered))
    if st.session_state.pop(Key.FOLLOW_SHARED, False) and shared is not None:
        select_data(next((data for data in offered if offered[data].folder == shared.run.spec.data), _first(offered)))
    st.selectbox(
        "Data set",
        list(offered),
        key=Key.DATA,
        format_func=lambda data: offered[data].label if data in offered else str(data),
        persist_state="session",
    )
    chosen = st.session_state[Key.DATA]
    address.keep(Key.DATA, chosen if chosen != _first(offered) else None)
    st.session_state[Key.DATA_FOLDER] = offered[chosen].folder


def select_data(data: str) -> None:
    """Select a data set: one of the lab's by its name, one of the workspace's by its id. For callbacks."""
    st.session_state[Key.DATA] = data


def follow_data(data: str) -> None:
    """Select a data set from within a run of the page, which begins again."""
    st.session_state[Key.FOLLOW_DATA] = data
    st.rerun()


def follow_data_at(folder: str) -> None:
    """Select the data set in that folder from within a run of the page, which begins again; does nothing where it is
    selected, or may not be."""
    data = next((data for data, offer in _offered(None).items() if offer.folder == folder), None)
    if data is not None and folder != data_folder():
        follow_data(data)


def data_folder() -> str:
    """The folder of the selected data set."""
    return str(st.session_state[Key.DATA_FOLDER])


def select_data_of(run: Run) -> None:
    """Select the data set that a run was trained on, if it may still be chosen. For callbacks."""
    select_data_at(run.spec.data)


def select_data_at(folder: str) -> None:
    """Select the data set in that folder, if it may be chosen. For callbacks."""
    data = next((data for data, offer in _offered(None).items() if offer.folder == folder), None)
    if data is not None:
        select_data(data)


def data_name(folder: str) -> str:
    """What the box of data sets calls the one in that folder; "–" for one that this visitor may not choose any more."""
    return next((offer.label for offer in _offered(None).values() if offer.folder == folder), "–")


def own_data_set(folder: str) -> DataSet | None:
    """The workspace's own data set in that folder; None where there is none, or none any more."""
    return next((own for own in workspace().data_sets.all() if own.folder == folder), None)


class _Offer(NamedTuple):
    """A data set to choose: what the box calls it, and its folder."""

    label: str
    folder: str


def _offered(shared: SharedRun | None) -> dict[str, _Offer]:
    """The data sets that this visitor may choose: the lab's by name, the workspace's by id, and under `Key.SHARED` that
    of a shared run."""
    offered = {name: _Offer(name, folder) for name, folder in server.data_folders().items()}
    for own in workspace().data_sets.all():
        offered[own.data_id] = _Offer(f"{own.name} · yours", own.folder)
    for taught in classes().data_sets_of_member(workspace_token.token()):
        offered.setdefault(taught.data_id, _Offer(f"{taught.name} · of your class", taught.folder))
    try:
        theirs = None if shared is None else shared.data_set()
    except UnknownDataSetError as error:
        st.warning(str(error))
        theirs = None
    if theirs is not None and theirs.data_id not in offered:
        offered[Key.SHARED.value] = _Offer(f"{theirs.name} · shared with you", theirs.folder)
    return offered


def _named_in_address(offered: Mapping[str, _Offer]) -> str:
    """The data set that the address names, or else the first. That of somebody else's workspace is not offered."""
    named = st.query_params.get(Key.DATA)
    return named if named is not None and named in offered else _first(offered)


def _first(offered: Mapping[str, _Offer]) -> str:
    return next(iter(offered))


def ratings() -> Ratings:
    """The selected data set."""
    return cached.ratings(data_folder())


def words() -> Words:
    """What is rated in the selected data set, and in what unit."""
    return ratings().words


def words_or_movies() -> Words:
    """The same, before the box of data sets is there, too; those of the lesson where the data cannot be read, which is
    said elsewhere on the page."""
    try:
        return cached.words(_folder_to_be())
    except CFError:
        return MOVIES


def wait_for_ratings() -> None:
    """Read the selected data set now, so that the bar of a first reading is where this is called. What is wrong with it
    is said elsewhere on the page."""
    with contextlib.suppress(CFError):
        ratings()


def _folder_to_be() -> str:
    """The folder of the data set that the box will select, or has selected, in this run: the navigation comes first."""
    named = st.session_state.get(Key.DATA) or st.query_params.get(Key.DATA)
    link, followed = st.query_params.get(Key.SHARED), st.session_state.get(Key.SHARED)
    if link not in (None, followed) or named == Key.SHARED:
        with contextlib.suppress(UnknownRunError):  # a link that was withdrawn, which `_shared` will say
            return shared_run(server.runs(), str(link or followed)).run.spec.data
    offered = server.data_folders()
    if named is not None and named not in offered:
        offered |= {data: offer.folder for data, offer in _offered(None).items()}
    return offered.get(str(named)) or next(iter(offered.values()))


def choose_run() -> None:
    """The box that selects the run for all pages: one of the workspace's own on the selected data, or the one that a
    link shares. The address keeps a choice for a reload."""
    with st.container():  # a place of its own: a message that goes away would move, and so empty, the boxes below
        shared = _shared()
    names = run_names()
    runs = runs_here()
    labels = {run.run_id: names[run.run_id] for run in runs}
    newest = which_run.newest(runs)
    default = None if newest is None else newest.run_id
    if shared is not None:
        default = Key.SHARED.value
        labels[default] = f"shared with you · {run_name(shared.run)}"
    selected = _select(labels, default)
    address.keep(Key.RUN, selected if selected != default or chosen_by_hand() else None)
    address.keep(Key.SHARED, st.session_state.get(Key.SHARED))
    if not labels:
        st.caption("No runs yet. Train one and it will be here.")
        return
    st.session_state[Key.RUN_BOX] = selected
    st.selectbox(
        "Run",
        list(labels),
        index=None if selected is None else 0,
        key=Key.RUN_BOX,
        format_func=labels.__getitem__,
        on_change=lambda: select_run(st.session_state[Key.RUN_BOX]),
        placeholder="None selected",
        help=f"What it is, what differs from its recipe, RMSE in {words_or_movies().unit}.",
    )


def _select(labels: Mapping[str, str], default: str | None) -> str | None:
    """Select the run that the session or else the address names, if it is there to be selected, or else the default."""
    selected = st.session_state.get(Key.RUN)
    if selected not in labels:
        named = st.query_params.get(Key.RUN)
        st.session_state[Key.RUN_BY_HAND] = named in labels
        selected = st.session_state[Key.RUN] = named if named in labels else default
    return selected


def select_run(run_id: str) -> None:
    """Select a run because the student wants to look at that one. For callbacks."""
    st.session_state[Key.RUN], st.session_state[Key.RUN_BY_HAND] = run_id, True


def chosen_by_hand() -> bool:
    """Whether the student chose the selected run, in the box or by an address; otherwise it is just the latest."""
    return bool(st.session_state.get(Key.RUN_BY_HAND))


def runs_here() -> list[Run]:
    """The workspace's runs on the selected data, newest first."""
    return [run for run in workspace().runs() if run.spec.data == data_folder()]


def run_names() -> dict[str, str]:
    """What the runs of the workspace are called, by their ids."""
    return names_of_runs(workspace().runs())


def name_of(run: Run) -> str:
    """What a run is called: one of the workspace's own, or one that a link shares."""
    return run_names().get(run.run_id) or run_name(run)


def _shared() -> SharedRun | None:
    """The run that the link in the address shares, or the last such link of the session."""
    if Key.SHARED in st.query_params and st.query_params[Key.SHARED] != st.session_state.get(Key.SHARED):
        open_shared(st.query_params[Key.SHARED])
    link = st.session_state.get(Key.SHARED)
    if link is None:
        return None
    try:
        return shared_run(server.runs(), link)
    except UnknownRunError:
        st.warning("The link to a shared run no longer works: its owner withdrew it.")
        del st.session_state[Key.SHARED]
        st.query_params.pop(Key.SHARED, None)  # or the box of runs would follow it, and say so, again
        return None


def open_shared(link: str) -> None:
    """Select the run that a link shares, and its data. For callbacks."""
    st.session_state[Key.SHARED] = link
    select_run(Key.SHARED.value)
    st.session_state[Key.FOLLOW_SHARED] = True


def selected_run() -> RunView | None:
    """The selected run; None where there is none."""
    run_id = st.session_state.get(Key.RUN)
    if run_id == Key.SHARED:
        return shared_run(server.runs(), st.session_state[Key.SHARED])
    return None if run_id is None else own_run(run_id)


def is_selected(run_view: RunView) -> bool:
    """Whether that is the selected run: a click may just have selected another."""
    run_id = st.session_state.get(Key.RUN)
    return run_id == (run_view.run_id if isinstance(run_view, OwnRun) else Key.SHARED)


def chosen_recipe(default: str) -> str:
    """The recipe that was chosen last on the page Train."""
    return str(st.session_state.get(Key.CHOSEN_RECIPE, default))


def start_run(config: TrainingConfig, guess: Guess | None = None, split: SplitConfig | None = None) -> str:
    """Queue a run on the selected data and a split of them, the lesson's where none is given, with the student's guess,
    and select it; its id."""
    spec = RunSpec(data=data_folder(), split=split or SplitConfig(), config=config)
    run_id = workspace().submit(spec, guess)
    st.session_state[Key.RUN], st.session_state[Key.RUN_BY_HAND] = run_id, False
    return run_id


def local_time(moment: datetime) -> str:
    """A moment in the visitor's time zone, with the day unless it is today."""
    zone = ZoneInfo(st.context.timezone) if st.context.timezone else None
    here = moment.astimezone(zone)
    return f"{here:%H:%M:%S}" if here.date() == datetime.now(here.tzinfo).date() else f"{here:%d %b %H:%M}"
