"""The lesson's spreadsheet, alive: factors beside and above a corner of the ratings, to change, step and undo."""

from pathlib import Path

import streamlit as st

from cf_core.charts.data.hand_sheet import hand_sheet
from cf_core.data.ratings import Ratings
from pages.parts.by_hand import state
from pages.parts.by_hand.bar import describe_errors, show_bar
from pages.parts.by_hand.cached import als_solution
from pages.parts.by_hand.keys import Key
from pages.parts.by_hand.more import show_more
from pages.parts.by_hand.panel import show_panel
from pages.parts.by_hand.settings import Settings, choose_settings
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState
from pages.shared.refresh import live

TICK_SECONDS, STEPS_PER_TICK = 0.5, 5
STYLE = Path(__file__).parent / "parts" / "by_hand" / "sheet.css"


def bench(ratings: Ratings, settings: Settings, was_playing: bool, sent: dict[str, SentState]) -> None:
    """All that moves: while it plays, each tick runs this and nothing else."""
    setup, model = settings.setup, settings.model
    now = state.descent(ratings, setup, model)
    step = settings.step(state.selected_cell(now))
    if was_playing and state.playing():
        state.take_steps(STEPS_PER_TICK, step)
        now = state.descent(ratings, setup, model)
    state.keep(now)  # before anything is drawn: who sees the new numbers finds them after a reload
    cell, number = state.selected_cell(now), state.selected_number(now)
    solution = als_solution(ratings, setup.held_out, setup.n_factors, setup.seed, model.biases, step.weight_decay)
    words = ratings.words
    show_bar(now, solution, step, words)
    left, right = st.columns([7, 3], gap="small")
    with left, st.container(key="hand_sheet"):
        sheet = hand_sheet(
            now.table, model, now.factors, settings.show, before=now.before, cell=cell, number=number, words=words
        )
        alt = f"{settings.show.capitalize()} of {len(now.table.user_ids)} users for "
        alt += f"{words.count(len(now.table.titles))}, with the numbers of both. {describe_errors(now, words)}"
        plot(sheet, key="hand_table", alt=alt, on_click=state.select, sent=sent["table"])
    with right, st.container(gap="xsmall"):
        show_panel(now, solution, step, sent["cost"], words)
    show_more(now, solution, step, words)
    if state.playing() != was_playing:
        st.rerun()  # to begin or end the ticks; here, so that nothing drawn above is taken down meanwhile


page_header(
    "By hand",
    "Every user and every movie gets a few numbers, and a prediction is their dot product: the users' numbers stand "
    "left of the table, the movies' above it. Click a number and change it, or let gradient descent change them all: "
    "the errors of training cells shrink; those of held-out cells, after a while, grow.",
    "press Play until held-out cells get worse while training cells get better.",
)
st.html(STYLE)
ratings = session.ratings()
with st.sidebar:
    settings = choose_settings(ratings)
if st.session_state.get(Key.SETUP) != settings.setup:
    state.play(False)
is_playing = state.playing()
sent = {"table": SentState(), "cost": SentState()}
live(bench, ratings, settings, is_playing, sent, every=TICK_SECONDS if is_playing else None)
