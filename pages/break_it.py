"""A gallery of failures: one click trains a run that goes wrong beside a healthy one; afterwards, what happened."""

from enum import StrEnum

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import Run, RunSpec
from cf_core.teaching.failure_report import report_failure
from cf_core.teaching.failures import FAILURES, Failure
from pages.shared import cached, session
from pages.shared.app_frame import page_header
from pages.shared.messages import attempt, escape_markdown
from pages.shared.plot.figure_diff import SentState
from pages.shared.refresh import interval, live
from pages.shared.run.comparison import history_now, show_together
from pages.shared.run.outcome import VERBS


class Key(StrEnum):
    """Session key of the failure, and parameter of the address."""

    FAILURE = "failure"


BROKEN, HEALTHY = "broken", "healthy"


def choose() -> Failure:
    name = st.pills(
        "What to break",
        list(FAILURES),
        default=next(iter(FAILURES)),
        required=True,
        format_func=lambda name: FAILURES[name].title,
        key=Key.FAILURE,
        bind="query-params",
    )
    return FAILURES[name]


def newest(config: TrainingConfig, runs: list[Run]) -> Run | None:
    """The newest run with exactly these settings."""
    return next((run for run in runs if run.spec.config == config), None)


def break_it(failure: Failure, needs_healthy: bool) -> None:
    """Start the broken run and select it; start the healthy one where there is none. For `on_click`."""
    workspace = session.workspace()
    workspace.rename(session.start_run(failure.config), f"{failure.title} (broken)")
    if needs_healthy:
        workspace.submit(RunSpec(session.data_folder(), SplitConfig(), failure.control))


def show_card(failure: Failure, broken: Run | None, needs_healthy: bool) -> None:
    """What will be broken and what to watch for, and the button."""
    control = failure.control
    with st.container(border=True, key="card"):
        st.subheader(failure.title)
        healthy = f"Healthy: {control.recipe}, {control.model.n_factors} factors, {control.n_epochs} epochs"
        st.caption(escape_markdown(healthy))
        st.markdown(f"**Changed:** {escape_markdown(failure.change)}")
        st.markdown(f"**Watch for** {escape_markdown(failure.watch_for)}")
        under_way = broken is not None and broken.unfinished
        st.button(
            "Break it" if broken is None or under_way else "Break it again",
            key="break",
            type="primary" if broken is None or under_way else "secondary",
            icon=":material/heart_broken:",
            disabled=under_way,
            on_click=attempt,
            args=(break_it, failure, needs_healthy),
        )


def show_explanation(failure: Failure, broken: Run, healthy: Run | None) -> None:
    """What the numbers say, and the reason."""
    st.subheader("What happened")
    ratings = session.ratings()
    if broken.outcome not in ("finished", "diverged"):
        ended = f"The run {VERBS[broken.outcome]}, so there is nothing to conclude. {broken.message} Break it again."
        st.warning(escape_markdown(ended))
        return
    baselines = cached.baselines(ratings, SplitConfig()) if broken.fingerprint == ratings.fingerprint else []
    sentences = report_failure(failure, history_now(broken), history_now(healthy) if healthy else None, baselines)
    numbers_side, why_side = st.columns([3, 2], gap="medium")
    numbers_side.markdown("\n".join(f"- {escape_markdown(sentence)}" for sentence in sentences))
    why_side.info(escape_markdown(f"Why: {failure.why}"), icon=":material/school:")


def show_curves(failure: Failure, runs: dict[str, Run], sent: SentState) -> None:
    """The curves, refreshed while a run is under way; when one ends, the page runs once more."""
    show_together(runs, "mse", f"curves_{failure.name}", sent)
    progress = "; ".join(_progress(name, run) for name, run in runs.items() if run.unfinished)
    st.caption(escape_markdown(progress))


def _progress(name: str, run: Run) -> str:
    """How far a run is that is under way."""
    now = session.own_run(run.run_id).live()
    if now is None:
        return f"the {name} run trains in another process"
    if now.place is not None:
        return f"the {name} run waits for a free worker, {now.place - 1} ahead of it"
    epoch = now.history.batches[-1].epoch if now.history.batches else 1
    return f"the {name} run is in epoch {epoch} of {run.spec.config.n_epochs}"


page_header(
    "Break it",
    "Learn to read failures off the curves. Each failure here has one setting broken, and trains beside the healthy "
    "run.",
    "say aloud what the curves will do before you press the button.",
)
failure = choose()
runs = [run for run in session.workspace().runs() if run.spec.data == session.data_folder()]
broken, healthy = newest(failure.config, runs), newest(failure.control, runs)
needs_healthy = healthy is None or not (healthy.unfinished or healthy.outcome == "finished")
words_side, curves_side = st.columns([2, 3], gap="medium")
with words_side:
    show_card(failure, broken, needs_healthy)
with curves_side:
    shown = {name: run for name, run in ((HEALTHY, healthy), (BROKEN, broken)) if run is not None}
    if shown:
        under_way = any(run.unfinished for run in shown.values())
        live(show_curves, failure, shown, SentState(), every=interval(under_way, at_least=0.5))
    else:
        st.info("Two runs will grow here: the broken one and the healthy one.", icon=":material/show_chart:")
if broken is not None and not broken.unfinished:
    show_explanation(failure, broken, healthy)
