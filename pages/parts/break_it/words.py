"""What stands beside the curves: before a run what to watch for, during it how far it is, after it what happened."""

from collections.abc import Mapping

import streamlit as st

from cf_core.data.split import SplitConfig
from cf_core.rating_scale import star_size
from cf_core.runs.spec import Run
from cf_core.teaching.failure_report import report_failure
from cf_core.teaching.failures import Failure
from pages.shared import cached, session
from pages.shared.messages import escape_markdown, for_visitors
from pages.shared.run.comparison import history_now
from pages.shared.run.outcome import VERBS


def show_promise(failure: Failure) -> None:
    """What will be broken and what to watch for."""
    control, told = failure.control, session.words().told
    st.markdown(f"**Changed:** {escape_markdown(told(failure.change))}")
    st.markdown(f"**Watch for** {escape_markdown(told(failure.watch_for))}")
    healthy = f"Healthy: {control.recipe}, {control.model.n_factors} factors, {control.n_epochs} epochs"
    st.caption(escape_markdown(healthy))


def show_explanation(failure: Failure, broken: Run, healthy: Run | None) -> None:
    """What the numbers say, and the reason; behind a tab, what was to be watched for."""
    happened, why, before = st.tabs(["What happened", "Why", "The setting"])
    with happened:
        _show_numbers(failure, broken, healthy)
    with why:
        st.markdown(escape_markdown(session.words().told(failure.why)))
    with before:
        show_promise(failure)


def _show_numbers(failure: Failure, broken: Run, healthy: Run | None) -> None:
    if broken.outcome not in ("finished", "diverged"):
        ended = f"The run {VERBS[broken.outcome]}, so there is nothing to conclude. {broken.message} Break it again."
        st.warning(for_visitors(ended))
        return
    ratings = session.ratings()
    baselines = cached.baselines(ratings, SplitConfig()) if broken.fingerprint == ratings.fingerprint else []
    sentences = report_failure(
        failure,
        history_now(broken),
        history_now(healthy) if healthy else None,
        baselines,
        star_size(ratings.rating_range),
    )
    st.markdown("\n".join(f"- {escape_markdown(ratings.words.told(sentence))}" for sentence in sentences))


def show_progress(runs: Mapping[str, Run]) -> None:
    """How far the runs are that are under way, by their names."""
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
