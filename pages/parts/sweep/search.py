"""A sweep as the page shows it, one fragment from its first trial to its winner."""

from collections.abc import Sequence

import streamlit as st

from cf_core.runs.own_sweeps import SweepProgress
from cf_core.runs.sweep import Sweep
from cf_core.sweeps.grid import n_planned
from pages.parts.sweep.bar import UNDER_WAY, show_bar
from pages.parts.sweep.found import Found
from pages.parts.sweep.keys import NEW, SELECTION, Key
from pages.parts.sweep.plan import Plan, domains_in_words, plan_line
from pages.parts.sweep.result import show_result
from pages.parts.sweep.table import show_table
from pages.parts.sweep.views import choose_view, show_empty, show_view
from pages.shared import address, session
from pages.shared.messages import for_visitors
from pages.shared.refresh import interval, live

SECONDS = 1.0
"""Between two refreshes, where few visitors watch."""

TABLE_HEIGHT, TABLE_BELOW_WINNER = 290, 143


def show_sweep(plan: Plan) -> None:
    """The selected sweep, refreshed while it is under way; an invitation where there is none."""
    sweeps = sweeps_here()
    selected = _selected(sweeps)
    state = None if selected is None else session.workspace().sweeps.progress(selected).state
    live(_refresh, plan, sweeps, selected, state, every=interval(state in UNDER_WAY, SECONDS))


def sweeps_here() -> list[Sweep]:
    """The workspace's sweeps on the selected data, newest first."""
    return [sweep for sweep in session.workspace().sweeps.all() if sweep.base.data == session.data_folder()]


def _selected(sweeps: Sequence[Sweep]) -> str | None:
    """The id of the sweep that the session or else the address names, or of the newest; None for a new one."""
    ids = [sweep.sweep_id for sweep in sweeps]
    named = st.session_state.get(Key.SWEEP) or st.query_params.get(Key.SWEEP)
    selected = named if named in (*ids, NEW) else next(iter(ids), NEW)
    st.session_state[Key.SWEEP] = selected
    address.keep(Key.SWEEP, selected if selected != next(iter(ids), NEW) else None)
    return None if selected == NEW else selected


def _refresh(plan: Plan, sweeps: Sequence[Sweep], selected: str | None, state: str | None) -> None:
    """What the page shows of the sweep, which was in `state` when the page ran."""
    if st.session_state.get(Key.SWEEP) != (selected or NEW):
        st.rerun()
    progress = None if selected is None else session.workspace().sweeps.progress(selected)
    show_bar(plan, sweeps, progress)
    if progress is not None and (progress.state in UNDER_WAY) != (state in UNDER_WAY):
        st.rerun()  # to begin or end the ticks
    if progress is not None and progress.message and progress.state != "without winner":
        st.warning(for_visitors(progress.message), icon=":material/warning:")
    if progress is not None and progress.state in UNDER_WAY:
        st.caption(f"{domains_in_words(progress.sweep.spec)}.")
    else:
        _show_plan(plan)
    if progress is None:
        show_empty(20 if plan.spec is None else n_planned(plan.spec))
    else:
        _show_trials(progress)


def _show_plan(plan: Plan) -> None:
    if plan.refusal:
        st.warning(for_visitors(plan.refusal), icon=":material/warning:")
    else:
        st.caption(f"The next one: {plan_line(plan)}.")


def _show_trials(progress: SweepProgress) -> None:
    found = Found(progress)
    view, setting = choose_view(found)
    left, right = st.columns([5, 4], gap="medium")
    with left:
        show_view(view, setting, found)
    with right:
        show_result(progress)
        SELECTION.show(len(found.names), SELECTION.runs(found.names), "trials")
        show_table(found, TABLE_BELOW_WINNER if progress.state == "ended" else TABLE_HEIGHT)
