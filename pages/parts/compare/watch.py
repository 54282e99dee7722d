"""What two runs would have the same person watch."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.evaluation.for_one import list_by
from cf_core.insight.fold_in import predict_all
from cf_core.insight.movie_choice import popular_trained_items
from cf_core.insight.side_by_side import side_by_side
from cf_core.runs.run_views import OwnRun
from cf_core.words import Words
from pages.parts.compare.keys import Key
from pages.parts.compare.person import choose_user
from pages.shared import cached, session
from pages.shared.interests import interests_of, ranks_by_interests
from pages.shared.people import Person, item_side, me, somebody
from pages.shared.ranked_lists import candidates
from pages.shared.table import data_table

POPULAR, N_FIRST = 1_000, 10
TABLE_HEIGHT = 387
A_USER = "user"
ORDER = (
    "By predicted {unit}; but a run that learnt who rates what, such as one of the recipe rank, goes by its users' "
    "interests."
)


class Opinion(NamedTuple):
    """What a run says to a person: stars for all movies, the first of its list, and the indices of those most rated
    movies that it knows."""

    predicted: NDArray[np.float64]
    listed: pd.DataFrame
    popular: NDArray[np.int64]


def show_watch(one: OwnRun, other: OwnRun, ratings: Ratings) -> None:
    """The first movies of both lists, and those on which the two differ most."""
    people = _same_person(one, other, ratings)
    first, second = (_opinion(run, ratings, person) for run, person in zip((one, other), people, strict=True))
    shared = set(first.listed["item_idx"]) & set(second.listed["item_idx"])
    items = np.intersect1d(first.popular, second.popular)
    pair = side_by_side(ratings, items, first.predicted, second.predicted, people[0].known)
    words = ratings.words
    st.markdown(
        f"On both lists: **{len(shared)}** of {N_FIRST} {words.items}. Correlation of the predicted {words.unit} over "
        f"the {len(items):,} most rated {words.items}: **{pair.correlation:+.2f}**.",
        help="A correlation of 1 is the same taste, 0 none in common.",
    )
    left, middle, right = st.columns(3, gap="medium")
    for column, name, run, opinion in ((left, "A", one, first), (middle, "B", other, second)):
        with column:
            by = "interests" if ranks_by_interests(run) else words.unit
            st.markdown(f"**{name} recommends**, by {by}", help=ORDER.format(unit=words.unit))
            _show(opinion.listed.assign(both=opinion.listed["item_idx"].isin(shared)), name, words)
    with right:
        st.markdown("**Where they differ most**", help=f"By the distance of the two predictions, in {words.unit}.")
        _show_apart(pair.apart, words)


def _opinion(run_view: OwnRun, ratings: Ratings, person: Person) -> Opinion:
    side, factors = item_side(run_view, ratings), cached.factors(run_view, ratings)
    predicted = predict_all(side, person.user)
    scores = interests_of(run_view, ratings, person) if ranks_by_interests(run_view) else predicted
    listed = list_by(ratings, candidates(ratings, run_view.run.spec.split), scores, person.known, N_FIRST)
    listed = listed.assign(predicted=predicted[listed["item_idx"]])
    return Opinion(predicted, listed, popular_trained_items(factors, ratings, POPULAR))


def _same_person(one: OwnRun, other: OwnRun, ratings: Ratings) -> tuple[Person, Person]:
    """As either run knows them: the owner of a set of ratings in this workspace, or else a user of the data."""
    own = session.workspace().rating_sets.all(ratings.require_fingerprint())
    sets = {each.set_id: each for each in own if each.stars}
    names = {set_id: each.name for set_id, each in sets.items()} | {A_USER: "a user of the data"}
    with st.sidebar:
        whom = st.selectbox("For", list(names), key=Key.FOR, format_func=names.__getitem__, persist_state="session")
        if whom in sets:
            return me(one, ratings, sets[whom]), me(other, ratings, sets[whom])
        by_number = np.argsort(-ratings.user_stats()["n_ratings"].to_numpy(), kind="stable")
        user = choose_user(ratings, ratings.users.ids[by_number].tolist())
    return somebody(one, ratings, user)[0], somebody(other, ratings, user)[0]


def _show(listed: pd.DataFrame, name: str, words: Words) -> None:
    columns = {
        "rank": st.column_config.NumberColumn("", width=25),
        "title": st.column_config.TextColumn(words.item, width=170),
        "predicted": st.column_config.NumberColumn(words.unit, format="%.2f", width=50, help="Predicted."),
        "both": st.column_config.CheckboxColumn("both", width=40, help="On the other list, too."),
    }
    _table(listed, columns, f"compare_list_{name}")


def _show_apart(apart: pd.DataFrame, words: Words) -> None:
    columns = {
        "title": st.column_config.TextColumn(words.item, width=170),
        "first": st.column_config.NumberColumn("A", format="%.2f", width=50),
        "second": st.column_config.NumberColumn("B", format="%.2f", width=50),
    }
    _table(apart, columns, "compare_list_apart")


def _table(frame: pd.DataFrame, columns: dict[str, Any], key: str) -> None:
    data_table(frame, height=TABLE_HEIGHT, column_order=list(columns), column_config=columns, key=key)
