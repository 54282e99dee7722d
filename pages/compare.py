"""Two runs of the workspace on the same axes, and the settings in which they differ."""

from typing import cast

import streamlit as st

from cf_core.charts.run.curves import Metric
from cf_core.errors import CFError
from cf_core.runs.spec import UNFINISHED, Run
from pages.shared import refresh, session
from pages.shared.app_frame import heading
from pages.shared.messages import say_error
from pages.shared.plot.figure_diff import Sent
from pages.shared.run.comparison import list_differences, list_ends, names_of, say_which_is_better, show_together

FIRST, SECOND = "first_run", "second_run"


def choose(runs: list[Run]) -> tuple[Run, Run]:
    """Two boxes; the address keeps what is chosen."""
    by_id = {run.run_id: run for run in runs}
    ids = list(by_id)
    columns = st.columns(2)
    chosen: list[Run] = []
    for column, key, label in zip(columns, (FIRST, SECOND), ("One run", "The other"), strict=True):
        if st.session_state.get(key) not in by_id:
            wanted, newest = st.query_params.get(key), next(run for run in runs if run not in chosen)
            st.session_state[key] = wanted if wanted in by_id else newest.run_id
        run_id = column.selectbox(label, ids, key=key, format_func=lambda run_id: session.run_label(by_id[run_id]))
        st.query_params[key] = run_id
        chosen.append(by_id[run_id])
    return chosen[0], chosen[1]


def show(one: Run, other: Run, metric: Metric, sent: Sent) -> None:
    """The curves and how both ended, refreshed while one is under way; when it ends, the page runs once more."""
    try:
        show_together(dict(zip(names_of(one, other), (one, other), strict=True)), metric, "compare", sent)
    except CFError as error:  # a fragment runs without the frame around it
        say_error(error)


heading(
    "Two at once",
    "Two of your runs over the same epochs. What differs in the curves comes from what differs in the settings, which "
    "stand below them.",
    "train the same recipe with a tenth of its factors, and look which curve suffers: training or validation.",
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
metric = st.segmented_control(
    "Loss as", ["mse", "rmse"], format_func=str.upper, default="mse", required=True, key="compare_metric"
)
under_way = any(run.outcome in UNFINISHED for run in (one, other))
every = max(0.5, refresh.refresh_seconds()) if under_way else None
st.fragment(show, run_every=every)(one, other, cast(Metric, metric), Sent())
if not under_way:
    say_which_is_better(one, other)
list_differences(one, other)
if not under_way:
    list_ends(one, other)
