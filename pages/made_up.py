"""Ratings whose truth is known: plant factors, train runs with fewer and more of them, see what is missing and what is
noise."""

from pathlib import Path

import streamlit as st

from cf_core.charts.planted.found import planted_strengths
from cf_core.data.made_up.files import is_made_up, words_of
from cf_core.data.made_up.generation import factor_strengths
from cf_core.data.made_up.options import MadeUpOptions
from cf_core.data.split import Split, SplitConfig
from pages.parts.made_up import cached as own
from pages.parts.made_up.curve import chosen_point, show_curve
from pages.parts.made_up.found import show_found
from pages.parts.made_up.make import make
from pages.parts.made_up.runs import comparable, missing, points, start
from pages.parts.made_up.settings import choose_options, choose_pull, options_now, pull_now
from pages.shared import cached, session
from pages.shared.app_frame import page_header
from pages.shared.messages import attempt
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState
from pages.shared.refresh import interval, live

page_header(
    "Made-up ratings",
    "Real ratings never tell how many factors are behind them. These do: factors and biases are planted, noise is "
    "added, and so the best possible error is known. A run with too few factors misses a part of the truth; one with "
    "too many learns the noise, and its validation error rises though its training error falls.",
    "make ratings, train, and find the planted number in the curve.",
)


def make_now() -> None:
    """Make what the sliders ask for at this moment. For `on_click`."""
    make(options_now())


def train_now(planted: MadeUpOptions, split: Split) -> None:
    """Train what is missing by the sliders at this moment. For `on_click`."""
    pull = pull_now()
    start(missing(comparable(session.runs_here()), planted.n_factors, pull, split), pull, split)


def show_make(is_present: bool) -> None:
    """The button that makes what the sliders ask for."""
    st.button(
        "Make ratings",
        key="make",
        type="secondary" if is_present else "primary",
        icon=":material/casino:",
        disabled=is_present,
        help="These are the ratings that the sliders ask for; move one." if is_present else "Takes a second or two.",
        on_click=attempt,
        args=(make_now,),
    )


def show_preview(options: MadeUpOptions) -> None:
    """Before anything is made: what will be planted."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.info("The selected data set is not made up. Make one: its curve will grow here.", icon=":material/casino:")
    with right:
        strengths = factor_strengths(options)
        alt = f"Strengths to be planted: {', '.join(f'{value:.2f}' for value in strengths)} stars."
        plot(planted_strengths(strengths, words_of(options)), key="to_be_planted", alt=alt)


with st.sidebar:
    options = choose_options()
    pull = choose_pull()
folder = session.data_folder()
if not is_made_up(Path(folder)):
    with st.container(horizontal=True, vertical_alignment="center", key="made_up_bar"):
        show_make(is_present=False)
    show_preview(options)
    st.stop()
ratings = session.ratings()
planted, floor, split = own.planted(ratings, folder), own.floor(ratings, folder), cached.split(ratings, SplitConfig())
runs = comparable(session.runs_here())
under_way = any(run.unfinished for run in runs)
wanted = missing(runs, planted.options.n_factors, pull, split)
with st.container(horizontal=True, vertical_alignment="center", key="made_up_bar"):
    show_make(is_present=options == planted.options)
    st.button(
        f"Train with {', '.join(map(str, wanted))} factors" if wanted else "Training…" if under_way else "All trained",
        key="train_all",
        type="primary" if options == planted.options else "secondary",
        icon=":material/play_arrow:",
        disabled=not wanted,
        help="Runs that differ in nothing but their number of factors; a few seconds in all.",
        on_click=attempt,
        args=(train_now, planted.options, split),
    )
    words = ratings.words
    st.markdown(
        f"{ratings.n_ratings:,} ratings of {ratings.n_users:,} users for {words.count(ratings.n_items)}; "
        f"planted factors: **{planted.options.n_factors}**. Best possible RMSE: **{floor:.3f}** {words.unit}.",
        help="Whoever knew the whole truth would predict the rating to be expected of the planted sum after noise, "
        "rounding and clipping. This is the error of those predictions on the validation ratings: nobody can beat it.",
    )
curve_side, found_side = st.columns([5, 4], gap="medium")
with curve_side:
    refreshing = interval(under_way, at_least=0.5)
    chosen = chosen_point(points(runs))
    live(
        show_curve,
        runs,
        "" if chosen is None else chosen.run_id,
        planted,
        floor,
        pull,
        split,
        SentState(),
        every=refreshing,
    )
with found_side, st.container(key="found_panel"):
    if chosen is None:
        told = "The first run that ends is shown here." if under_way else "Train, and see here what a run has found."
        st.info(told, icon=":material/travel_explore:")
    else:
        show_found(chosen, ratings, folder)
