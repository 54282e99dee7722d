"""What became of a run, in words and numbers, and the script that does the same.

Nothing in here draws curves.
"""

from pathlib import Path

import streamlit as st

from cf_core.environment import PROJECT
from cf_core.runs.spec import Run
from cf_core.teaching.plain_script import plain_script
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from pages.shared.messages import plain
from pages.shared.run.settings_form import short

VERBS = {"diverged": "diverged", "failed": "failed", "interrupted": "was interrupted"}


def introduce(run: Run) -> None:
    """Which run this is, and with which settings."""
    config = run.spec.config
    st.subheader(plain(run.name or run.run_id))
    rates = ", then ".join(f"{phase.n_trained} at {short(phase.learning_rate)}" for phase in config.phases)
    steps = " in sparse steps" if config.update == "sparse" else ""
    st.caption(
        plain(
            f"{config.recipe}: {config.model.n_factors} factors, {config.optimizer}{steps}, epochs {rates}, "
            f"weight decay {short(config.weight_decay)}, batch {config.batch_size:,}, seed {config.seed}"
        )
    )
    if run.note:
        st.caption(plain(run.note))


def say_outcome(run: Run, history: History) -> None:
    """How a run ended."""
    if run.outcome in VERBS:
        st.error(plain(f"The run {VERBS[run.outcome]}. {run.message}"), icon=":material/error:")
    elif run.outcome == "stopped":
        st.warning(f"Stopped in epoch {run.n_epochs_done + 1}; the weights are as they were then.")
    if not history.epochs:
        return
    last, lesson = history.epochs[-1], RECIPES[run.spec.config.recipe].lesson_valid_losses
    difference = f"{last.valid_loss - lesson[-1]:+.3f} to lesson" if len(lesson) == len(history.epochs) else None
    with st.container(horizontal=True):
        st.metric("Validation MSE", f"{last.valid_loss:.3f}", difference, delta_color="inverse")
        st.metric("RMSE, stars", f"{last.rmse:.3f}", help="Root of the validation MSE.")
        st.metric("MAE, stars", f"{last.mae:.3f}", help="How far off a prediction is on average.")
        st.metric("Ratings a second", f"{last.ratings_per_second:,.0f}")


def show_script(run: Run) -> None:
    """The script that trains the same, to read and to take away."""
    text = plain_script(run.spec.config, _named(Path(run.spec.data)), run.spec.split)
    st.caption(
        "Plain PyTorch that does the same. Runs as it stands from the project's folder; elsewhere, set `DATA`. It "
        "comes to the run's validation loss within 0.01, if the run was let alone: commands that were given while it "
        "trained are not in it."
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


def _named(data: Path) -> str:
    """The folder as seen from the project's, where it lies within: no address of a server, and right on any machine."""
    return str(data.relative_to(PROJECT) if data.is_relative_to(PROJECT) else data)
