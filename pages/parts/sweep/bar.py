"""The row of buttons above the charts: start, pause, go on, stop; how far the sweep is; the other sweeps."""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from cf_core.runs.own_sweeps import SweepProgress
from cf_core.runs.sweep import Sweep
from pages.parts.sweep.keys import NEW, SELECTION, Key
from pages.parts.sweep.plan import WAYS, Plan
from pages.shared import session
from pages.shared.messages import attempt
from pages.shared.run.view import ROW

UNDER_WAY = ("searching", "pausing", "training the winner")
"""The states in which something changes by itself."""


def show_bar(plan: Plan, sweeps: Sequence[Sweep], progress: SweepProgress | None) -> None:
    """The row; `sweeps` are those on the selected data, `progress` is of the one that is shown."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=ROW):
        if progress is None or progress.state in ("ended", "without winner"):
            st.button(
                "Start",
                key="sweep_start",
                type="primary",
                icon=":material/travel_explore:",
                disabled=plan.spec is None,
                on_click=_press,
            )
            if Key.PRESSED in st.session_state:
                st.rerun()  # the press has run this part of the page alone
        else:
            _show_controls(progress)
        with st.container(width="stretch"):
            if progress is not None:
                st.progress(_fraction(progress), state_line(progress))
        if sweeps:
            _show_sweeps(sweeps, progress)


def _press() -> None:
    """Note that Start was pressed. For `on_click`, whose arguments would be what the form said when the button was last
    drawn."""
    st.session_state[Key.PRESSED] = True


def start_if_pressed(plan: Plan) -> None:
    """Start what the form says now, and show it."""
    if st.session_state.pop(Key.PRESSED, False) and plan.spec is not None:
        attempt(_start, plan)


def _start(plan: Plan) -> None:
    assert plan.base is not None and plan.spec is not None
    select(session.workspace().sweeps.start(plan.base, plan.spec))


def select(sweep_id: str) -> None:
    """Show that sweep, in which no trial is chosen. For callbacks."""
    st.session_state[Key.SWEEP] = sweep_id
    st.session_state.pop(Key.DELETING, None)
    SELECTION.choose([])


def _show_controls(progress: SweepProgress) -> None:
    sweeps, sweep_id, state = session.workspace().sweeps, progress.sweep.sweep_id, progress.state
    can_search = state != "training the winner"
    if state == "paused":
        _button("Go on", "sweep_go_on", "play_arrow", sweeps.go_on, sweep_id, kind="primary")
    else:
        _button("Pause", "sweep_pause", "pause", sweeps.pause, sweep_id, disabled=state != "searching")
    told = "No further trial: the best so far is trained as the winner."
    _button("Stop here", "sweep_stop", "stop", sweeps.stop, sweep_id, disabled=not can_search, help_text=told)


def _button(
    label: str,
    key: str,
    icon: str,
    action: Callable[[str], object],
    sweep_id: str,
    *,
    disabled: bool = False,
    kind: Literal["primary", "secondary"] = "secondary",
    help_text: str | None = None,
) -> None:
    st.button(
        label,
        key=key,
        icon=f":material/{icon}:",
        type=kind,
        disabled=disabled,
        help=help_text,
        on_click=attempt,
        args=(action, sweep_id),
    )


def _fraction(progress: SweepProgress) -> float:
    if progress.state in ("ended", "without winner"):
        return 1.0
    return min(len(progress.trials) / max(progress.n_planned, 1), 1.0)


def state_line(progress: SweepProgress) -> str:
    """Where a sweep is, in a line."""
    n_ended, n_given_up = len(progress.trials), sum(trial.state == "pruned" for trial in progress.trials)
    n_failed = sum(trial.state in ("diverged", "failed") for trial in progress.trials)
    counts = f"{n_ended} of {progress.n_planned} trials"
    counts += f" · {n_given_up} given up" if n_given_up else ""
    counts += f" · {n_failed} diverged or failed" if n_failed else ""
    match progress.state:
        case "searching":
            ahead = f" · {progress.n_ahead} ahead of it in the queue" if progress.n_ahead else ""
            return counts + ahead
        case "pausing":
            return f"{counts} · pausing after the trial under way"
        case "paused":
            return f"{counts} · paused"
        case "training the winner":
            return f"{counts} · training the winner on all training ratings"
        case "ended":
            return f"{counts} · done"
        case _:
            return f"{counts} · without a winner"


def _show_sweeps(sweeps: Sequence[Sweep], progress: SweepProgress | None) -> None:
    """The box of all sweeps, and a way to delete the one that is shown."""
    labels = {NEW: "A new sweep"} | {sweep.sweep_id: _label(sweep) for sweep in sweeps}
    selected = NEW if progress is None else progress.sweep.sweep_id
    with st.popover("Sweeps", icon=":material/history:", key="sweep_list"):
        st.session_state[Key.SWEEP_BOX] = selected
        st.selectbox(
            "Show",
            list(labels),
            key=Key.SWEEP_BOX,
            format_func=labels.__getitem__,
            on_change=lambda: select(st.session_state[Key.SWEEP_BOX]),
        )
        if progress is not None:
            _offer_deleting(progress)


def _label(sweep: Sweep) -> str:
    spec = sweep.spec
    return f"{sweep.base.config.recipe} · {spec.n_trials} {WAYS[spec.method]} · {session.local_time(sweep.created)}"


def _offer_deleting(progress: SweepProgress) -> None:
    if progress.state in ("searching", "pausing", "paused", "training the winner"):
        st.caption("A sweep can be deleted once it has ended or was stopped.")
    elif st.session_state.get(Key.DELETING) != progress.sweep.sweep_id:
        st.button(
            "Delete this sweep",
            key="sweep_delete",
            icon=":material/delete:",
            on_click=lambda: st.session_state.update({Key.DELETING: progress.sweep.sweep_id}),
        )
    else:
        st.warning("Its trials go for good. The winner's run stays among your runs.", icon=":material/delete:")
        with st.container(horizontal=True):
            _button("Delete it now", "sweep_delete_now", "delete", _delete, progress.sweep.sweep_id, kind="primary")
            st.button("Keep it", key="sweep_keep", on_click=lambda: st.session_state.pop(Key.DELETING, None))


def _delete(sweep_id: str) -> None:
    session.workspace().sweeps.delete(sweep_id)
    st.session_state.pop(Key.SWEEP, None)
    st.session_state.pop(Key.DELETING, None)
