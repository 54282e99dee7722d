"""The beginning of a page that reads a trained model: the run and its factors, or the offer to train one."""

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.runs.run_views import RunView
from cf_core.training.recipes import RECIPES
from pages.shared import cached, session
from pages.shared.messages import attempt, escape_markdown
from pages.shared.run.outcome import VERBS
from pages.shared.run.view import show_run


def need_factors(ratings: Ratings) -> tuple[RunView, FittedFactors]:
    """The selected run and its factors. Where there are none, the page ends here, with the run's progress or the offer
    to train one on the spot."""
    run_view = session.selected_run()
    if run_view is None:
        st.info("This page reads a trained model, and you have none yet.", icon=":material/model_training:")
        offer_training("notebook-learner")
        st.stop()
    run = run_view.run
    if run.unfinished:
        show_run(run_view)
        st.stop()
    if not run.has_factors:
        st.warning(
            escape_markdown(f"The selected run left no weights to look at. It {VERBS[run.outcome]}. {run.message}")
        )
        offer_training("notebook-learner")
        st.stop()
    return run_view, cached.factors(run_view, ratings)


def choose_popular(ratings: Ratings, label: str, key: str) -> int:
    """The slider for how many of the most rated movies take part; all of them where there are few."""
    if ratings.n_items <= 100:
        return ratings.n_items
    return st.slider(
        label,
        100,
        ratings.n_items,
        min(3_000, ratings.n_items),
        format="localized",
        key=key,
        bind="query-params",
        help="Rarely rated movies are described by numbers that are mostly chance; this leaves them out.",
    )


def offer_training(recipe: str) -> None:
    """One button that trains a recipe; the page comes back with the result."""
    st.button(
        f"Train {recipe} now",
        key="offer",
        type="primary",
        help="The lesson's own best model; a few seconds.",
        on_click=attempt,
        args=(session.start_run, RECIPES[recipe].config),
    )
