"""The controls of a run, for its owner: pause, step and stop while it trains, continue after its end."""

from enum import StrEnum

import streamlit as st

from cf_core.config import Phase
from cf_core.runs.spec import Run
from cf_core.runs.workers.jobs import LiveRun
from cf_core.settings import format_value
from cf_core.training.commands import Command, Pause, Resume, SetLearningRate, StepBatch, StepEpoch, Stop
from pages.shared import session
from pages.shared.messages import attempt
from pages.shared.run.settings_form import SCALES


class Key(StrEnum):
    """Session keys; the run's id follows `NEW_RATE`."""

    NEW_RATE = "run_new_rate"
    MORE_EPOCHS = "run_more_epochs"
    NEXT_RATE = "run_next_rate"


def show_controls(run: Run, live: LiveRun) -> None:
    """Pause, step, resume, stop, and a new learning rate, for a run under way."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if live.paused:
            _button("Resume", "resume", run, Resume(), "play_arrow")
            _button("One batch", "step_batch", run, StepBatch(), "skip_next")
            _button("One epoch", "step_epoch", run, StepEpoch(), "fast_forward")
        else:
            _button("Pause", "pause", run, Pause(), "pause")
        _button("Stop", "stop", run, Stop(), "stop")
    if live.history.started is not None:
        _choose_rate(run, live)


def _choose_rate(run: Run, live: LiveRun) -> None:
    batches = live.history.batches
    now = batches[-1].learning_rate if batches else run.spec.config.phases[0].learning_rate
    st.select_slider(
        "New learning rate, from the next batch on",
        _rates(run),
        _nearest(run, now),
        format_func=format_value,
        key=f"{Key.NEW_RATE}_{run.run_id}",
        on_change=_set_rate,
        args=(run,),
    )


def show_continuation(run: Run) -> None:
    """What can follow the end: the rest of a run that was cut off, or a further phase."""
    if run.resumable:
        st.button(
            f"Resume from epoch {run.n_epochs_done} of {run.spec.config.n_epochs}",
            key="go_on_resume",
            icon=":material/play_arrow:",
            help="Continues to the same numbers as if it had never been interrupted.",
            on_click=attempt,
            args=(session.workspace().resume, run.run_id),
        )
    if not run.continuable:
        return
    with st.popover("Continue with another phase", icon=":material/forward:"):
        st.write("More epochs at another rate, as the lesson does: same weights, same optimiser state.")
        n_epochs = st.slider("Epochs", 1, 20, 3, key=Key.MORE_EPOCHS)
        last = run.spec.config.phases[-1].learning_rate
        rate = st.select_slider(
            "Learning rate", _rates(run), _nearest(run, last), format_func=format_value, key=Key.NEXT_RATE
        )
        phase = Phase(n_epochs, rate)
        st.button(
            f"Train {n_epochs} more",
            key="go_on_continue",
            type="primary",
            on_click=attempt,
            args=(session.workspace().continue_run, run.run_id, phase),
        )


def _button(label: str, key: str, run: Run, command: Command, icon: str) -> None:
    st.button(
        label,
        key=key,
        icon=f":material/{icon}:",
        on_click=attempt,
        args=(session.workspace().send, run.run_id, command),
    )


def _set_rate(run: Run) -> None:
    session.workspace().send(run.run_id, SetLearningRate(st.session_state[f"{Key.NEW_RATE}_{run.run_id}"]))


def _rates(run: Run) -> list[float]:
    return sorted({*SCALES["learning_rate"], *(phase.learning_rate for phase in run.spec.config.phases)})


def _nearest(run: Run, rate: float) -> float:
    return min(_rates(run), key=lambda option: abs(option - rate))
