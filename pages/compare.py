"""Two runs of the workspace on the same axes, and the settings in which they differ."""

from typing import cast

import pandas as pd
import streamlit as st

from cf_core.charts.compare import compare_curves
from cf_core.charts.curves import Metric
from cf_core.errors import CFError
from cf_core.runs.spec import UNFINISHED, Run
from cf_core.training.differences import differing_settings
from cf_core.training.history import History
from pages.shared import pace, session
from pages.shared.frame import heading
from pages.shared.plot import plot
from pages.shared.plot.drawing import Sent
from pages.shared.session import OwnRun
from pages.shared.words import plain, say_error

FIRST, SECOND = "first_run", "second_run"

NOISE = 0.002
"""Stars of RMSE by which two runs that differ in their seed alone were seen to differ on the lesson's split."""


def choose(runs: list[Run]) -> tuple[Run, Run]:
    """Two boxes; the address keeps what is chosen."""
    by_id = {run.run_id: run for run in runs}
    ids = list(by_id)
    columns = st.columns(2)
    chosen = []
    for column, key, label, fallback in zip(columns, (FIRST, SECOND), ("One run", "The other"), ids[:2], strict=True):
        if st.session_state.get(key) not in by_id:
            wanted = st.query_params.get(key)
            st.session_state[key] = wanted if wanted in by_id else fallback
        run_id = column.selectbox(label, ids, key=key, format_func=lambda run_id: session.run_label(by_id[run_id]))
        st.query_params[key] = run_id
        chosen.append(by_id[run_id])
    return chosen[0], chosen[1]


def history_of(run: Run) -> History:
    """The run as far as it has come."""
    own = OwnRun(run.run_id)
    live = own.live() if run.outcome in UNFINISHED else None
    return own.history() if live is None else live.history


def names_of(one: Run, other: Run) -> tuple[str, str]:
    """What legend and table call the two."""
    return one.name or one.run_id, other.name or other.run_id


def show(one: Run, other: Run, metric: Metric, sent: Sent) -> None:
    """The curves and how both ended, refreshed while one is under way; when it ends, the page runs once more."""
    try:
        if any(run.outcome in UNFINISHED and OwnRun(run.run_id).run.outcome not in UNFINISHED for run in (one, other)):
            st.rerun()
        histories = dict(zip(names_of(one, other), map(history_of, (one, other)), strict=True))
        said = "; ".join(f"{name}: {_reached(history)}" for name, history in histories.items())
        plot(compare_curves(histories, metric), key="compare", alt=f"Losses of two runs by epoch. {said}.", sent=sent)
    except CFError as error:  # a fragment runs without the frame around it
        say_error(error)


def _reached(history: History) -> str:
    return f"validation MSE {history.epochs[-1].valid_loss:.4f}" if history.epochs else "no epoch yet"


def say_which_is_better(one: Run, other: Run) -> None:
    if one.rmse is None or other.rmse is None:
        st.info("Which is better shows when both have an epoch behind them.")
        return
    (best, name), (rest, _) = sorted(zip((one.rmse, other.rmse), names_of(one, other), strict=True))
    gap = rest - best
    if gap < NOISE:
        st.info(
            f"The two end {gap:.4f} stars of RMSE apart. Runs that differ in nothing but their seed differ by as much."
        )
    else:
        st.success(plain(f"{name} guesses better: its RMSE is {gap:.4f} stars lower, {gap / rest:.1%}."))


def list_differences(one: Run, other: Run) -> None:
    """The settings that differ, and how both ended."""
    names = names_of(one, other)
    lines = differing_settings(one.spec.config, other.spec.config)
    st.subheader("Settings that differ")
    if lines:
        st.dataframe(pd.DataFrame(lines, columns=["setting", *names]), hide_index=True, key="differences")
    else:
        st.caption("None: the same settings give the same numbers on the same machine.")
    ended = {name: ends_of(run) for name, run in zip(names, (one, other), strict=True)}
    st.subheader("How they ended")
    st.dataframe(pd.DataFrame({"": ["RMSE, stars", "epochs", "seconds", "outcome"], **ended}), hide_index=True)


def ends_of(run: Run) -> list[str]:
    """RMSE, epochs, seconds and outcome as text."""
    rmse = "–" if run.rmse is None else f"{run.rmse:.4f}"
    return [rmse, str(run.n_epochs_done), "–" if run.seconds is None else f"{run.seconds:.1f}", run.outcome]


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
every = max(0.5, pace.refresh_seconds()) if under_way else None
st.fragment(show, run_every=every)(one, other, cast(Metric, metric), Sent())
say_which_is_better(one, other)
list_differences(one, other)
