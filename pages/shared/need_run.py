"""The beginning of a page that reads a trained model: the run and its factors, or the offer to train one."""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.runs import which_run
from cf_core.runs.run_views import RunView
from cf_core.runs.spec import Run
from cf_core.teaching.cautions import too_much_decay
from cf_core.training.recipes import RECIPES
from pages.shared import cached, session
from pages.shared.messages import attempt, escape_markdown, for_visitors
from pages.shared.run.outcome import VERBS
from pages.shared.run.view import show_run

Wish = Literal["the best", "biases", "user factors"]
"""What a page would like of a run that nobody chose: the lowest error, or that and biases for its movies, or that and
users who are nothing but factors and a bias."""

_FIND: dict[Wish, Callable[[Sequence[Run]], Run | None]] = {
    "the best": which_run.best,
    "biases": which_run.best_with_biases,
    "user factors": which_run.best_to_fold_in,
}


def need_factors(ratings: Ratings, wish: Wish = "the best") -> tuple[RunView, FittedFactors]:
    """The run to look at and its factors: the selected one, unless another would mean more, which one line says. Where
    there are none, the page ends here, with the run's progress or the offer to train one on the spot."""
    selected = session.selected_run()
    if selected is None:
        st.info("This page reads a trained model, and you have none yet.", icon=":material/model_training:")
        offer_training("notebook-learner")
        st.stop()
    run = selected.run
    if run.unfinished:
        show_run(selected)
        st.stop()
    lack = _lack(run, wish)
    other = _better(run, wish, lack)
    if other is not None:
        _say_which(other, run, lack)
        return _with_factors(session.own_run(other.run_id), ratings)
    if not run.has_factors:
        st.warning(for_visitors(f"The selected run left no weights to look at. It {VERBS[run.outcome]}. {run.message}"))
        offer_training("notebook-learner")
        st.stop()
    return _with_factors(selected, ratings)


def _with_factors(run_view: RunView, ratings: Ratings) -> tuple[RunView, FittedFactors]:
    return run_view, cached.factors(run_view, ratings)


def _lack(run: Run, wish: Wish) -> str:
    """Why the run cannot be shown, to follow its name; "" where it can."""
    if not run.has_factors:
        return VERBS[run.outcome]
    if wish == "user factors" and not which_run.can_fold_in(run):
        return "is a neural net, in which nobody new can be folded in"
    return "has no biases" if wish == "biases" and not which_run.has_biases(run) else ""


def _better(run: Run, wish: Wish, lack: str) -> Run | None:
    """The run to show in place of the selected one; None where that one will do, or nothing else is there."""
    if not lack and session.chosen_by_hand():
        return None
    other = _FIND[wish](session.runs_here())
    return None if other is None or other.run_id == run.run_id else other


def _say_which(shown: Run, selected: Run, lack: str) -> None:
    """In one line which run the page shows, and why; where the selected one could be shown, a way to it."""
    names = escape_markdown(session.name_of(shown)), escape_markdown(session.name_of(selected))
    if lack:
        st.markdown(f"Showing **{names[0]}**; {names[1]} {lack}.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="shown_run"):
        st.markdown(f"Showing **{names[0]}**, your best run.", width="content")
        st.button(
            f"Show {names[1]}",
            key="show_selected",
            type="tertiary",
            on_click=session.select_run,
            args=(selected.run_id,),
        )


def choose_popular(ratings: Ratings, label: str, key: str, start: int = 3_000) -> int:
    """The slider for how many of the most rated movies take part, at first `start`; all of them where there are few."""
    if ratings.n_items <= 100:
        return ratings.n_items
    return st.slider(
        label,
        100,
        ratings.n_items,
        min(start, ratings.n_items),
        format="localized",
        key=key,
        bind="query-params",
        help=f"Rarely rated {ratings.words.items} are described by numbers that are mostly chance; this leaves them "
        "out.",
    )


def offer_training(recipe: str) -> None:
    """One button that trains a recipe; the page comes back with the result. Where its settings do not suit the data,
    the way to those that do."""
    config = RECIPES[recipe].config
    if not suits_data(config):
        st.page_link("pages/train.py", label="Train a model", icon=":material/arrow_forward:")
        return
    st.button(
        f"Train {recipe} now",
        key="offer",
        type="primary",
        help="The lesson's own best model; a few seconds.",
        on_click=attempt,
        args=(session.start_run, config),
    )


def suits_data(config: TrainingConfig) -> bool:
    """Whether the selected data are not so large that the weight decay of that configuration leaves no factors."""
    ratings = session.ratings()
    return not too_much_decay(config, ratings.n_ratings, ratings)
