"""The lesson's spreadsheet, alive: factors beside and above a corner of the ratings, to change, step and undo."""

import streamlit as st

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.model import HandModel
from cf_core.by_hand.solver import Solution
from cf_core.by_hand.steps import Place
from cf_core.charts.data.by_hand import Show, cost_curve, hand_heatmap, movie_names
from pages.parts.by_hand import cells, state
from pages.parts.by_hand.cached import hand_solution
from pages.parts.by_hand.state import COLUMN, ROW, Setup
from pages.shared import session
from pages.shared.app_frame import heading
from pages.shared.metrics import row_of_numbers
from pages.shared.plot import plot

TICK_SECONDS, STEPS_A_TICK = 0.5, 5
RATES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0]
DECAYS = [0.0, 0.0001, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
SHOWN: list[Show] = ["predictions", "errors", "ratings"]


def choose_model() -> tuple[Setup, HandModel]:
    factors, start, held, parts = st.columns(4)
    n_factors = factors.slider("Factors", 2, 10, 5, key="k", bind="query-params", help="Numbers a user and a movie.")
    seed = start.number_input("Seed", 0, 10_000, 0, key="hand_seed", bind="query-params",
                              help="Of the random start; the same seed starts at the same numbers.")  # fmt: skip
    held_out = held.select_slider("Held out (%)", [0, 10, 20, 30, 50], 20, key="hand_held_out", bind="query-params",
                                  help="Share of the rated cells that no step learns from.")  # fmt: skip
    with parts:
        biases = st.toggle("Biases", key="hand_biases", bind="query-params", help="One number more a user and a movie.")
        sigmoid = st.toggle("Sigmoid range", key="hand_sigmoid", bind="query-params",
                            help="Predictions go through a sigmoid onto the range of the ratings.")  # fmt: skip
    return Setup(ratings.fingerprint, n_factors, seed, held_out / 100), HandModel(ratings.rating_range, biases, sigmoid)


def choose_cell(now: Descent) -> Place:
    """Two boxes; a click on a cell sets them too."""
    left, right = st.columns(2)
    row = left.selectbox("User of the cell", range(len(now.table.user_ids)), key=ROW,
                         format_func=lambda i: f"user {now.table.user_ids[i]}")  # fmt: skip
    column = right.selectbox("Movie of the cell", range(len(now.table.item_ids)), key=COLUMN,
                             format_func=now.table.titles.__getitem__)  # fmt: skip
    return row, column


def choose_step() -> tuple[float, float, bool]:
    rate, decay, batch = st.columns(3)
    learning_rate = rate.select_slider("Learning rate", RATES, 0.1, key="hand_rate", bind="query-params",
                                       format_func=lambda value: f"{value:g}")  # fmt: skip
    weight_decay = decay.select_slider("Weight decay", DECAYS, 0.01, key="hand_decay", bind="query-params",
                                       format_func=lambda value: f"{value:g}",
                                       help="Pull of every number towards zero (L2).")  # fmt: skip
    whole = batch.segmented_control("A step learns from", ["the whole table", "the chosen cell"],
                                    default="the whole table", required=True, key="hand_batch", bind="query-params",
                                    )  # fmt: skip
    return learning_rate, weight_decay, whole == "the chosen cell"


def buttons(now: Descent, learning_rate: float, weight_decay: float, only: Place | None) -> None:
    take, how = state.take_steps, (learning_rate, weight_decay, only)
    with st.container(horizontal=True):
        st.button("One step", key="one_step", type="primary", on_click=take, args=(1, *how))
        st.button("Ten steps", key="ten_steps", on_click=take, args=(10, *how))
        if state.playing():
            st.button("Stop", key="stop_playing", icon=":material/stop:", on_click=state.play, args=(False,))
        else:
            st.button("Play", key="play", icon=":material/play_arrow:", on_click=state.play, args=(True,))
        st.button("Undo", key="undo", icon=":material/undo:", disabled=not now.past, on_click=state.undo)
        st.button("Reset", key="reset", icon=":material/restart_alt:", on_click=state.reset,
                  help="Back to the random start of the seed.")  # fmt: skip


def numbers(now: Descent, solution: Solution) -> None:
    row_of_numbers(
        {
            "RMSE, training": cells.stars(now.cost.train),
            "RMSE, held out": cells.stars(now.cost.valid),
            "Steps": f"{now.cost.n_steps:,}",
            "Solver, training": cells.stars(solution.train_loss),
            "Solver, held out": cells.stars(solution.valid_loss),
        },
        {
            "RMSE, training": "Root of the cost: the mean squared error over the cells that steps learn from.",
            "RMSE, held out": "The same over the cells that no step learns from.",
            "Solver, training": "What alternating least squares ends in, for comparison; see below.",
        },
    )


def sheet(now: Descent, solution: Solution, place: Place) -> None:
    """The spreadsheet: the movies' factors above the table, the users' beside it, the cost in the corner."""
    names = movie_names(now.table)
    corner, above = st.columns([5, 7])
    with corner:
        plot(cost_curve(now.costs, solution.train_loss), key="cost", alt=cells.cost_in_words(now), height=300)
    with above:
        st.caption("The movies' numbers, a column a movie. Type into any cell.")
        cells.editor("item", now, names)
    beside, table = st.columns([5, 7])
    with beside:
        st.caption("The users' numbers, a row a user")
        cells.editor("user", now, names)
    with table:
        show = st.segmented_control("Cells show", SHOWN, default="predictions", required=True, key="hand_show")
        figure = hand_heatmap(now.table, now.model.predict(now.factors), show, place)
        alt = f"{show.capitalize()} for {len(now.table.user_ids)} users and {len(names)} movies, one cell chosen."
        plot(figure, key="hand_table", alt=alt, on_click=state.choose_cell)
        st.caption("Click a cell to have it written out below. A cut corner: no rating, a guess.")


def bench(setup: Setup, model: HandModel, was_playing: bool) -> None:
    """All that moves: a tick of play runs this and nothing else."""
    now = state.descent(ratings, setup, model)
    learning_rate, weight_decay, only_cell = choose_step()
    place = state.chosen_cell(now)
    only = place if only_cell else None
    if was_playing and state.playing():
        state.take_steps(STEPS_A_TICK, learning_rate, weight_decay, only)
        now = state.descent(ratings, setup, model)
    buttons(now, learning_rate, weight_decay, only)
    if (failure := state.failure()) is not None:
        st.error(failure, icon=":material/error:")
    solution = hand_solution(
        setup.fingerprint, setup.held_out, setup.n_factors, setup.seed, model.biases, weight_decay, ratings
    )
    numbers(now, solution)
    sheet(now, solution, place)
    st.subheader("One cell, written out")
    cells.tell(now, choose_cell(now), learning_rate, weight_decay, only_cell)
    st.subheader("What the solver finds")
    cells.compare(now, solution)
    if state.playing() != was_playing:
        st.rerun()  # to begin or end the ticks; here, so that nothing drawn above is taken down meanwhile


heading(
    "By hand",
    "Every user and every movie gets a few numbers, and a prediction is their dot product. Change a number, or let "
    "gradient descent change them all, and watch the errors shrink where it learns and grow, in time, where not.",
    "press Play and wait until the held-out cells get worse while the training cells still get better.",
)
ratings = session.ratings()
setup, model = choose_model()
if st.session_state.get(state.BEGUN) != setup:
    state.play(False)
is_playing = state.playing()
st.fragment(bench, run_every=TICK_SECONDS if is_playing else None)(setup, model, is_playing)
