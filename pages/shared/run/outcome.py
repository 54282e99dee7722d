"""How a run is introduced, and how it ended, in words and numbers."""

import streamlit as st

from cf_core.runs.spec import Run, RunOutcome
from cf_core.settings import format_value
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from pages.shared.messages import escape_markdown

VERBS: dict[RunOutcome, str] = {
    "finished": "finished",
    "stopped": "was stopped",
    "diverged": "diverged",
    "failed": "failed",
    "interrupted": "was interrupted",
}
"""What became of a run that has ended, to follow "it"."""

_UNWANTED = ("diverged", "failed", "interrupted")


def introduce(run: Run) -> None:
    """Which run this is, and its settings."""
    config = run.spec.config
    st.subheader(escape_markdown(run.name or run.run_id))
    rates = ", then ".join(f"{phase.n_trained} at {format_value(phase.learning_rate)}" for phase in config.phases)
    steps = " in sparse steps" if config.update == "sparse" else ""
    st.caption(
        escape_markdown(
            f"{config.recipe}: {config.model.n_factors} factors, {config.optimizer}{steps}, epochs {rates}, "
            f"weight decay {format_value(config.weight_decay)}, batch {config.batch_size:,}, seed {config.seed}"
        )
    )
    if run.note:
        st.caption(escape_markdown(run.note))


def show_outcome(run: Run, history: History) -> None:
    """How a run ended, with its losses."""
    if run.outcome in _UNWANTED:
        st.error(escape_markdown(f"The run {VERBS[run.outcome]}. {run.message}"), icon=":material/error:")
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
        st.metric("Ratings per second", f"{last.ratings_per_second:,.0f}")
