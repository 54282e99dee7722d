"""Two runs of the workspace on the same axes: which is better, and the settings in which they differ."""

from typing import get_args

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.errors import MissingPartError
from cf_core.runs import which_run
from cf_core.runs.spec import Run
from pages.parts.compare.errors import show_errors
from pages.parts.compare.keys import Key, View
from pages.parts.compare.ranking import show_ranking
from pages.parts.compare.watch import show_watch
from pages.shared import address, session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice
from pages.shared.messages import escape_markdown
from pages.shared.plot.figure_diff import SentState
from pages.shared.refresh import interval, live
from pages.shared.run.comparison import list_differences, list_ends, show_together, show_which_is_better
from pages.shared.run.metric import choose_metric
from pages.shared.run.outcome import VERBS
from pages.shared.steps import BY_NAME

HEIGHT = 460


def choose(runs: list[Run]) -> dict[str, Run]:
    """Two boxes, first on the newest two, those that were made to fail left out where there are others; the address
    keeps what is selected. The runs by their letters."""
    by_id, names = {run.run_id: run for run in runs}, session.run_names()
    selected: dict[str, Run] = {}
    for key, letter in ((Key.FIRST, "A"), (Key.SECOND, "B")):
        newest = next(run.run_id for run in which_run.made_to_fail_last(runs) if run not in selected.values())
        if st.session_state.get(key) not in by_id:
            wanted = st.query_params.get(key)
            st.session_state[key] = wanted if wanted in by_id else newest
        label = f"Run {letter}"
        run_id = st.selectbox(label, list(by_id), key=key, format_func=names.__getitem__, persist_state="session")
        address.keep(key, None if run_id == newest else run_id)
        selected[letter] = by_id[run_id]
    return selected


def show_curves(chosen: dict[str, Run]) -> None:
    """Both over the same epochs, and the settings and ends beside them."""
    with st.sidebar:
        metric = choose_metric()
    under_way = any(run.unfinished for run in chosen.values())
    curves_side, words_side = st.columns([5, 3], gap="medium")
    with curves_side:
        live(show_together, chosen, metric, "compare", SentState(), HEIGHT, every=interval(under_way, at_least=0.5))
    with words_side:
        list_differences(chosen)
        if not under_way:
            list_ends(chosen)


def show_side_by_side(view: View, chosen: dict[str, Run], ratings: Ratings) -> None:
    """What two runs that have ended make of the same ratings; where one has nothing to show, why."""
    one, other = (session.own_run(run.run_id) for run in chosen.values())
    for name, run in chosen.items():
        if run.unfinished or not run.has_factors:
            why = "is still under way" if run.unfinished else f"{VERBS[run.outcome]} and left no model"
            st.info(f"{name} {why}: there is nothing to compare yet.", icon=":material/info:")
            return
    if one.run.spec.split != other.run.spec.split and view != "What to watch":
        st.info("The two were validated on different ratings, so their errors do not compare.", icon=":material/info:")
        return
    try:
        SHOW[view](one, other, ratings)
    except MissingPartError as error:
        st.info(escape_markdown(str(error)), icon=":material/info:")


SHOW = {"Errors": show_errors, "Ranking": show_ranking, "What to watch": show_watch}

page_header(
    "Compare runs",
    "Two of your runs over the same epochs, then as predictors, as rankers and as advisers. What differs comes from "
    "what differs in the settings, which stand beside the curves.",
    "the same recipe with a tenth of its factors: which curve suffers?",
)
runs = session.runs_here()
if len(runs) < 2:
    missing = "two runs" if not runs else "one more run"
    st.info(f"It takes {missing} on this data set to compare.", icon=":material/compare_arrows:")
    st.page_link("pages/train.py", label="Train one", icon=":material/arrow_forward:")
    st.stop()
with st.sidebar:
    chosen = choose(runs)
one, other = chosen.values()
if one.run_id == other.run_id:
    st.warning("Both boxes hold the same run. Choose another in one of them.")
    st.stop()
view: View = choice(
    "View",
    get_args(View),
    key=Key.VIEW,
    format_func=lambda name: BY_NAME["for_you"].title_in(session.words()) if name == "What to watch" else name,
    in_address=True,
    label_visibility="collapsed",
)
show_which_is_better(chosen)
if view == "Curves":
    show_curves(chosen)
else:
    show_side_by_side(view, chosen, session.ratings())
