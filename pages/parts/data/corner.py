"""The corner of the table where ratings are densest: the crosstab of the busiest users and the most rated movies."""

import streamlit as st

from cf_core.charts.data.ratings import crosstab_heatmap
from cf_core.data.crosstab import Order
from cf_core.data.part import Part
from cf_core.data.ratings import Ratings
from pages.parts.data import cached
from pages.parts.data.keys import Key
from pages.parts.data.views import HEIGHT
from pages.shared.facts_link import open_facts
from pages.shared.plot import Click, plot

ORDERS: dict[Order, str] = {
    "count": "number of ratings",
    "id": "raw id, as in the lesson",
    "mean": "mean rating",
    "similarity": "similarity",
}


def show_corner(ratings: Ratings, part: Part) -> None:
    """The crosstab, and beside it how many users and movies it has; a click on a cell opens its user and movie."""
    words = ratings.words
    left, right = st.columns([3, 1])
    most_users, most_items = min(60, ratings.n_users), min(60, ratings.n_items)
    with right:
        order: Order = st.selectbox(
            "Sorted by",
            list(ORDERS),
            key=Key.ORDER,
            format_func=ORDERS.__getitem__,
            bind="query-params",
            help="Similarity puts rows side by side whose ratings agree most.",
        )
        n_users = st.slider("Busiest users", 2, most_users, 15, key=Key.USERS, bind="query-params")
        n_items = st.slider(words.told("Most rated movies"), 2, most_items, 15, key=Key.MOVIES, bind="query-params")
    table, when = cached.corner(part, n_users, n_items, order)
    shown = ratings.item_table.iloc[ratings.items.index_of(table.columns.to_numpy())]
    titles = dict(zip(shown["item_id"], shown["title"], strict=True))
    blank = int(table.isna().to_numpy().sum())
    alt = f"Ratings of {len(table)} users for {words.count(table.shape[1])}; {blank} of {table.size} cells are blank."
    figure = crosstab_heatmap(table, titles, ratings.rating_range, when, words)
    with left:
        plot(
            figure,
            key="crosstab",
            alt=alt,
            height=max(HEIGHT, 180 + 12 * len(table)),
            on_click=lambda click: _open_cell(ratings, click),
        )
    right.caption(
        f"{blank:,} of these {table.size:,} cells are blank: a blank is an unknown rating, not a zero. Click a cell "
        f"to look at its user and {words.item} up close."
    )


def _open_cell(ratings: Ratings, click: Click) -> None:
    """Go to the page of the user and the movie of a cell."""
    open_facts(ratings.users.read(click.y), ratings.items.read(click.customdata[1]))
