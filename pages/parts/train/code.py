"""The script that trains the same as a run, to read and to download."""

from pathlib import Path

import streamlit as st

from cf_core.environment import PROJECT
from cf_core.rating_scale import star_size
from cf_core.runs.spec import Run
from cf_core.teaching.plain_script import plain_script
from pages.shared import session


def show_script(run: Run) -> None:
    """The script, with a button to download it."""
    text = plain_script(
        run.spec.config, _from_project(Path(run.spec.data)), run.spec.split, star_size(session.ratings().rating_range)
    )
    st.caption(
        "Plain PyTorch that does the same. Runs as it stands from the project's folder; elsewhere, set `DATA`. It "
        "comes to the run's validation loss within 0.01, unless you steered the run: commands given during training "
        "are not included."
    )
    st.download_button(
        "Download",
        text,
        f"{run.run_id}.py",
        "text/x-python",
        key="script",
        on_click="ignore",
        icon=":material/download:",
    )
    st.code(text, language="python")


def _from_project(data: Path) -> str:
    """The folder as seen from the project's, if it lies within, else its name: no path of the server's."""
    return str(data.relative_to(PROJECT)) if data.is_relative_to(PROJECT) else data.name
