"""The row above the sheet: the buttons, and the errors of the numbers as they are beside the exact solver's."""

import math

import streamlit as st

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.solver import Solution
from cf_core.words import Words
from pages.parts.by_hand import state
from pages.parts.by_hand.state import Step

_ABOUT_SCORES = (
    "RMSE, the root of the mean squared error, in stars: over the training cells, which steps learn from, and over "
    "the held-out cells, which they never see. The solver is alternating least squares, for comparison."
)


def show_bar(now: Descent, solution: Solution, step: Step, words: Words) -> None:
    """Play, one step, ten; undo and reset; the numbers."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="hand_bar"):
        if state.playing():
            st.button("Stop", key="hand_stop", icon=":material/stop:", width=92, on_click=state.play, args=(False,))
        else:
            icon = ":material/play_arrow:"
            st.button("Play", key="hand_play", icon=icon, type="primary", width=92, on_click=state.play, args=(True,))
        st.button("+1", key="hand_one_step", on_click=state.take_steps, args=(1, step), help="One step.")
        st.button("+10", key="hand_ten_steps", on_click=state.take_steps, args=(10, step), help="Ten steps.")
        icon, help_text = ":material/undo:", "Undo the last action."
        st.button(icon, key="hand_undo", disabled=not now.past, on_click=state.undo, help=help_text)
        icon, help_text = ":material/restart_alt:", "Reset: back to the random start of the seed."
        st.button(icon, key="hand_reset", on_click=state.reset, help=help_text)
        st.markdown(_scores(now, solution), width="stretch", help=words.told(_ABOUT_SCORES))


def describe_errors(now: Descent, words: Words) -> str:
    """One sentence, for those who cannot see the curves."""
    return (
        f"After {now.cost.n_steps} steps the RMSE is {rmse(now.cost.train)} {words.unit} over training cells and "
        f"{rmse(now.cost.valid)} over held-out cells."
    )


def rmse(loss: float | None) -> str:
    """A mean squared error as RMSE; a dash where there is none."""
    if loss is None:
        return "–"
    stars = math.sqrt(loss)
    return f"{stars:.3f}" if stars < 1_000 else f"{stars:.0e}"


def _scores(now: Descent, solution: Solution) -> str:
    return (
        f"step **{now.cost.n_steps:,}** · :blue[■] training **{rmse(now.cost.train)}** · :orange[■] held out "
        f"**{rmse(now.cost.valid)}** · solver {rmse(solution.train_loss)} / {rmse(solution.valid_loss)}"
    )
