"""The view of the best and the worst movies, side by side."""

import pandas as pd
import streamlit as st

from cf_core.charts.ranks.leaderboard import leaderboard_bars
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.leaderboard import Order, leaderboard
from cf_core.insight.uncertainty import BiasUncertainty
from cf_core.runs.run_views import RunView
from pages.parts.best_and_worst import cached
from pages.parts.best_and_worst.keys import Key
from pages.parts.best_and_worst.open_card import open_card
from pages.parts.best_and_worst.tables import columns_of, show_movies
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot

ORDERS: tuple[Order, Order] = ("best", "worst")


def show_ends(run_view: RunView, factors: FittedFactors, ratings: Ratings, table: pd.DataFrame) -> None:
    """The best and the worst movies of `table`, with the uncertainty of their biases where a formula is known."""
    box, _ = st.columns(2)
    top = box.slider("Movies shown", 5, 50, 15, key=Key.TOP, bind="query-params", help="How many at either end.")
    uncertainty, reason = cached.bias_uncertainty(run_view, ratings)
    items = table["item_idx"].to_numpy()
    error = None if uncertainty is None else pd.Series(uncertainty.standard_error[items], index=table["item_id"])
    for column, order in zip(st.columns(2), ORDERS, strict=True):
        board = leaderboard(factors, ratings, order, top, among=items)
        if error is not None:
            board = board.assign(standard_error=error.loc[board["item_id"]].to_numpy())
        with column:
            _show_board(board, order, factors.bias_unit)
    if uncertainty is None:
        st.caption(escape_markdown(f"No whiskers: {reason}"))
    else:
        _explain_whiskers(uncertainty)


def _show_board(board: pd.DataFrame, order: Order, unit: str) -> None:
    """One end: bars, and the same as a table."""
    first = board.iloc[0]
    alt = f"The {len(board)} {order} movies by bias; first is {first['title']} with {first['bias']:+.2f}."
    bars = leaderboard_bars(board, order, unit)
    plot(bars, key=order, alt=alt, on_click=lambda click: open_card(click.customdata[-1]))
    with st.expander("As a table"):
        show_movies(board, f"table_{order}", columns_of(unit, *board.columns.drop("item_id")))


def _explain_whiskers(uncertainty: BiasUncertainty) -> None:
    st.caption(
        f"The whiskers are one standard error, σ / √(A + λ′). σ = {uncertainty.noise:.2f} stars is the noise of a "
        "rating; A is the number of a movie's training ratings, each weighted by the squared slope of the sigmoid if "
        f"there is one; λ′ = {uncertainty.penalty:.1f} ratings is the pull of the weight decay. The fewer the ratings, "
        "the longer the whiskers. The factors are taken as known, so the truth is a little less certain."
    )
