"""The controls of a run, for its owner: pause, step, stop and a new rate while it trains, continue after its end."""

import math
import time
from enum import StrEnum

import streamlit as st

from cf_core.config import Phase
from cf_core.runs.spec import Run
from cf_core.runs.workers.jobs import LiveRun
from cf_core.settings import format_value
from cf_core.training.commands import (
    Command,
    FollowSchedule,
    Pause,
    Resume,
    SetLearningRate,
    StepBatch,
    StepEpoch,
    Stop,
)
from pages.shared import session
from pages.shared.messages import attempt
from pages.shared.run.settings_form import SCALES

TAKEN_WITHIN = 1.0
"""Seconds that a page waits at most for a command to take effect, before it shows the run: its next refresh may be as
far off."""


class Key(StrEnum):
    """Session keys; the run's id, a number and a rate follow `NEW_RATE`."""

    NEW_RATE = "run_new_rate"
    SENT_RATE = "run_sent_rate"
    MORE_EPOCHS = "run_more_epochs"
    NEXT_RATE = "run_next_rate"


def show_controls(run: Run, live: LiveRun) -> None:
    """Pause or resume, step, and stop a run under way; the same four buttons whatever it does, so that none jumps."""
    with st.container(horizontal=True, width="content", gap="small", key="run_controls"):
        if live.paused:
            _button("Resume", "resume", run, Resume(), "play_arrow")
        else:
            _button("Pause", "pause", run, Pause(), "pause")
        _button("One batch", "one_batch", run, StepBatch(), "skip_next")
        _button("One epoch", "one_epoch", run, StepEpoch(), "fast_forward")
        _button("Stop", "stop", run, Stop(), "stop")


def show_new_rate(run: Run, live: LiveRun) -> None:
    """The slider that sets the learning rate of a run under way, and the way back to the schedule. The slider stands at
    the rate that was set, else at that of the last batch.

    To Streamlit, each step at which it comes to stand is another slider, and so is each after a command: one that the
    program moves while the page refreshes could be sent back to where it stood.
    """
    if live.history.started is None:
        return
    batches, held = live.history.batches, live.history.held_rate
    first = batches[-1].learning_rate if batches else run.spec.config.phases[0].learning_rate
    now = _nearest(run, first if held is None else held)
    key = f"{Key.NEW_RATE}_{run.run_id}_{len(live.history.commands)}_{format_value(now)}"
    st.select_slider(
        "Rate from here on",
        _rates(run),
        now,
        format_func=format_value,
        key=key,
        width=260,
        on_change=_set_rate,
        args=(run, key, now),
        help="Learning rate from the next batch on. It holds, whatever the schedule says, until you go back to it.",
    )
    if held is None:
        st.caption("The schedule moves it.")
    else:
        _button("Back to the schedule", "follow_schedule", run, FollowSchedule(), "undo")
        st.caption(f"Held at {format_value(held)} by hand.")


def _set_rate(run: Run, key: str, first: float) -> None:
    """Send the rate on the slider, unless it stands where it did: a slider that has just made room for another may
    report once more.

    Args:
        first: where the slider stood at first.
    """
    rate, (last_key, last) = st.session_state[key], st.session_state.get(Key.SENT_RATE, ("", 0.0))
    if rate == (last if last_key == key else first):
        return
    st.session_state[Key.SENT_RATE] = key, rate
    _send(run.run_id, SetLearningRate(rate))


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
    with st.popover("Another phase", icon=":material/forward:"):
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
        args=(_send, run.run_id, command),
    )


def _send(run_id: str, command: Command) -> None:
    """Send the command, and wait until it has taken effect where a worker has the run."""
    workspace, until = session.workspace(), time.monotonic() + TAKEN_WITHIN
    before = workspace.live(run_id)
    workspace.send(run_id, command)
    while _is_awaited(command, before, workspace.live(run_id)) and time.monotonic() < until:
        time.sleep(0.01)


def _is_awaited(command: Command, before: LiveRun | None, now: LiveRun | None) -> bool:
    """Whether a run under way has yet to do as it is told; `before` is how it was when the command was sent."""
    if before is None or before.place is not None or before.set_down or before.history.started is None:
        return False
    if now is None or not now.unfinished:
        return False
    is_taken = len(now.history.commands) > len(before.history.commands)
    match command:
        case Stop():
            return True
        case StepBatch():
            return not (is_taken and now.paused)
        case _:
            return not is_taken


def _rates(run: Run) -> list[float]:
    return sorted({*SCALES["learning_rate"], *(phase.learning_rate for phase in run.spec.config.phases)})


def _nearest(run: Run, rate: float) -> float:
    """The step of the slider that is nearest to the rate, by their ratio."""
    return min(_rates(run), key=lambda option: abs(math.log(option / max(rate, 1e-12))))
