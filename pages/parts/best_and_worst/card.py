"""The card of one movie, a dialog over the page: its numbers, its ratings, its place on the map, its neighbours, and
the raters who disagreed with the model."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.data.ratings import rating_histogram
from cf_core.charts.map.movie_card import place_on_map
from cf_core.data.filters import has_genres
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.bias_in_stars import bias_in_stars
from cf_core.insight.movie_card import MovieCard, movie_card
from cf_core.insight.projection import Projection, most_components
from cf_core.runs.run_views import RunView
from cf_core.teaching.vanished import about_vanished
from cf_core.words import Words
from pages.parts.best_and_worst import cached as page_cached
from pages.parts.best_and_worst.keys import Key
from pages.parts.best_and_worst.open_card import close_card, item_of_card
from pages.parts.best_and_worst.tables import show_movies
from pages.shared import cached
from pages.shared.columns import user_column
from pages.shared.messages import escape_markdown
from pages.shared.metrics import metric_row
from pages.shared.plot import plot
from pages.shared.table import data_table

NUMBER_WIDTH = 130  # pixels: two beside each other on a phone
PLOT_HEIGHT = 220


def show_card(run_view: RunView, factors: FittedFactors, ratings: Ratings, table: pd.DataFrame, popular: int) -> None:
    """The card that is open, if one is.

    Args:
        table: the movies that the page compares, by both ranks.
        popular: how many movies are on the map, and may be neighbours.
    """
    item = item_of_card(ratings)
    if item is None:
        return
    title = escape_markdown(ratings.item_table["title"].iloc[item])
    dialog = st.dialog(title, width="large", on_dismiss=close_card)
    dialog(_show_content)(run_view, factors, ratings, table, popular, item)


def _show_content(
    run_view: RunView, factors: FittedFactors, ratings: Ratings, table: pd.DataFrame, popular: int, item: int
) -> None:
    if st.session_state.get(Key.CARD) != ratings.items.ids[item]:
        st.rerun()  # a neighbour was ticked: the card of another movie, under its own title
    has_map = most_components(factors, ratings, popular) > 1 and not factors.have_vanished
    on_map = cached.projection(run_view, ratings, 2, popular) if has_map else None
    among = None if on_map is None else ratings.items.index_of(on_map.movies["item_id"].to_numpy())
    uncertainty, _ = page_cached.bias_uncertainty(run_view, ratings)
    card = movie_card(factors, ratings, cached.fitted(run_view, ratings), item, uncertainty, among)
    in_stars = None if card.bias is None else _bias_in_stars(run_view, ratings, card.bias)
    st.caption(escape_markdown(_known_of(card, ratings)))
    _show_numbers(card, in_stars, table.loc[table["item_idx"] == item], len(table), factors.bias_unit, ratings.words)
    left, middle, right = st.columns([5, 5, 4])
    with left:
        _show_histogram(card.profile.histogram, ratings.words)
        if factors.have_vanished:
            st.caption(about_vanished(run_view.run.spec.config, factors, ratings))
        else:
            _show_place(card, on_map, ratings.words)
    with middle:
        if not factors.have_vanished:
            _show_neighbours(card, ratings.words)
    with right:
        _show_disagreed(card, ratings)


def _bias_in_stars(run_view: RunView, ratings: Ratings, bias: float) -> float:
    spec = run_view.run.spec
    return float(bias_in_stars(np.array([bias]), spec.config.model, cached.split(ratings, spec.split))[0])


def _known_of(card: MovieCard, ratings: Ratings) -> str:
    """The year and the genres, where the data have any, and how many ratings were trained on."""
    year = [] if ratings.item_table["year"].isna().all() else ["no year" if card.year is None else str(card.year)]
    genres = [", ".join(card.genres)] if has_genres(ratings.item_table) else []
    return " · ".join([*year, *genres, f"{card.n_train:,} of its ratings in training"])


def _show_numbers(
    card: MovieCard, in_stars: float | None, row: pd.DataFrame, n_compared: int, unit: str, words: Words
) -> None:
    """What the card's bias is worth `in_stars`, None where it has none; `row` is the movie's row among the `n_compared`
    movies of the page, or empty."""
    bias, error = f"Bias, {words.unit}", "Standard error"
    numbers = {
        "Ratings": f"{card.profile.n_ratings:,}",
        f"Mean, {words.unit}": f"{card.profile.mean:.2f}",
        bias: "–" if in_stars is None else f"{in_stars:+.2f}",
    }
    helps = {
        error: f"The standard error of the bias in {words.bias_unit(unit)}, from the number of training ratings and "
        "weight decay."
    }
    if card.bias is not None and unit != "stars":
        helps[bias] = (
            f"About so much it adds to a prediction near the mean; to the model it is {card.bias:+.2f} {unit}."
        )
    if card.standard_error is not None:
        numbers[error] = f"{card.standard_error:.2f}"
    if len(row):
        numbers |= {"Rank by mean": f"{row['mean_rank'].item():,}", "Rank by bias": f"{row['bias_rank'].item():,}"}
        helps["Rank by bias"] = f"Among the {words.count(n_compared)} that the page compares."
    metric_row(numbers, helps, NUMBER_WIDTH)
    if not card.n_train:
        st.caption("None of its ratings was in training: it has no bias, and its factors are still random.")
    elif row.empty:
        st.caption(f"It is not among the {words.count(n_compared)} that the page compares, so it has no rank.")


def _show_histogram(histogram: pd.DataFrame, words: Words) -> None:
    top = histogram.iloc[int(histogram["n_ratings"].argmax())]
    alt = f"Its ratings by value; the most frequent is {words.value(top['rating'])}, {top['n_ratings']:.0f} times."
    plot(rating_histogram(histogram, words=words), key="card_histogram", alt=alt, height=PLOT_HEIGHT)


def _show_place(card: MovieCard, on_map: Projection | None, words: Words) -> None:
    if on_map is None:
        st.caption("A map needs two components, which take at least three factors.")
        return
    movies, coordinates = on_map.movies, on_map.components.T
    rows = np.flatnonzero(movies["item_id"] == card.item_id)
    if not len(rows):
        st.caption(f"Not on the map, which shows the {len(movies):,} most rated {words.items}.")
        return
    near = np.flatnonzero(movies["item_id"].isin(card.near["item_id"])).tolist()
    at: NDArray[np.floating] = coordinates[rows[0]]
    alt = f"The {words.item} at {at[0]:+.3f} on component 1 and {at[1]:+.3f} on component 2, among {len(movies):,}."
    names = ("component 1", "component 2")
    figure = place_on_map(movies, coordinates, names, int(rows[0]), near, words)
    plot(figure, key="card_place", alt=alt, height=PLOT_HEIGHT)


def _show_neighbours(card: MovieCard, words: Words) -> None:
    st.markdown("**Nearest by taste**", help="By the cosine of the factors. Tick a row to go there.")
    if card.near.empty:
        st.caption(f"The model never saw this {words.item}, so it has no neighbours.")
        return
    columns = {
        "title": st.column_config.TextColumn(words.item, width=170),
        "cosine": st.column_config.NumberColumn("cosine", format="%.2f", width=60),
        "n_ratings": st.column_config.NumberColumn("ratings", format="localized", width=60),
    }
    show_movies(card.near, f"card_near_{card.item_id}", "nearest-by-taste", columns)


def _show_disagreed(card: MovieCard, ratings: Ratings) -> None:
    st.markdown("**Who disagreed**", help="The raters whose ratings are furthest from the model's predictions.")
    columns = {
        "user_id": user_column(ratings, 55),
        "rating": st.column_config.NumberColumn("gave", format="%.1f", width=55),
        "predicted": st.column_config.NumberColumn("predicted", format="%.1f", width=80),
        "user_mean": st.column_config.NumberColumn("own mean", format="%.1f", width=75),
    }
    data_table(
        card.disagreed, column_order=list(columns), column_config=columns, key="card_users", name="who-disagreed"
    )
