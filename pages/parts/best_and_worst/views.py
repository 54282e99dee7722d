"""The three views of the page of best and worst movies. Nothing in here ranks anything."""

import pandas as pd
import streamlit as st

from cf_core.charts.ranks.leaderboard import leaderboard_bars
from cf_core.charts.ranks.raters import rater_cloud
from cf_core.charts.ranks.slope import MOST, slope_chart
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.leaderboard import Order, leaderboard
from cf_core.insight.ranks import CAUSES, causes, movers, ranked
from cf_core.runs.run_views import RunView
from pages.parts.best_and_worst import cached
from pages.parts.best_and_worst.card import open_card, table_of_movies
from pages.shared.messages import plain
from pages.shared.plot import plot

ORDERS: tuple[Order, Order] = ("best", "worst")
_N_RATERS = 10


def show_ends(chosen: RunView, factors: FittedFactors, ratings: Ratings, table: pd.DataFrame) -> None:
    """The best and the worst movies of `table`, side by side."""
    box, _ = st.columns(2)
    top = box.slider("Movies shown", 5, 50, 15, key="top", bind="query-params", help="How many at either end.")
    uncertainty, reason = cached.bias_uncertainty(chosen, ratings)
    items = table["item_idx"].to_numpy()
    error = None if uncertainty is None else pd.Series(uncertainty.standard_error[items], index=table["item_id"])
    for column, order in zip(st.columns(2), ORDERS, strict=True):
        board = leaderboard(factors, ratings, order, top, among=items)
        if error is not None:
            board = board.assign(standard_error=error.loc[board["item_id"]].to_numpy())
        first = board.iloc[0]
        alt = f"The {len(board)} {order} movies by bias; first is {first['title']} with {first['bias']:+.2f}."
        bars = leaderboard_bars(board, order, factors.bias_unit)
        with column:
            plot(bars, key=order, alt=alt, on_click=lambda click: open_card(click.customdata[-1]))
            with st.expander("As a table"):
                table_of_movies(board, f"table_{order}", _columns(factors.bias_unit, *board.columns.drop("item_id")))
    if uncertainty is None:
        st.caption(plain(f"No whiskers: {reason}"))
        return
    st.caption(
        f"One standard error is σ / √(A + λ′). σ = {uncertainty.noise:.2f} stars is the noise of a rating; A is the "
        "number of a movie's training ratings, each weighted by the squared slope of the sigmoid where there is one; "
        f"λ′ = {uncertainty.penalty:.1f} ratings is the pull of the weight decay. Few ratings, long whiskers. The "
        "factors are taken for known, so the truth is a little less certain."
    )


def show_moves(table: pd.DataFrame, unit: str) -> None:
    """Who rises and who falls from the mean to the bias: the slope chart, the reasons, and all movies as a table."""
    left, right = st.columns(2, vertical_alignment="bottom")
    which = left.segmented_control(
        "Lines",
        ["most rated", "greatest moves"],
        default="most rated",
        required=True,
        key="lines",
        bind="query-params",
        help="The most rated movies, ranked among themselves, or those of all that move furthest.",
    )
    n = right.slider("Lines drawn", 4, MOST, 20, 2, key="n_lines", bind="query-params")
    most_rated = which == "most rated"
    shown = ranked(table.head(n)) if most_rated else movers(table, n // 2)
    if shown.empty:
        st.info("None of these movies changes its rank.")
    else:
        n_rising = int((shown["rise"] > 0).sum())
        n_falling = int((shown["rise"] < 0).sum())
        alt = f"{len(shown)} movies from their rank by mean to that by bias; {n_rising} rise and {n_falling} fall."
        figure = slope_chart(shown, len(shown) if most_rated else len(table))
        plot(figure, key="slopes", alt=alt, on_click=lambda click: open_card(click.customdata[0]))
    _say_why(table)
    columns = ("title", "rise", "mean_rank", "bias_rank", "mean_rating", "bias", "rater_mean", *CAUSES, "n_ratings")
    by_rise = table.sort_values("rise", ascending=False, kind="stable")
    table_of_movies(by_rise, "table_moves", _columns(unit, *columns))


def _say_why(table: pd.DataFrame) -> None:
    """The reasons, and how much each has to do with it among these movies."""
    st.markdown(
        "A mean is made of the movie's bias, the **kindness** of those who rated it, how well it met their **taste**, "
        "and a rest that the model **holds back**, most where ratings are few. Only the bias makes the rank by bias: a "
        "movie rated by kind fans falls, one rated by harsh strangers rises."
    )
    found = ", ".join(f"{CAUSES[name]} {value:+.2f}" for name, value in causes(table).items())
    if found:
        st.caption(f"Rank correlation with the places gained, over these {len(table):,} movies: {found}.")


def show_raters(chosen: RunView, factors: FittedFactors, ratings: Ratings) -> None:
    """The users' side: kind and harsh raters."""
    table = cached.rater_table(chosen, ratings)
    users, biases = table["user_id"].tolist(), table["bias"].tolist()
    alt = (
        f"{len(table):,} users by what others give their movies and what they give; the kindest is user {users[0]} "
        f"with a bias of {biases[0]:+.2f}, the harshest user {users[-1]} with {biases[-1]:+.2f}."
    )
    plot(rater_cloud(table, factors.bias_unit), key="raters", alt=alt)
    st.caption(
        "A high mean has two causes: a kind rater, or good movies. The bias of a user keeps the first apart from the "
        "second, as far as the model can tell."
    )
    columns = {
        "rank": st.column_config.NumberColumn("rank", width=55),
        "user_id": st.column_config.Column("user", width=55),
        "bias": st.column_config.NumberColumn("bias", format="%+.2f", width=60, help=f"In {factors.bias_unit}."),
        "mean_rating": st.column_config.NumberColumn("gives", format="%.2f", width=60, help="The user's mean, stars."),
        "others_mean": st.column_config.NumberColumn(
            "others", format="%.2f", width=65, help="The mean that others give the same movies, stars."
        ),
        "n_ratings": st.column_config.NumberColumn("ratings", format="localized", width=65),
    }
    names = ("The kindest", "The harshest")
    for column, name, part in zip(st.columns(2), names, (table, table[::-1]), strict=True):
        with column:
            st.markdown(f"**{name}**")
            st.dataframe(
                part.head(_N_RATERS), hide_index=True, column_order=list(columns), column_config=columns, key=name
            )


def _columns(unit: str, *names: str) -> dict[str, object]:
    """How the columns of these names look in a table of movies."""
    stars, logits = "%.2f", "%+.2f"
    known = {
        "rank": st.column_config.NumberColumn("rank", width=55),
        "title": st.column_config.TextColumn("movie", width=190),
        "rise": st.column_config.NumberColumn("rise", format="%+d", width=65, help="Places gained from mean to bias."),
        "mean_rank": st.column_config.NumberColumn("by mean", format="localized", width=75, help="Rank by mean."),
        "bias_rank": st.column_config.NumberColumn("by bias", format="localized", width=75, help="Rank by bias."),
        "mean_rating": st.column_config.NumberColumn("mean", format=stars, width=60, help="Of its ratings, stars."),
        "bias": st.column_config.NumberColumn("bias", format=logits, width=60, help=f"In {unit}."),
        "standard_error": st.column_config.NumberColumn("±", format=stars, width=50, help="One standard error."),
        "rater_mean": st.column_config.NumberColumn(
            "raters give", format=stars, width=85, help="The mean over its raters of what each gives on average, stars."
        ),
        "rater_kindness": st.column_config.NumberColumn(
            "kindness", format=logits, width=75, help=f"The mean bias of its raters, in {unit}."
        ),
        "rater_taste": st.column_config.NumberColumn(
            "taste", format=logits, width=65, help=f"The mean product of its factors and its raters', in {unit}."
        ),
        "held_back": st.column_config.NumberColumn(
            "held back", format=logits, width=80, help="The mean of rating less prediction, stars."
        ),
        "n_ratings": st.column_config.NumberColumn("ratings", format="localized", width=70),
    }
    return {name: known[name] for name in names}
