"""What pages that read a trained model begin with: its factors, or the way to get some."""

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.runs.spec import UNFINISHED
from cf_core.training.recipes import RECIPES
from pages.shared import cached, session
from pages.shared.messages import attempt, plain
from pages.shared.run.view import show_run


def need_factors(about: Ratings) -> FittedFactors:
    """The factors of the chosen run. Where there are none, the page ends here, with the run's progress or the offer to
    train one on the spot."""
    chosen = session.chosen()
    if chosen is None:
        st.info("This page reads a trained model, and you have none yet.", icon=":material/model_training:")
        offer_training("notebook-learner")
        st.stop()
    run = chosen.run
    if run.outcome in UNFINISHED:
        show_run(chosen)
        st.stop()
    if not run.has_factors:
        st.warning(plain(f"The chosen run left no weights to look at. It is {run.outcome}: {run.message}"))
        offer_training("notebook-learner")
        st.stop()
    return cached.factors(chosen, about)


def choose_popular(about: Ratings, label: str, key: str) -> int:
    """The slider for how many of the most rated movies take part; all of them where there are few."""
    if about.n_items <= 100:
        return about.n_items
    return st.slider(
        label,
        100,
        about.n_items,
        min(3_000, about.n_items),
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
