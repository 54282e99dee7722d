"""The lists of a ranker for all users: computed at once where the data are small, else by a program of its own, one
ranker after another, with its progress in sight and a button that stops it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import CFError
from cf_core.programs.jobs import Job, get_job, request_job
from cf_core.runs.run_views import RunView
from pages.parts.ranking import cached
from pages.parts.ranking.keys import Key
from pages.shared import ranked_lists, server, session, workspace_token
from pages.shared.duration import duration
from pages.shared.messages import escape_markdown
from pages.shared.refresh import interval, live
from pages.shared.visitor import visitor

MODULE = "cf_core.runs.top_lists"


@dataclass(frozen=True)
class Pending:
    """Lists that a program has still to compute.

    Attributes:
        key: of the job.
        settings: of the program.
    """

    key: tuple[object, ...]
    settings: Mapping[str, Any]
    n_users: int


def lists_of_run(run_view: RunView, ratings: Ratings) -> NDArray[np.int64] | Pending:
    """The lists of a run; raises `CFError` where it cannot rank."""
    if not ranked_lists.is_large(ratings):
        return ranked_lists.lists_of_run(run_view, ratings)
    run = run_view.run
    run.check_data(ratings)
    ranker = {"files": server.runs().store.files.place, "run_id": run.run_id, "model": asdict(run.spec.config.model)}
    return _from_job(run.version, ratings, run.spec.split, ranker)


def lists_of_baseline(name: str, ratings: Ratings, split: SplitConfig) -> NDArray[np.int64] | Pending:
    """The same of a baseline."""
    if not ranked_lists.is_large(ratings):
        return cached.lists_of_baseline(name, ratings, split)
    return _from_job((name,), ratings, split, {"baseline": name})


def _from_job(
    who: tuple[object, ...], ratings: Ratings, split: SplitConfig, ranker: Mapping[str, Any]
) -> NDArray[np.int64] | Pending:
    key = ("lists", *who, ratings.require_fingerprint(), split)
    job = get_job(key)
    if job is not None and job.state == "failed":
        raise CFError(job.message)
    if job is not None and job.result is not None:
        return job.result
    settings = {"data": session.data_folder(), "split": asdict(split), "k": ranked_lists.MOST_PLACES, "ranker": ranker}
    return Pending(key, settings, ratings.n_users)


def show_pending(pending: Mapping[str, Pending]) -> None:
    """How far the first of those in waiting is, which is started by itself; or, if they were stopped, a button that
    goes on. When it has ended, the page runs again.

    Args:
        pending: by what the ranker is called.
    """
    title, first = next(iter(pending.items()))
    if st.session_state.get(Key.STOPPED) == first.key:
        words = f"Rank for all users: {len(pending)} to go"
        st.button(words, key="ranking_go_on", icon=":material/play_arrow:", on_click=_go_on)
        return
    data = np.arange(first.n_users)
    watcher, address = workspace_token.token(), visitor().address
    job = request_job(first.key, MODULE, data, first.settings, watcher=watcher, address=address)
    live(_watch, job, title, len(pending), first.key, every=interval(True, at_least=0.5))


def _watch(job: Job, title: str, n_pending: int, key: tuple[object, ...]) -> None:
    if not job.under_way:
        st.rerun()
    job.watch(workspace_token.token())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.progress, _how_far(job, title, n_pending))
        st.button("Stop", key="ranking_stop", type="tertiary", on_click=_stop, args=(job, key))


def _how_far(job: Job, title: str, n_pending: int) -> str:
    if job.state == "waiting":
        return "Waiting for another computation to end…"
    left = "" if job.seconds_left is None else f", {duration(job.seconds_left)} left"
    others = f"; {n_pending - 1} more to go" if n_pending > 1 else ""
    name = escape_markdown(title)
    return f"{name} ranks for all users: {job.progress:.0%}{left}{others}" if job.progress else f"{name}: learning…"


def _stop(job: Job, key: tuple[object, ...]) -> None:
    st.session_state[Key.STOPPED] = key
    job.stop()


def _go_on() -> None:
    st.session_state.pop(Key.STOPPED, None)
