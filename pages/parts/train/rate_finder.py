"""The learning-rate finder of the Train page: start a rate search, watch it, apply its suggestion."""

import streamlit as st

from cf_core.charts.run.rate_finder import rate_curve
from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.workers.jobs import LiveRun
from cf_core.settings import format_value
from cf_core.teaching.config_diff import differing_settings
from cf_core.teaching.rate_finder import RateSearch, rate_search_of, read_rate_search
from cf_core.training.commands import Stop
from cf_core.training.recipes import Recipe
from pages.shared import session
from pages.shared.messages import attempt, escape_markdown, for_visitors
from pages.shared.plot import plot
from pages.shared.refresh import live
from pages.shared.run.settings_form import nearest_step, set_value

SECONDS = 0.5
"""Between two refreshes of a rate search under way, which takes about a second."""

N_NAMED = 2
"""So many settings in which the rate search differs from the sliders are named."""


def show_rate_finder(recipe: Recipe, config: TrainingConfig, split: SplitConfig, n_batches: int) -> None:
    """The button that looks for a learning rate for `config`, and what the latest rate search found.

    Args:
        split: that it is trained on.
        n_batches: per epoch.
    """
    wanted = rate_search_of(config, n_batches)
    run = session.workspace().rate_search()
    under_way = run is not None and run.unfinished
    st.button(
        "Find a learning rate",
        key="rate_search",
        icon=":material/troubleshoot:",
        help="Trains for a moment, from fresh weights, while the rate grows step by step. No run's model is touched.",
        disabled=under_way,
        on_click=attempt,
        args=(_start, wanted, split),
    )
    if run is None:
        return
    if under_way:
        live(_watch, run, every=SECONDS)
    elif run.outcome in ("failed", "interrupted"):
        st.error(for_visitors(f"The search broke off. {run.message}"), icon=":material/error:")
    else:
        _show_result(run, recipe, wanted, split)  # not in a fragment: applying the rate moves a slider outside of it


def _start(wanted: TrainingConfig, split: SplitConfig) -> None:
    session.workspace().start_rate_search(RunSpec(session.data_folder(), split, wanted))


def _watch(run: Run) -> None:
    """A rate search that was under way when the page ran. At its end the page runs once more."""
    now = session.workspace().live(run.run_id)
    if now is not None and now.unfinished:
        _show_progress(now)
    elif not session.workspace().get(run.run_id).unfinished:
        st.rerun()
    else:
        st.progress(0.0, "Looking for a rate in another process…")


def _show_progress(now: LiveRun) -> None:
    text = "Waiting for a free worker…" if now.place is not None else "Looking for a rate…"
    st.progress(min(now.history.progress().fraction, 1.0), text)
    st.button(
        "Stop looking",
        key="stop_rate_search",
        icon=":material/stop:",
        on_click=attempt,
        args=(session.workspace().send, now.run_id, Stop()),
    )


def _show_result(run: Run, recipe: Recipe, wanted: TrainingConfig, split: SplitConfig) -> None:
    search = read_rate_search(session.workspace().history(run.run_id))
    plot(rate_curve(search, session.words()), key="rate_curve", alt=_alt(search))
    others = _other_settings(run, wanted, split)
    if others:
        st.caption(escape_markdown(f"This curve was made with other settings ({others}). Run the finder again."))
    elif search.suggestion is None:
        st.info(f"No suggestion. {search.reason}")
    else:
        _offer(recipe, search.suggestion, search.reason)


def _offer(recipe: Recipe, suggestion: float, reason: str) -> None:
    step = nearest_step(recipe, "learning_rate", suggestion)
    nearest = "" if step == suggestion else f" The slider's nearest step is {format_value(step)}."
    st.caption(f"Suggested: {format_value(suggestion)}, {reason}.{nearest}")
    st.button(
        f"Take {format_value(step)}",
        key="take_rate",
        icon=":material/check:",
        help="At the rate of the lowest loss itself, steps already overshoot as much as they gain.",
        on_click=set_value,
        args=(recipe, "learning_rate", step),
    )


def _other_settings(run: Run, wanted: TrainingConfig, split: SplitConfig) -> str:
    """In what the rate search differs from one that would be started now; "" where it does not."""
    if run.spec.data != session.data_folder():
        return "another data set"
    if run.spec.split != split:
        return "another split"
    differences = differing_settings(run.spec.config, wanted)
    named = [f"{one.setting} {one.first}, now {one.second}" for one in differences[:N_NAMED]]
    if len(differences) > N_NAMED:
        named.append("…")
    return "; ".join(named)


def _alt(search: RateSearch) -> str:
    if search.suggestion is None:
        return f"Loss by learning rate. No suggestion. {search.reason}"
    suggested = format_value(search.suggestion)
    return f"Loss by learning rate, lowest {search.smoothed.min():.2f}. Suggested rate: {suggested}."
