"""Two people side by side: the movies that both would like, and those that they would quarrel about."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.insight.fold_in import predict_all
from cf_core.insight.movie_choice import popular_trained_items
from cf_core.insight.side_by_side import SideBySide, side_by_side
from cf_core.runs.rating_set import RatingSet
from cf_core.runs.run_views import RunView
from cf_core.words import Words
from pages.parts.for_you.keys import Key
from pages.parts.for_you.sets import own_sets
from pages.shared import cached
from pages.shared.messages import escape_markdown
from pages.shared.people import Person, item_side, me
from pages.shared.table import data_table

POPULAR = 1_000
TABLE_HEIGHT = 213


def show_comparison(run_view: RunView, ratings: Ratings, person: Person, chosen: RatingSet | None) -> None:
    """A box for the other one, and what a model makes of the two."""
    sets = [one for one in own_sets().all(ratings.require_fingerprint()) if chosen is None or one != chosen]
    if not sets:
        st.info(
            "There is nobody to compare with yet. Add a set for somebody else in the sidebar, and rate some "
            f"{ratings.words.items} there.",
            icon=":material/group_add:",
        )
        return
    by_id = {one.set_id: one for one in sets}
    with_whom = st.selectbox(
        "Compare with",
        list(by_id),
        key=Key.OTHER_SET,
        format_func=lambda set_id: by_id[set_id].name,
        persist_state="session",
    )
    other = me(run_view, ratings, by_id[with_whom])
    pair = _compared(run_view, ratings, person, other)
    _show_agreement(pair, person, other, ratings.words)
    st.markdown(
        "**Both would like**",
        help=f"By the lower of the two predictions, of {ratings.words.items} that neither has rated.",
    )
    _show_table(pair.both, person, other, "for_you_both", ratings.words)
    st.markdown("**Where they differ most**", help="By the distance of the two predictions.")
    _show_table(pair.apart, person, other, "for_you_apart", ratings.words)


def _compared(run_view: RunView, ratings: Ratings, person: Person, other: Person) -> SideBySide:
    side, factors = item_side(run_view, ratings), cached.factors(run_view, ratings)
    items = popular_trained_items(factors, ratings, POPULAR)
    known = np.concatenate([person.known, other.known])
    return side_by_side(ratings, items, predict_all(side, person.user), predict_all(side, other.user), known)


def _show_agreement(pair: SideBySide, person: Person, other: Person, words: Words) -> None:
    """In one line how alike the two are."""
    names = f"**{escape_markdown(person.name)}** and **{escape_markdown(other.name)}**"
    if math.isnan(pair.correlation):
        st.markdown(f"{names}: one of the two has no taste of their own yet.")
        return
    how = f"Of what is predicted for the two over the most rated {words.items}: 1 is the same taste, 0 none in common."
    st.markdown(f"{names}: correlation **{pair.correlation:+.2f}**.", help=how)


def _show_table(movies: pd.DataFrame, person: Person, other: Person, key: str, words: Words) -> None:
    data_table(
        movies,
        height=TABLE_HEIGHT,
        key=key,
        column_order=["title", "first", "second", "n_ratings"],
        column_config={
            "title": st.column_config.TextColumn(words.item, width=260),
            "first": st.column_config.NumberColumn(
                person.name, format="%.2f", width=75, help=f"Predicted {words.unit}."
            ),
            "second": st.column_config.NumberColumn(
                other.name, format="%.2f", width=75, help=f"Predicted {words.unit}."
            ),
            "n_ratings": st.column_config.NumberColumn("ratings", format="localized", width=60),
        },
    )
