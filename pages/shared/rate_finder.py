"""The learning-rate finder of the Train page: start a sweep, watch it, take its suggestion. Nothing in here trains."""

import streamlit as st

from cf_core.charts.rate_finder import rate_curve
from cf_core.data.split import SplitConfig
from cf_core.errors import CFError
from cf_core.runs.spec import UNFINISHED, Run, RunSpec
from cf_core.training.commands import Stop
from cf_core.training.config import TrainingConfig
from cf_core.training.history import History
from cf_core.training.rate_finder import RateSweep, read_sweep, sweep_of
from cf_core.training.recipes import Recipe
from pages.shared import session
from pages.shared.plot import plot
from pages.shared.settings_form import nearest_step, set_value, short
from pages.shared.words import attempt, plain, say_error

SECONDS = 0.5
"""Between two looks at a sweep under way; it takes about a second."""


def show_rate_finder(recipe: Recipe, config: TrainingConfig, n_batches: int) -> None:
    """The button that looks for a learning rate for `config`, and what the latest sweep found.

    Args:
        n_batches: batches an epoch.
    """
    wanted = sweep_of(config, n_batches)
    st.button(
        "Find a learning rate",
        key="sweep",
        icon=":material/troubleshoot:",
        help="Trains for a moment, from fresh weights, while the rate grows step by step. No run's model is touched.",
        on_click=attempt,
        args=(_start, wanted),
    )
    run = session.workspace().sweep()
    if run is not None:
        every = SECONDS if run.outcome in UNFINISHED else None
        st.fragment(_show, run_every=every)(run, recipe, wanted)


def _start(wanted: TrainingConfig) -> None:
    session.workspace().start_sweep(RunSpec(session.data_folder(), SplitConfig(), wanted))


def _show(run: Run, recipe: Recipe, wanted: TrainingConfig) -> None:
    try:
        live = session.workspace().live(run.run_id) if run.outcome in UNFINISHED else None
        if live is not None and live.state in UNFINISHED:
            _under_way(run, live.history)
        elif session.workspace().get(run.run_id).outcome != run.outcome:
            st.rerun()
        else:
            _found(run, recipe, wanted)
    except CFError as error:  # a fragment runs without the frame around it
        say_error(error)


def _under_way(run: Run, history: History) -> None:
    st.progress(min(history.progress().fraction, 1.0), "Looking for a rate…")
    st.button(
        "Stop looking",
        key="stop_sweep",
        icon=":material/stop:",
        on_click=attempt,
        args=(session.workspace().send, run.run_id, Stop()),
    )


def _found(run: Run, recipe: Recipe, wanted: TrainingConfig) -> None:
    if run.outcome in ("failed", "interrupted"):
        st.error(plain(f"The search broke off. {run.message}"), icon=":material/error:")
        return
    sweep = read_sweep(session.workspace().history(run.run_id))
    if run.spec.config != wanted or run.spec.data != session.data_folder():
        st.caption("This curve belongs to other settings than the sliders show now.")
    plot(rate_curve(sweep), key="rate_curve", alt=_alt(sweep))
    if sweep.suggestion is None:
        st.info(f"No suggestion. {sweep.reason}")
        return
    step = nearest_step(recipe, "learning_rate", sweep.suggestion)
    st.caption(f"Suggested: {sweep.suggestion:g}, {sweep.reason}.")
    st.button(
        f"Take {short(step)}",
        key="take_rate",
        icon=":material/check:",
        help="The step of the slider that comes nearest.",
        on_click=set_value,
        args=(recipe, "learning_rate", step),
    )


def _alt(sweep: RateSweep) -> str:
    if sweep.suggestion is None:
        return f"Loss by learning rate. No suggestion. {sweep.reason}"
    return f"Loss by learning rate, lowest {sweep.smoothed.min():.2f}. Suggested rate: {sweep.suggestion:g}."
