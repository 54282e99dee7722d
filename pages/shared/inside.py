"""What there is to see inside a run, one view at a time: its numbers, and whatever else the Train page offers below the
curves. Nothing in here computes a view."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from cf_core.runs.spec import UNFINISHED, Run
from cf_core.training.history import History
from pages.shared.outcome import show_script
from pages.shared.session import ChosenRun


def look_inside(chosen: ChosenRun) -> None:
    """The choice of a view, and the view."""
    run = chosen.run
    views: dict[str, Callable[[], None]] = {
        "Numbers": lambda: _numbers(chosen, run),
        "Code": lambda: show_script(run),
    }
    st.subheader("Look inside")
    name = st.segmented_control(
        "View", list(views), default="Numbers", required=True, key="inside", label_visibility="collapsed"
    )
    views[name]()


def _numbers(chosen: ChosenRun, run: Run) -> None:
    """What the curves show, as a table."""
    live = chosen.live() if run.outcome in UNFINISHED else None
    history = chosen.history() if live is None else live.history
    if not history.epochs:
        st.caption("No epoch is over yet; each will have its row here.")
        return
    st.dataframe(_table(history), hide_index=True, key="numbers")
    if run.outcome in UNFINISHED:
        st.button("Refresh the table", key="refresh_numbers", type="tertiary", icon=":material/refresh:")


def _table(history: History) -> pd.DataFrame:
    """One row an epoch."""
    return pd.DataFrame(
        {
            "epoch": [epoch.epoch for epoch in history.epochs],
            "training loss (MSE)": [round(epoch.train_loss, 4) for epoch in history.epochs],
            "validation loss (MSE)": [round(epoch.valid_loss, 4) for epoch in history.epochs],
            "RMSE, stars": [round(epoch.rmse, 4) for epoch in history.epochs],
            "MAE, stars": [round(epoch.mae, 4) for epoch in history.epochs],
            "learning rate at its end": [float(f"{epoch.learning_rate:.3g}") for epoch in history.epochs],
            "seconds": [round(epoch.seconds, 2) for epoch in history.epochs],
        }
    )
