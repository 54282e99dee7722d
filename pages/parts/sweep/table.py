"""The table of the trials, by number, so that a row stays where it is."""

import pandas as pd
import streamlit as st

from cf_core.runs.experiment import INNER_RMSE, setting_name
from cf_core.settings import SETTINGS, Setting
from pages.parts.sweep.found import Found
from pages.parts.sweep.keys import SELECTION
from pages.shared.table import data_table

STATES = {"pruned": "given up"}
"""What the screen calls a trial that has ended, where it is another word."""


def show_table(found: Found, height: int) -> None:
    """A row per trial, on at most `height` pixels; rows that are ticked are chosen."""
    ids = list(found.names)
    chosen = SELECTION.runs(ids)
    table = trial_table(found)
    numeric = [name for name in found.varied if isinstance(SETTINGS[name], Setting)]
    data_table(
        table,
        key=SELECTION.table_key,
        name="trials",
        height=min(38 + 35 * len(ids), height),
        placeholder="–",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [ids.index(run_id) for run_id in chosen]}},
        on_select=lambda: SELECTION.take_ticked(ids),
        column_config={
            "trial": st.column_config.NumberColumn("trial", width=45, pinned=True),
            INNER_RMSE: st.column_config.NumberColumn(INNER_RMSE, format="%.4f", width=85),
            "state": st.column_config.TextColumn("state", width=75),
            **{name: st.column_config.NumberColumn(name, format="%g", width=85) for name in map(setting_name, numeric)},
        },
    )


def trial_table(found: Found) -> pd.DataFrame:
    """Number from 1, inner RMSE, state and varied settings of each trial, those under way, too."""
    marks = {run.run_id: (run.spec.sweep, run.outcome) for run in found.progress.runs}
    rows = []
    for run_id, (mark, outcome) in marks.items():
        if mark is None:
            continue
        trial = found.trials.get(run_id)
        state = outcome if trial is None else trial.state
        settings = {setting_name(name): mark.settings.get(name) for name in found.varied}
        rmse = None if trial is None or trial.state in ("diverged", "failed") else trial.inner_rmse
        rows.append({"trial": mark.number + 1, INNER_RMSE: rmse, "state": STATES.get(state, state), **settings})
    return pd.DataFrame(rows, columns=["trial", INNER_RMSE, "state", *map(setting_name, found.varied)])
