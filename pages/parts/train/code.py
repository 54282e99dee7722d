"""The code that trains the same as a run: a script to read and to download, and a notebook that explains it."""

import shlex
from pathlib import Path

import streamlit as st

from cf_core.environment import PROJECT
from cf_core.exports.notebook import notebook
from cf_core.rating_scale import star_size
from cf_core.remote.url import is_url
from cf_core.runs.data_set import DataSet
from cf_core.runs.spec import Run
from cf_core.teaching.plain_script import plain_script
from cf_core.training.history import History
from pages.shared import server, session


def show_code(run: Run, history: History) -> None:
    """The script, with buttons to download it and the notebook."""
    own = session.own_data_set(run.spec.data)
    data = _place(run.spec.data) if own is None else own.folder_name
    text = plain_script(run.spec.config, data, run.spec.split, star_size(session.ratings().rating_range))
    st.caption(
        f"Plain PyTorch that does the same. {_where(own)} It comes to the run's validation loss within 0.01, unless "
        "you steered the run: commands given during training are not in the script; the notebook repeats them."
    )
    if not is_url(run.spec.data) and not Path(run.spec.data, "ratings.csv").exists():
        st.caption(
            "It reads a `ratings.csv`, and these data come in another layout: "
            f"`python -m cf_core import {shlex.quote(data)} --name NAME` writes the folder for `DATA`."
        )
    with st.container(horizontal=True):
        st.download_button(
            "Script",
            text,
            f"{run.run_id}.py",
            "text/x-python",
            key="script",
            on_click="ignore",
            icon=":material/download:",
        )
        _offer_notebook(run, history, data)
    st.code(text, language="python")


def _where(own: DataSet | None) -> str:
    """Where the code finds the ratings."""
    if own is None:
        return "Runs as it stands from the project's folder; elsewhere, set `DATA`."
    return f"Runs beside the folder `{own.folder_name}`, which *Your data* has for download."


def _offer_notebook(run: Run, history: History, data: str) -> None:
    """The button, which makes the notebook when it is clicked, in a thread that knows no session."""
    ratings, name = session.ratings(), session.name_of(run)
    st.download_button(
        "Notebook",
        lambda: notebook(run, ratings, history, name, data),
        f"{run.run_id}.ipynb",
        "application/x-ipynb+json",
        key="notebook",
        on_click="ignore",
        disabled=run.unfinished or not history.epochs or run.fingerprint != ratings.fingerprint,
        help=_NOTEBOOK,
        icon=":material/menu_book:",
    )


_NOTEBOOK = (
    "This run as a lesson for Jupyter, VS Code or Colab: from the file of ratings to the map, step by step, in plain "
    "PyTorch, with the run's own random numbers, so that it comes to the same losses. For a run that has ended."
)


def _place(data: str) -> str:
    """What `DATA` says: of a data set of the lab, its place as seen from the project's folder, or its name; of somebody
    else's, what its owner calls it, because its folder on the server is nobody's business."""
    if data not in server.data_folders().values():
        return session.ratings().name
    folder = Path(data)
    return str(folder.relative_to(PROJECT)) if folder.is_relative_to(PROJECT) else folder.name
