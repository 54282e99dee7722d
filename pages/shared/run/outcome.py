"""The settings of a run in a line, how it ended, and what it is worth, in words."""

import streamlit as st

from cf_core.charts.run.curves import Metric
from cf_core.runs import which_run
from cf_core.runs.spec import Run, RunOutcome
from cf_core.settings import format_value
from cf_core.teaching.noise import seed_noise
from cf_core.teaching.verdict import Tone, verdict
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from pages.shared import session
from pages.shared.messages import for_visitors
from pages.shared.run.curves import run_baselines
from pages.shared.run.lesson import run_lesson_losses

VERBS: dict[RunOutcome, str] = {
    "finished": "finished",
    "stopped": "was stopped",
    "diverged": "diverged",
    "failed": "failed",
    "interrupted": "was interrupted",
}
"""What became of a run that has ended, to follow "it"."""

_UNWANTED = ("diverged", "failed", "interrupted")


_COLOURS: dict[Tone, str] = {"good": "green", "fair": "orange", "bad": "red"}
_ICONS: dict[Tone, str] = {"good": "check_circle", "fair": "info", "bad": "cancel"}


def settings_line(run: Run) -> str:
    """The settings of a run in one line."""
    config = run.spec.config
    rates = ", then ".join(f"{phase.n_trained} at {format_value(phase.learning_rate)}" for phase in config.phases)
    steps = " in sparse steps" if config.update == "sparse" else ""
    return (
        f"{config.recipe}: {config.model.n_factors} factors, {config.optimizer}{steps}, epochs {rates}, "
        f"weight decay {format_value(config.weight_decay)}, batch {config.batch_size:,}, seed {config.seed}"
    )


def show_outcome(run: Run, history: History, metric: Metric, is_own: bool) -> None:
    """How a run ended, and what it is worth, in two lines of words.

    Args:
        is_own: whether the run is the visitor's, whose run before it is then compared, too.
    """
    if run.outcome in _UNWANTED:
        _say("bad", f"The run {VERBS[run.outcome]}. {run.message}")
    if run.outcome == "diverged":
        return
    lesson = run_lesson_losses(run)
    ratings, before = session.ratings(), _rmse_before(run) if is_own else None
    noise = seed_noise(ratings.rating_range)
    judged = verdict(history, run_baselines(run), lesson, before, metric, noise, ratings.words)
    if judged is not None and not lesson and RECIPES[run.spec.config.recipe].lesson_valid_losses:
        judged = judged._replace(text=f"{judged.text} The lesson has no figure for this split of these data.")
    stopped = f"Stopped in epoch {run.n_epochs_done + 1}" if run.outcome == "stopped" else ""
    if judged is not None:
        _say(judged.tone, f"{stopped}; after epoch {run.n_epochs_done}: {judged.text}" if stopped else judged.text)
    elif stopped:
        _say("fair", f"{stopped}; the weights are as they were then.")


def _say(tone: Tone, text: str) -> None:
    st.markdown(f":{_COLOURS[tone]}[:material/{_ICONS[tone]}:] {for_visitors(text)}")


def _rmse_before(run: Run) -> float | None:
    """Of the newest healthy run of this workspace on the same data and split that is older than `run` and ended with
    an RMSE."""
    older = (one for one in session.workspace().runs() if one.created < run.created)
    same = (one for one in older if (one.spec.data, one.spec.split) == (run.spec.data, run.spec.split))
    return next((one.rmse for one in same if one.rmse is not None and which_run.is_healthy(one)), None)
