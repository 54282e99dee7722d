"""A gallery of failures: one click trains a run that goes wrong beside a healthy one; afterwards, what happened."""

from enum import StrEnum

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import Run, RunSpec
from cf_core.teaching.failures import FAILURES, Failure
from pages.parts.break_it.words import show_explanation, show_progress, show_promise
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.messages import attempt
from pages.shared.plot.figure_diff import SentState
from pages.shared.refresh import interval, live
from pages.shared.run.comparison import show_together
from pages.shared.run.metric import metric_now

BROKEN, HEALTHY = "broken", "healthy"
CURVES_HEIGHT = 450  # pixels


class Key(StrEnum):
    """Session key of the failure, and parameter of the address."""

    FAILURE = "failure"


def choose() -> Failure:
    name = st.pills(
        "What to break",
        list(FAILURES),
        default=next(iter(FAILURES)),
        required=True,
        format_func=lambda name: FAILURES[name].title,
        key=Key.FAILURE,
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed",
    )
    return FAILURES[name]


def newest(config: TrainingConfig, runs: list[Run]) -> Run | None:
    """The newest run with exactly these settings."""
    return next((run for run in runs if run.spec.config == config), None)


def ends_well(healthy: Run | None) -> bool:
    """Whether there is a healthy run to compare with, or will be."""
    return healthy is not None and (healthy.unfinished or healthy.outcome == "finished")


def break_it() -> None:
    """Start the broken run of the failure that is chosen at this moment, and the healthy one where there is none;
    neither becomes the selected run. For `on_click`."""
    failure, workspace = FAILURES[st.session_state[Key.FAILURE]], session.workspace()
    broken = workspace.submit(RunSpec(session.data_folder(), SplitConfig(), failure.config))
    workspace.rename(broken, BROKEN)
    if not ends_well(newest(failure.control, session.runs_here())):
        workspace.submit(RunSpec(session.data_folder(), SplitConfig(), failure.control))


def show_button(broken: Run | None) -> None:
    is_first, under_way = broken is None or broken.unfinished, broken is not None and broken.unfinished
    st.button(
        "Break it" if is_first else "Break it again",
        key="break",
        type="primary" if is_first else "secondary",
        icon=":material/heart_broken:",
        disabled=under_way,
        on_click=attempt,
        args=(break_it,),
    )


def show_curves(failure: Failure, runs: dict[str, Run], sent: SentState) -> None:
    """The curves, refreshed while a run is under way; when one ends, the page runs once more."""
    show_together(runs, metric_now(), f"curves_{failure.name}", sent, CURVES_HEIGHT)
    show_progress(runs)


page_header(
    "Break it",
    "Learn to read failures off the curves. Each failure here has one setting broken, and trains beside the healthy "
    "run.",
    "say aloud what the curves will do before you press the button.",
)
failure = choose()
runs = session.runs_here()
broken, healthy = newest(failure.config, runs), newest(failure.control, runs)
words_side, curves_side = st.columns([2, 3], gap="medium")
with words_side:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(failure.title, anchor=False)
        show_button(broken)
    if broken is None or broken.unfinished:
        show_promise(failure)
    else:
        show_explanation(failure, broken, healthy)
with curves_side:
    shown = {name: run for name, run in ((HEALTHY, healthy), (BROKEN, broken)) if run is not None}
    if shown:
        under_way = any(run.unfinished for run in shown.values())
        live(show_curves, failure, shown, SentState(), every=interval(under_way, at_least=0.5))
    else:
        st.info("Two runs will grow here: the broken one and the healthy one.", icon=":material/show_chart:")
