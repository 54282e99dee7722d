"""Two runs of the workspace on the same axes, and the settings in which they differ."""

from enum import StrEnum
from typing import get_args

import streamlit as st

from cf_core.charts.run.curves import Metric
from cf_core.runs.spec import Run
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice
from pages.shared.plot.figure_diff import SentState
from pages.shared.refresh import interval, live
from pages.shared.run.comparison import list_differences, list_ends, names_of, show_together, show_which_is_better


class Key(StrEnum):
    """Session keys; the first two are parameters of the address, too."""

    FIRST = "first_run"
    SECOND = "second_run"
    METRIC = "compare_metric"


def choose(runs: list[Run]) -> tuple[Run, Run]:
    """Two boxes; the address keeps what is selected."""
    by_id = {run.run_id: run for run in runs}
    ids = list(by_id)
    columns = st.columns(2)
    selected: list[Run] = []
    for column, key, label in zip(columns, (Key.FIRST, Key.SECOND), ("Run A", "Run B"), strict=True):
        if st.session_state.get(key) not in by_id:
            wanted, newest = st.query_params.get(key), next(run for run in runs if run not in selected)
            st.session_state[key] = wanted if wanted in by_id else newest.run_id
        run_id = column.selectbox(label, ids, key=key, format_func=lambda run_id: session.run_label(by_id[run_id]))
        st.query_params[key] = run_id
        selected.append(by_id[run_id])
    return selected[0], selected[1]


page_header(
    "Compare runs",
    "Two of your runs over the same epochs. What differs in the curves comes from what differs in the settings, which "
    "stand below them.",
    "train the same recipe with a tenth of its factors, and see which curve suffers: training or validation.",
)
runs = [run for run in session.workspace().runs() if run.spec.data == session.data_folder()]
if len(runs) < 2:
    missing = "two runs" if not runs else "one more run"
    st.info(f"It takes {missing} on this data set to compare.", icon=":material/compare_arrows:")
    st.page_link("pages/train.py", label="Train one", icon=":material/arrow_forward:")
    st.stop()
one, other = choose(runs)
if one.run_id == other.run_id:
    st.warning("Both boxes hold the same run. Choose another in one of them.")
    st.stop()
metric: Metric = choice("Loss as", get_args(Metric), key=Key.METRIC, format_func=str.upper)
under_way = one.unfinished or other.unfinished
named = dict(zip(names_of(one, other), (one, other), strict=True))
live(show_together, named, metric, "compare", SentState(), every=interval(under_way, at_least=0.5))
if not under_way:
    show_which_is_better(one, other)
list_differences(one, other)
if not under_way:
    list_ends(one, other)
