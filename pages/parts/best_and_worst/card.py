"""The card of one movie: a dialog over the page, opened from a search box, a row, a bar or the address.

Nothing in here computes what it shows.
"""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.charts.data.ratings import rating_histogram
from cf_core.charts.map.movie_card import place_on_map
from cf_core.data.ratings import Ratings
from cf_core.errors import UnknownIdError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.movie_card import MovieCard, movie_card
from cf_core.insight.projection import most_components
from cf_core.runs.run_views import RunView
from pages.parts.best_and_worst import cached as page_cached
from pages.shared import cached
from pages.shared.messages import plain, say_error
from pages.shared.metrics import row_of_numbers
from pages.shared.plot import plot

CARD, CLOSED, ADDRESS = "card_of_movie", "cards_closed", "movie"
"""Keys in the session of the search box and of how many cards were closed, and the name in the address."""

_NUMBER = 130  # pixels: two beside each other on a phone


def open_card(item_id: Any) -> None:
    """Show the card of that movie in the next run of the page. For callbacks."""
    st.session_state[CARD] = item_id


def find_movie(ratings: Ratings) -> None:
    """The search box, which says whose card is open."""
    _take_from_address(ratings)
    titles = dict(zip(ratings.items.ids.tolist(), ratings.item_table["title"], strict=True))
    st.selectbox(
        "Open a movie's card",
        sorted(titles, key=titles.__getitem__),
        None,
        key=CARD,
        format_func=titles.__getitem__,
        placeholder="Type a title",
        help="Or tick a row of a table, or click a bar or the end of a line.",
    )


def show_card(chosen: RunView, factors: FittedFactors, ratings: Ratings, table: pd.DataFrame, popular: int) -> None:
    """The card that is open, if one is.

    Args:
        table: the movies that the page compares, by both ranks.
        popular: how many movies are on the map, and may be neighbours.
    """
    item_id = st.session_state.get(CARD)
    if item_id is None:
        st.query_params.pop(ADDRESS, None)
        return
    st.query_params[ADDRESS] = str(item_id)
    item = int(ratings.items.index_of([item_id])[0])
    dialog = st.dialog(plain(ratings.item_table["title"].iloc[item]), width="large", on_dismiss=_close)
    dialog(_card)(chosen, factors, ratings, table, popular, item)


def table_of_movies(table: pd.DataFrame, key: str, columns: dict[str, Any]) -> None:
    """A table of movies, of which only `columns` are shown; a row that is ticked opens the movie's card."""
    table_key = f"{key}_{st.session_state.get(CLOSED, 0)}"  # another table after each card, with no row ticked
    st.dataframe(
        table,
        hide_index=True,
        column_order=list(columns),
        column_config=columns,
        key=table_key,
        selection_mode="single-row",
        on_select=lambda: _open_row(table, st.session_state[table_key]["selection"]["rows"]),
    )


def _open_row(table: pd.DataFrame, rows: list[int]) -> None:
    if rows:
        open_card(table["item_id"].tolist()[rows[0]])


def _close() -> None:
    st.session_state[CARD] = None
    st.session_state[CLOSED] = st.session_state.get(CLOSED, 0) + 1


def _take_from_address(ratings: Ratings) -> None:
    """Open the card that the address names, where the page has just been opened, or close that of another data set."""
    if CARD in st.session_state:
        if st.session_state[CARD] not in {None, *ratings.items.ids.tolist()}:
            st.session_state[CARD] = None
        return
    text = st.query_params.get(ADDRESS)
    try:
        st.session_state[CARD] = None if text is None else ratings.items.read(text)
    except UnknownIdError as error:
        st.session_state[CARD] = None
        say_error(error)


def _card(
    chosen: RunView, factors: FittedFactors, ratings: Ratings, table: pd.DataFrame, popular: int, item: int
) -> None:
    if st.session_state.get(CARD) != ratings.items.ids[item]:
        st.rerun()  # a neighbour was chosen: the card of another movie, under its own title
    on_map = cached.projection(chosen, ratings, 2, popular) if most_components(factors, ratings, popular) > 1 else None
    among = None if on_map is None else ratings.items.index_of(on_map.movies["item_id"].to_numpy())
    uncertainty, _ = page_cached.bias_uncertainty(chosen, ratings)
    card = movie_card(factors, ratings, page_cached.fitted(chosen, ratings), item, uncertainty, among)
    _numbers(card, table.loc[table["item_idx"] == item], len(table), factors.bias_unit)
    left, right = st.columns(2)
    with left:
        top = card.facts.histogram.iloc[int(card.facts.histogram["n_ratings"].argmax())]
        alt = f"Its ratings by value; the most frequent is {top['rating']:g} stars, {top['n_ratings']:.0f} times."
        plot(rating_histogram(card.facts.histogram), key="card_histogram", alt=alt, height=300)
    with right:
        _place(card, None if on_map is None else (on_map.movies, on_map.components.T))
    left, right = st.columns(2)
    with left:
        _neighbours(card)
    with right:
        _disagreed(card)


def _numbers(card: MovieCard, row: pd.DataFrame, among: int, unit: str) -> None:
    year = "no year" if card.year is None else str(card.year)
    st.caption(plain(f"{year} · {', '.join(card.genres)} · {card.n_train:,} of its ratings in training"))
    bias, error = f"Bias, {unit}", "Standard error"
    numbers = {
        "Ratings": f"{card.facts.n_ratings:,}",
        "Mean, stars": f"{card.facts.mean:.2f}",
        bias: "–" if card.bias is None else f"{card.bias:+.2f}",
    }
    helps = {error: "Of the bias, from the number of training ratings and the weight decay."}
    if card.standard_error is not None:
        numbers[error] = f"{card.standard_error:.2f}"
    if len(row):
        numbers |= {"Rank by mean": f"{row['mean_rank'].item():,}", "Rank by bias": f"{row['bias_rank'].item():,}"}
        helps["Rank by bias"] = f"Among the {among:,} movies that the page compares."
    row_of_numbers(numbers, helps, _NUMBER)
    if not card.n_train:
        st.caption("None of its ratings was in training: the model has no bias for it, and its factors are chance.")
    elif row.empty:
        st.caption(f"It is not among the {among:,} movies that the page compares, so it has no rank.")


def _place(card: MovieCard, on_map: tuple[pd.DataFrame, np.ndarray] | None) -> None:
    if on_map is None:
        st.caption("A map needs two components, and they come from three factors or more.")
        return
    movies, coordinates = on_map
    rows = np.flatnonzero(movies["item_id"] == card.item_id)
    if not len(rows):
        st.caption(f"Not on the map, which shows the {len(movies):,} most rated movies.")
        return
    near = np.flatnonzero(movies["item_id"].isin(card.near["item_id"])).tolist()
    at = coordinates[rows[0]]
    alt = f"The movie at {at[0]:+.3f} on component 1 and {at[1]:+.3f} on component 2, among {len(movies):,}."
    names = ("component 1", "component 2")
    plot(place_on_map(movies, coordinates, names, int(rows[0]), near), key="card_place", alt=alt, height=300)


def _neighbours(card: MovieCard) -> None:
    st.markdown("**Nearest by taste**", help="By the cosine of the factors. Tick one to go there.")
    if card.near.empty:
        st.caption("The model never saw this movie, so it has no neighbours.")
        return
    columns = {
        "title": st.column_config.TextColumn("movie", width=170),
        "cosine": st.column_config.NumberColumn("cosine", format="%.2f", width=60),
        "n_ratings": st.column_config.NumberColumn("ratings", format="localized", width=60),
    }
    table_of_movies(card.near, f"card_near_{card.item_id}", columns)


def _disagreed(card: MovieCard) -> None:
    st.markdown("**Who disagreed**", help="The raters furthest from what the model predicted for them.")
    columns = {
        "user_id": st.column_config.Column("user", width=55),
        "rating": st.column_config.NumberColumn("gave", format="%.1f", width=55),
        "predicted": st.column_config.NumberColumn("model says", format="%.1f", width=80),
        "user_mean": st.column_config.NumberColumn("own mean", format="%.1f", width=75),
    }
    st.dataframe(card.disagreed, hide_index=True, column_order=list(columns), column_config=columns, key="card_users")
