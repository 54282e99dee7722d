"""A gallery of failures: one click trains a run that goes wrong beside its healthy twin; afterwards, what happened."""

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.errors import CFError
from cf_core.runs.spec import UNFINISHED, Run, RunSpec
from cf_core.teaching.failure_report import explain
from cf_core.teaching.failures import FAILURES, Failure
from pages.shared import cached, refresh, session
from pages.shared.app_frame import heading
from pages.shared.messages import attempt, plain, say_error
from pages.shared.plot.figure_diff import Sent
from pages.shared.run.comparison import history_of, show_together

BROKEN, HEALTHY = "broken", "healthy"


def choose() -> Failure:
    name = st.pills(
        "What to break",
        list(FAILURES),
        default=next(iter(FAILURES)),
        required=True,
        format_func=lambda name: FAILURES[name].title,
        key="failure",
        bind="query-params",
    )
    return FAILURES[name]


def newest(config: TrainingConfig, runs: list[Run]) -> Run | None:
    """The newest run with these very settings."""
    return next((run for run in runs if run.spec.config == config), None)


def break_it(failure: Failure, needs_healthy: bool) -> None:
    """Start the broken run and choose it; start its twin where there is none. For `on_click`."""
    workspace = session.workspace()
    session.start_run(failure.config)
    workspace.rename(st.session_state[session.RUN], f"{failure.title} (broken)")
    if needs_healthy:
        workspace.submit(RunSpec(session.data_folder(), SplitConfig(), failure.control))


def show_card(failure: Failure, broken: Run | None, needs_healthy: bool) -> None:
    """What will be broken and what to watch for, and the button."""
    control = failure.control
    with st.container(border=True, key="card"):
        st.subheader(failure.title)
        st.caption(plain(f"Healthy: {control.recipe}, {control.model.n_factors} factors, {control.n_epochs} epochs"))
        st.markdown(f"**Changed:** {plain(failure.change)}")
        st.markdown(f"**Watch for** {plain(failure.watch_for)}")
        under_way = broken is not None and broken.outcome in UNFINISHED
        st.button(
            "Break it" if broken is None or under_way else "Break it again",
            key="break",
            type="primary" if broken is None or under_way else "secondary",
            icon=":material/heart_broken:",
            disabled=under_way,
            on_click=attempt,
            args=(break_it, failure, needs_healthy),
        )


def say_what_happened(failure: Failure, broken: Run, healthy: Run | None) -> None:
    """What the numbers say, and the reason."""
    st.subheader("What happened")
    ratings = session.ratings()
    if broken.outcome not in ("finished", "diverged"):
        st.warning(plain(f"The run is {broken.outcome}, which proves nothing. {broken.message} Break it again."))
        return
    rail = cached.baselines(ratings, SplitConfig()) if broken.fingerprint == ratings.fingerprint else []
    said = explain(failure, history_of(broken), history_of(healthy) if healthy else None, rail)
    numbers_side, why_side = st.columns([3, 2], gap="medium")
    numbers_side.markdown("\n".join(f"- {plain(sentence)}" for sentence in said))
    why_side.info(plain(f"Why: {failure.why}"), icon=":material/school:")


def show_curves(failure: Failure, runs: dict[str, Run], sent: Sent) -> None:
    """The curves, refreshed while a run is under way; when one ends, the page runs once more."""
    try:
        show_together(runs, "mse", f"curves_{failure.name}", sent)
        under_way = {name: run for name, run in runs.items() if run.outcome in UNFINISHED}
        st.caption(plain("; ".join(_state(name, run) for name, run in under_way.items())))
    except CFError as error:  # a fragment runs without the frame around it
        say_error(error)


def _state(name: str, run: Run) -> str:
    """How far a run is that is under way."""
    live = session.own_run(run.run_id).live()
    if live is None:
        return f"the {name} run trains in another process"
    if live.place is not None:
        return f"the {name} run waits for a free worker, {live.place - 1} ahead of it"
    epoch = live.history.batches[-1].epoch if live.history.batches else 1
    return f"the {name} run is in epoch {epoch} of {run.spec.config.n_epochs}"


heading(
    "Break it",
    "Whoever knows how a run goes wrong sees it in the curves. Each failure here has one setting broken, and trains "
    "beside the healthy run.",
    "say aloud what the curves will do before you press the button.",
)
failure = choose()
runs = [run for run in session.workspace().runs() if run.spec.data == session.data_folder()]
broken, healthy = newest(failure.config, runs), newest(failure.control, runs)
needs_healthy = healthy is None or healthy.outcome not in (*UNFINISHED, "finished")
words_side, curves_side = st.columns([2, 3], gap="medium")
with words_side:
    show_card(failure, broken, needs_healthy)
with curves_side:
    shown = {name: run for name, run in ((HEALTHY, healthy), (BROKEN, broken)) if run is not None}
    if shown:
        under_way = any(run.outcome in UNFINISHED for run in shown.values())
        st.fragment(show_curves, run_every=max(0.5, refresh.refresh_seconds()) if under_way else None)(
            failure, shown, Sent()
        )
    else:
        st.info("Two runs will grow here: the broken one and the healthy one.", icon=":material/show_chart:")
if broken is not None and broken.outcome not in UNFINISHED:
    say_what_happened(failure, broken, healthy)
