"""The view of the best and the worst movies, side by side."""

import pandas as pd
import streamlit as st

from cf_core.charts.ranks.leaderboard import Part, leaderboard_bars
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.bias_in_stars import bias_in_stars
from cf_core.insight.leaderboard import leaderboard
from cf_core.insight.uncertainty import BiasUncertainty
from cf_core.runs.run_views import RunView
from cf_core.words import Words
from pages.parts.best_and_worst import cached
from pages.parts.best_and_worst.keys import Key
from pages.parts.best_and_worst.open_card import open_card
from pages.parts.best_and_worst.tables import columns_of, show_movies
from pages.shared import cached as shared_cache
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot


def show_ends(run_view: RunView, factors: FittedFactors, ratings: Ratings, table: pd.DataFrame) -> None:
    """The best and the worst movies of `table`, with the uncertainty of their biases where a formula is known. Where
    both lists would hold the same movies, they are one."""
    words, help_text = ratings.words, "How many at either end."
    top = st.sidebar.slider(f"{words.capital.items} shown", 5, 50, 15, key=Key.TOP, bind="query-params", help=help_text)
    uncertainty, reason = cached.bias_uncertainty(run_view, ratings)
    parts: tuple[Part, ...] = ("all",) if len(table) < 2 * top else ("best", "worst")
    boards = {part: _board(run_view, factors, ratings, table, part, top) for part in parts}
    far = float(table["bias"].abs().quantile(0.97))
    for column, (part, board) in zip(st.columns(len(boards)), boards.items(), strict=True):
        with column:
            _show_bars(board, part, factors.bias_unit, far, words)
    whiskers = f"No whiskers: {reason}" if uncertainty is None else _explain_whiskers(uncertainty, words)
    in_a_word = f"Bias: what is left of {words.an_item}'s ratings without its raters' kindness and taste."
    st.markdown(f"{in_a_word} Click a bar for its card.", help=escape_markdown(whiskers))
    for column, (part, board) in zip(st.columns(len(boards)), boards.items(), strict=True):
        with column, st.expander("As a table"):
            columns = columns_of(factors.bias_unit, words, *board.columns.drop("item_id"))
            show_movies(board, f"table_{part}", f"{part}-{words.items}", columns)


def _board(
    run_view: RunView, factors: FittedFactors, ratings: Ratings, table: pd.DataFrame, part: Part, top: int
) -> pd.DataFrame:
    """One list: the leaderboard, what each bias is worth in stars, and its standard error where one is known."""
    order, n = ("best" if part == "all" else part), (len(table) if part == "all" else top)
    board = leaderboard(factors, ratings, order, n, among=table["item_idx"].to_numpy())
    spec = run_view.run.spec
    in_stars = bias_in_stars(board["bias"].to_numpy(), spec.config.model, shared_cache.split(ratings, spec.split))
    board.insert(list(board).index("bias") + 1, "in_stars", in_stars)
    uncertainty, _ = cached.bias_uncertainty(run_view, ratings)
    if uncertainty is not None:
        items = ratings.items.index_of(board["item_id"].to_numpy())
        board["standard_error"] = uncertainty.standard_error[items]
    return board


def _show_bars(board: pd.DataFrame, part: Part, unit: str, far: float, words: Words) -> None:
    """One list as bars."""
    first = board.iloc[0]
    which = f"{words.items} from best to worst" if part == "all" else f"{part} {words.items}"
    alt = f"The {len(board)} {which} by bias; first is {first['title']} with {first['bias']:+.2f}."
    bars = leaderboard_bars(board, part, unit, far, words)
    plot(bars, key=part, alt=alt, on_click=lambda click: open_card(click.customdata[-1]))


def _explain_whiskers(uncertainty: BiasUncertainty, words: Words) -> str:
    return (
        f"The whiskers are one standard error, σ / √(A + λ′). σ = {uncertainty.noise:.2f} {words.unit} is the noise "
        f"of a rating; A is the number of the {words.item}'s training ratings, each weighted by the squared slope of "
        f"the sigmoid if there is one; λ′ = {uncertainty.penalty:.1f} ratings is the pull of the weight decay. The "
        "fewer the ratings, the longer the whiskers. The factors are taken as known, so the truth is a little less "
        "certain."
    )
