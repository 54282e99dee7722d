"""The large plot: the error of the runs over their number of factors, growing while they are under way."""

from collections.abc import Sequence

import streamlit as st

from cf_core.charts.planted.error_curve import RunPoint, error_over_factors
from cf_core.config import TrainingConfig
from cf_core.data.made_up.planted import Planted
from cf_core.data.split import Split
from cf_core.runs.spec import Run
from pages.parts.made_up.runs import Pull, comparable, config, numbers_of_factors, points
from pages.shared import session
from pages.shared.messages import for_visitors
from pages.shared.plot import Click, plot
from pages.shared.plot.figure_diff import SentState
from pages.shared.run.outcome import VERBS

HEIGHT = 440


def chosen_point(shown: Sequence[RunPoint]) -> RunPoint | None:
    """The run that was chosen by hand, if it is shown, or else the best."""
    run_id = st.session_state.get(session.Key.RUN) if session.chosen_by_hand() else None
    by_hand = next((one for one in shown if one.run_id == run_id), None)
    return by_hand or min(shown, key=lambda one: one.valid_rmse, default=None)


def show_curve(
    seen: Sequence[Run],
    seen_point: str,
    planted: Planted,
    floor: float,
    pull: Pull,
    split: Split,
    sent: SentState,
) -> None:
    """The plot and what is under way. For a part of the page that refreshes: when a run ends, or a click chooses one,
    the whole page runs once more.

    Args:
        seen: the comparable runs when the page ran.
        seen_point: id of the run whose panel the page has drawn, "" for none.
        sent: what the browser has of the plot.
    """
    runs = comparable(session.runs_here())
    if [(run.run_id, run.outcome) for run in runs] != [(run.run_id, run.outcome) for run in seen]:
        st.rerun()
    shown, words, n_planted = points(runs), split.ratings.words, planted.options.n_factors
    in_line = {config(one.n_factors, pull, split) for one in shown}
    of_line = {run.run_id for run in runs if run.spec.config in in_line}
    chosen = chosen_point(shown)
    chosen_id = "" if chosen is None else chosen.run_id
    if chosen_id != seen_point:
        st.rerun()
    line, others = ([one for one in shown if (one.run_id in of_line) is wanted] for wanted in (True, False))
    figure = error_over_factors(line, others, numbers_of_factors(n_planted), n_planted, floor, words, chosen_id)
    said = "; ".join(f"{one.n_factors} factors {one.valid_rmse:.3f}" for one in sorted(line, key=lambda one: one[2]))
    alt = f"Validation RMSE by number of factors: {said or 'no run yet'}. Noise floor {floor:.3f} {words.unit}."
    plot(figure, key="error_over_factors", alt=alt, height=HEIGHT, sent=sent, on_click=_choose)
    _show_states(runs, [config(number, pull, split) for number in numbers_of_factors(n_planted)])


def _choose(click: Click) -> None:
    session.select_run(str(click.customdata[-1]))


def _show_states(runs: Sequence[Run], planned: Sequence[TrainingConfig]) -> None:
    """Which runs are under way, and which of those planned came to nothing."""
    under_way = [f"{run.spec.config.model.n_factors}" for run in runs if run.unfinished]
    if under_way:
        st.caption(f"Under way: runs with {', '.join(reversed(under_way))} factors.")
    for wanted in planned:
        newest = next((run for run in runs if run.spec.config == wanted), None)
        if newest is not None and not newest.unfinished and not newest.has_factors:
            ended = f"The run with {wanted.model.n_factors} factors {VERBS[newest.outcome]}. {newest.message}"
            st.warning(for_visitors(ended), icon=":material/error:")
