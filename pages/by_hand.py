"""The lesson's spreadsheet, alive: factors beside and above a corner of the ratings, to change, step and undo."""

import streamlit as st

from cf_core.by_hand.model import SmallModel
from cf_core.data.ratings import Ratings
from pages.parts.by_hand import state
from pages.parts.by_hand.cached import als_solution
from pages.parts.by_hand.cell import show_cell
from pages.parts.by_hand.controls import buttons, choose_cell, choose_model, choose_step
from pages.parts.by_hand.keys import Key
from pages.parts.by_hand.scores import compare_with_solver, show_scores
from pages.parts.by_hand.sheet import show_sheet
from pages.parts.by_hand.state import Setup
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.refresh import live

TICK_SECONDS, STEPS_PER_TICK = 0.5, 5


def bench(ratings: Ratings, setup: Setup, model: SmallModel, was_playing: bool) -> None:
    """All that moves: while it plays, each tick runs this and nothing else."""
    now = state.descent(ratings, setup, model)
    step = choose_step(state.selected_cell(now))
    if was_playing and state.playing():
        state.take_steps(STEPS_PER_TICK, step.learning_rate, step.weight_decay, step.only)
        now = state.descent(ratings, setup, model)
    buttons(now, step)
    if (failure := state.failure()) is not None:
        st.error(failure, icon=":material/error:")
    solution = als_solution(ratings, setup.held_out, setup.n_factors, setup.seed, model.biases, step.weight_decay)
    show_scores(now, solution)
    show_sheet(now, solution, state.selected_cell(now))
    st.subheader("One cell, written out")
    show_cell(now, choose_cell(now), step)
    st.subheader("What the solver finds")
    compare_with_solver(now, solution)
    if state.playing() != was_playing:
        st.rerun()  # to begin or end the ticks; here, so that nothing drawn above is taken down meanwhile


page_header(
    "By hand",
    "Every user and every movie gets a few numbers, and a prediction is their dot product. Change a number, or let "
    "gradient descent change them all: the errors of training cells shrink; those of held-out cells, after a while, "
    "grow.",
    "press Play and wait until the held-out cells get worse while the training cells still get better.",
)
ratings = session.ratings()
setup, model = choose_model(ratings)
if st.session_state.get(Key.SETUP) != setup:
    state.play(False)
is_playing = state.playing()
live(bench, ratings, setup, model, is_playing, every=TICK_SECONDS if is_playing else None)
