"""The panel of the run that is looked at: planted against found."""

from typing import Literal, get_args

import streamlit as st

from cf_core.charts.planted.error_curve import RunPoint
from cf_core.charts.planted.found import items_on_factor, recovered_shares, strengths
from cf_core.data.ratings import Ratings
from cf_core.insight.planted import FoundFactors
from pages.parts.made_up import cached
from pages.parts.made_up.keys import Key
from pages.shared import session
from pages.shared.choice import choice
from pages.shared.plot import plot

View = Literal["Recovered", "One factor", "Strengths"]
HEIGHT = 380
_HELP = (
    "Factors can be turned in any way, and behind a sigmoid they are not in stars. So predicted ratings are compared, "
    "without the mean of each user and of each item: the part that people differ about. What lies along the planted "
    "factors is recovered; all else there was learnt of the noise. Clipping keeps even the best a little below 100%."
)


def show_found(point: RunPoint, ratings: Ratings, folder: str) -> None:
    """What run it is, its figures, and a chart of one of three kinds."""
    found = cached.found(session.own_run(point.run_id), ratings, folder)
    view: View = choice("View", get_args(View), key=Key.VIEW, in_address=True, label_visibility="collapsed")
    called = f"{point.n_factors} factor{'' if point.n_factors == 1 else 's'}"
    st.caption(f"The run with **{called}**. {_figures(found)}", help=_HELP)
    if view == "Recovered":
        plot(recovered_shares(found), key="recovered", alt=_shares(found), height=HEIGHT)
    elif view == "One factor":
        _show_items(found, ratings)
    else:
        figure = strengths(found, ratings.words)
        said = ", ".join(f"{value:.2f}" for value in found.found_strength)
        plot(
            figure, key="strengths", alt=f"Strengths of the found factors: {said} {ratings.words.unit}.", height=HEIGHT
        )


def _show_items(found: FoundFactors, ratings: Ratings) -> None:
    n_planted = len(found.weight)
    factor = _choose_factor(n_planted) - 1
    rows = ratings.items.index_of(found.item_ids)
    titles = ratings.item_table["title"].iloc[rows].tolist()
    figure = items_on_factor(found, factor, titles, ratings.words)
    recovered = f"{found.recovered[factor]:.0%} recovered"
    alt = f"{ratings.words.count(len(titles))} on planted factor {factor + 1}, {recovered}."
    plot(figure, key="on_factor_plot", alt=alt, height=HEIGHT - 45)


def _choose_factor(n_planted: int) -> int:
    """Counted from 1."""
    if n_planted == 1:
        return 1
    options = range(1, n_planted + 1)
    return choice("Planted factor", options, key=Key.FACTOR, label_visibility="collapsed")


def _figures(found: FoundFactors) -> str:
    pairs = (("users'", found.user_bias_correlation), ("items'", found.item_bias_correlation))
    biases = " and ".join(f"{whose} {value:.2f}" for whose, value in pairs if value is not None)
    return f"Biases, correlation with the planted: {biases}." if biases else "No biases are planted."


def _shares(found: FoundFactors) -> str:
    shares = ", ".join(f"factor {number}: {share:.0%}" for number, share in enumerate(found.recovered, start=1))
    return f"Recovered of what was planted: {shares}. Learnt of the noise: {found.noise:.0%} of the planted variance."
