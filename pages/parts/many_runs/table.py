"""The table of all runs, with every setting in which they differ."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from cf_core.runs.experiment import Experiment
from pages.parts.many_runs.keys import SELECTION
from pages.shared.table import data_table

HEIGHT = 430
NAME_WIDTH = 190


def show_table(found: Experiment, chosen: list[str], names: Mapping[str, str]) -> None:
    """A row per run, to be sorted by any column; rows that are ticked are chosen."""
    table = found.table[[*found.results, *found.settings]]
    table.insert(0, "run", [names[run_id] for run_id in table.index])
    ids = [str(run_id) for run_id in table.index]
    data_table(
        table,
        key=SELECTION.table_key,
        name="many-runs",
        height=HEIGHT,
        placeholder="–",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [ids.index(run_id) for run_id in chosen]}},
        on_select=lambda: SELECTION.take_ticked(ids),
        column_config={
            "run": st.column_config.TextColumn("run", width=NAME_WIDTH, pinned=True),
            "RMSE": st.column_config.NumberColumn("RMSE", format="%.4f"),
            "gap": st.column_config.NumberColumn("gap", format="%.3f", help="Validation RMSE above training RMSE."),
            "seconds": st.column_config.NumberColumn("seconds", format="%.1f"),
            **{name: _number(name) for name in found.settings if pd.api.types.is_numeric_dtype(table[name])},
        },
    )


def _number(name: str) -> object:
    return st.column_config.NumberColumn(name, format="%g")
