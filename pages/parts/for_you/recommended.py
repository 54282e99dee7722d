"""The list of recommendations, and of the selected one what its prediction is made of, and because of what."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.run.prediction import steps_to_sum
from cf_core.data.ratings import Ratings
from cf_core.errors import MissingPartError, TooCostlyError
from cf_core.insight.named_parts import named_parts
from cf_core.insight.recommendations import because, changes, parts
from cf_core.runs.run_views import RunView
from cf_core.words import MOVIES, Words
from pages.parts.for_you.cached import without_each
from pages.parts.for_you.orders import Order, ordered, what_they_are
from pages.shared.messages import escape_markdown, for_visitors
from pages.shared.people import Person, item_side
from pages.shared.plot import plot
from pages.shared.table import data_table

N_SHOWN, N_ROWS, N_FACTORS, N_REASONS = 20, 6, 4, 50
TABLE = "for_you_list"
STEPS_HEIGHT = 224
SCORES: dict[Order, str] = {"interests": "interest", "ease": "score"}
"""The header of the column by which an order goes that the table would not show anyhow."""

WITHOUT = (
    "What the prediction would be without this rating, in {unit}: the person is folded in again without it. Of a user "
    "of the data, whose factors training found, it is the prediction less what the rating changes in a fold-in."
)
WITHOUT_RATINGS = "Without a rating, this is the constant and the biases of the {items}: the same list for everybody."
WITHOUT_BIASES = "This model has no biases: without a rating it predicts the same for everything."


def show_recommended(run_view: RunView, ratings: Ratings, person: Person, order: Order) -> None:
    """The movies to watch; ticking one takes its prediction apart."""
    try:
        movies = ordered(run_view, ratings, person, order, N_SHOWN)
    except (MissingPartError, TooCostlyError) as error:
        st.info(for_visitors(str(error)), icon=":material/info:")
        return
    if movies.empty:
        st.info(f"Every {ratings.words.item} that the model knows has been rated: nothing is left to recommend.")
        return
    words = ratings.words
    movie = movies.iloc[_table(movies.assign(gave=_validation_stars(ratings, person, movies)), order, words)]
    item, title = int(movie["item_idx"]), escape_markdown(movie["title"])
    with st.container(key="for_you_why"):
        st.markdown(f"**{movie['predicted']:.2f} {words.unit} for {title}**", help=what_they_are(run_view, words))
    left, right = st.columns(2, gap="small")
    with left:
        _show_parts(run_view, ratings, person, item)
    with right:
        _show_reasons(run_view, ratings, person, item, float(movie["predicted"]))


def _table(movies: pd.DataFrame, order: Order, words: Words) -> int:
    """The list; the row that is ticked, at first the first."""
    left_out = {"score": order not in SCORES, "gave": bool(movies["gave"].isna().all())}
    next_up = "watch next" if words == MOVIES else f"next {words.item}"
    columns = {
        "rank": st.column_config.NumberColumn("", width=30),
        "predicted": st.column_config.NumberColumn(words.unit, format="%.2f", width=50, help="Predicted."),
        "title": st.column_config.TextColumn(next_up, width=310 if any(left_out.values()) else 260),
        "gave": st.column_config.NumberColumn(
            "gave", format="%.1f", width=45, help="In validation: the model never saw it."
        ),
        "score": st.column_config.NumberColumn(
            SCORES.get(order),
            format="%.2f",
            width=60,
            help=f"The higher, the likelier to be picked. Not in {words.unit}.",
        ),
        "n_ratings": st.column_config.NumberColumn("ratings", format="localized", width=60),
    }
    picked = data_table(
        movies,
        height=36 + 35 * min(len(movies), N_ROWS),
        column_order=[name for name in columns if not left_out.get(name)],
        column_config=columns,
        key=TABLE,
        name="recommendations",
        placeholder="",
        selection_mode="single-row",
        on_select="rerun",
        selection_default={"selection": {"rows": [0]}},
    )
    rows: list[int] = [row for row in picked["selection"]["rows"] if row < len(movies)]
    return rows[0] if rows else 0


def _validation_stars(ratings: Ratings, person: Person, movies: pd.DataFrame) -> NDArray[np.float64]:
    """What a user of the data gave the movies on their list: ratings for validation, if any; NaN elsewhere."""
    given = np.full(ratings.n_items, np.nan)
    if person.index is not None:
        rows = np.flatnonzero(ratings.user_idx == person.index)
        given[ratings.item_idx[rows]] = ratings.rating[rows]
    shown: NDArray[np.float64] = given[movies["item_idx"].to_numpy()]
    return shown


def _show_parts(run_view: RunView, ratings: Ratings, person: Person, item: int) -> None:
    """The waterfall of the prediction, with the products that count most."""
    side = item_side(run_view, ratings)
    named = named_parts(parts(side, person.user, item), side.has_bias, N_FACTORS, yours=person.index is None)
    said = ", ".join(f"{name} {value:+.3f}" for name, value in named.items())
    unit = ratings.words.unit if side.scale.low is None else "logits"
    alt = f"The parts of the prediction, in {unit}: {said}."
    plot(steps_to_sum(named, unit), key="for_you_parts", alt=alt, height=STEPS_HEIGHT)


def _show_reasons(run_view: RunView, ratings: Ratings, person: Person, item: int, predicted: float) -> None:
    """The ratings that move the prediction most, and what it would be without each."""
    side = item_side(run_view, ratings)
    if not len(person.rated):
        without = WITHOUT_RATINGS.format(items=ratings.words.items)
        st.info(without if side.has_bias else WITHOUT_BIASES, icon=":material/rate_review:")
        return
    change = _changes(run_view, ratings, person, item)
    most = np.argsort(-np.abs(change), kind="stable")[:N_REASONS]
    titles = ratings.item_table["title"].to_numpy()[person.rated[most]]
    reasons = pd.DataFrame({"title": titles, "stars": person.stars[most], "without": predicted - change[most]})
    data_table(
        reasons,
        height=STEPS_HEIGHT,
        key="for_you_reasons",
        column_config={
            "title": st.column_config.TextColumn("because of", width=130),
            "stars": st.column_config.NumberColumn("gave", format="%.1f", width=42),
            "without": st.column_config.NumberColumn(
                "without", format="%.2f", width=60, help=WITHOUT.format(unit=ratings.words.unit)
            ),
        },
    )


def _changes(run_view: RunView, ratings: Ratings, person: Person, item: int) -> NDArray[np.float64]:
    """By how many stars each of the person's ratings moves the prediction."""
    side = item_side(run_view, ratings)
    if person.index is None:
        return because(side, person.rated, person.stars, person.weight_decay, [item])[:, 0]
    return changes(side, *without_each(run_view, ratings, person.index), [item])[:, 0]
