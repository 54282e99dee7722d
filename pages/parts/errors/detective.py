"""The detective: one validation rating, and step by step what the model had to go by."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.charts.data.ratings import rating_histogram
from cf_core.charts.errors.neighbours import neighbour_chart
from cf_core.charts.run.prediction import prediction_steps
from cf_core.data.ratings import Ratings
from cf_core.insight.calibration import nearest_level, rating_levels
from cf_core.insight.detective import Case, neighbour_errors, similar_movies, similar_raters
from cf_core.insight.neighbourhood import By, Via
from cf_core.runs.run_views import RunView
from cf_core.teaching.error_verdict import neighbour_verdict
from cf_core.words import Words
from pages.parts.errors import cached
from pages.parts.errors.keys import Key
from pages.parts.errors.open_case import close_case
from pages.shared.choice import choice
from pages.shared.columns import user_column
from pages.shared.facts_link import open_facts
from pages.shared.messages import escape_markdown
from pages.shared.metrics import counted
from pages.shared.plot import plot
from pages.shared.steps import BY_NAME
from pages.shared.table import data_table

Step = Literal["User's row", "Movie's column", "Factors", "Neighbours"]

PANEL_HEIGHT, CHART_HEIGHT, TABLE_HEIGHT = 345, 160, 100
"""In pixels; with them a projector shows all of the page."""

SIMILARITY = st.column_config.NumberColumn("cosine", format="%.2f", width=60)
FORMULAS = (
    "From {items}: r̂ = Σ s·r / Σ s over the user's ratings r of the {items} with the highest cosine s to this one. "
    "From users: r̂ = own mean + Σ s·(r − their mean) / Σ s over this {item}'s ratings by the users with the highest "
    "cosine. By factors: the cosine of this model's factors. By ratings: without a model, the cosine of rows, or "
    "columns, of the training ratings less each user's mean, blanks as 0. Positive cosines and training ratings only."
)
WHOLE = (
    "The neighbours that are most often closer, over validation ratings drawn at random. One bad prediction proves "
    "little: beside the worst predictions of a model nearly everybody looks wiser."
)


def show_case(run_view: RunView, ratings: Ratings, row: int) -> None:
    """The validation rating in that row of the data."""
    k = st.sidebar.slider(
        "Neighbours asked", 1, 50, 10, key=Key.K, bind="query-params", help="The most similar; fewer where fewer are."
    )
    case = cached.case(run_view, ratings, row, k)
    movie, user_id = ratings.item_table.iloc[case.item], ratings.users.ids[case.user]
    given = f"gave {ratings.words.value(case.rating)}; predicted {case.predicted:.2f}, residual {case.residual:+.2f}."
    who = f"User {escape_markdown(str(user_id))}, {escape_markdown(movie['title'])}"
    st.markdown(f"**{who}**: {escape_markdown(given)}")
    step: Step = choice(
        "Step",
        get_args(Step),
        key=Key.STEP,
        format_func=lambda name: name.replace("Movie", ratings.words.capital.item),
        in_address=True,
        label_visibility="collapsed",
    )
    with st.container(height=PANEL_HEIGHT, border=False, gap="xsmall", key="errors_panel"):
        if step == "User's row":
            _show_row(ratings, case)
        elif step == "Movie's column":
            _show_column(run_view, ratings, case)
        elif step == "Factors":
            _show_factors(run_view, ratings, case)
        else:
            _show_neighbours(run_view, ratings, case, k)
    _show_ways_on(user_id, movie["item_id"], ratings.words)


def _show_ways_on(user_id: Any, item_id: Any, words: Words) -> None:
    """To the user and the movie up close, to the movie's card, and back to the table alone."""
    with st.container(horizontal=True, gap="small", key="errors_ways_on"):
        if st.button(f"User and {words.item}", key="errors_facts", icon=":material/person_search:", type="tertiary"):
            open_facts(user_id, item_id)
        if st.button(f"{words.capital.item} card", key="errors_card", icon=":material/badge:", type="tertiary"):
            st.switch_page(BY_NAME["best_and_worst"].path, query_params={"card": str(item_id)})
        st.button("Close", key="errors_close", icon=":material/close:", type="tertiary", on_click=close_case)


def _show_row(ratings: Ratings, case: Case) -> None:
    """The user's training ratings, those of the most similar movies first."""
    found, words = case.neighbours["factors", "movies"], ratings.words
    if case.user_mean is None:
        st.info("None of this user's ratings was trained on: the model knows nothing of the user.")
        return
    text = f"The user's mean over {counted(case.user_n_train, 'training rating')} is {case.user_mean:.2f}"
    if not found.n_used:
        text += f"; none is of {words.an_item} like this one."
    else:
        near = found.rating[: found.n_used].mean()
        text += f"; over the {words.count(found.n_used)} most like this one it is {near:.2f}."
    help_text = (
        f"By the cosine of the model's factors. {words.capital.items} that were never trained are like no other."
    )
    st.markdown(escape_markdown(text), help=help_text)
    columns = {
        "title": st.column_config.TextColumn(words.item, width=205),
        "rating": _rating_column(words),
        "similarity": SIMILARITY,
    }
    _show_table(similar_movies(ratings, found), columns, "errors_row", CHART_HEIGHT + TABLE_HEIGHT)


def _show_column(run_view: RunView, ratings: Ratings, case: Case) -> None:
    """The movie's training ratings: how often each was given, and by whom, the most similar users first."""
    found, words = case.neighbours["factors", "users"], ratings.words
    if case.item_mean is None:
        st.info(f"This {words.item} was never trained: nobody's training rating says anything about it.")
        return
    text = f"The {words.item}'s mean over {counted(case.item_n_train, 'training rating')} is {case.item_mean:.2f}"
    if not found.n_used:
        text += "; no user like this one has rated it."
    else:
        near = found.rating[: found.n_used].mean()
        text += f"; by the {counted(found.n_used, 'user')} most like this one it is {near:.2f}."
    st.markdown(escape_markdown(text), help="By the cosine of the model's factors.")
    levels = rating_levels(ratings.rating)
    counts = np.bincount(nearest_level(found.rating, levels), minlength=len(levels))
    figure = rating_histogram(pd.DataFrame({"rating": levels, "n_ratings": counts}), words=words)
    plot(figure, key="errors_column", alt=f"The {words.item}'s training ratings by value. {text}", height=CHART_HEIGHT)
    columns = {
        "user_id": user_column(ratings, 70),
        "rating": _rating_column(words),
        "user_mean": st.column_config.NumberColumn("own mean", format="%.2f", width=80),
        "similarity": SIMILARITY,
    }
    table = similar_raters(cached.cells(ratings, run_view.run.spec.split), found)
    _show_table(table, columns, "errors_raters", TABLE_HEIGHT)


def _show_factors(run_view: RunView, ratings: Ratings, case: Case) -> None:
    """What the prediction is made of, and the products of factors, the largest first."""
    prediction = cached.breakdown(run_view, ratings, case.user, case.item)
    is_net = "hidden units" in prediction.parts
    parts = ", ".join(f"{name} {value:+.2f}" for name, value in prediction.parts.items())
    text = f"The parts sum up to {prediction.sum:.2f} "
    unit = ratings.words.unit
    text += f"{unit}." if prediction.low is None else f"logits: {prediction.rating:.2f} {unit} by the sigmoid."
    st.markdown(escape_markdown(text))
    plot(prediction_steps(prediction), key="errors_parts", alt=f"The parts: {parts}.", height=CHART_HEIGHT + 25)
    names = ["input", "after ReLU", "times its weight"] if is_net else ["user", ratings.words.item, "product"]
    order = np.argsort(-np.abs(prediction.products[:, 2]), kind="stable")
    table = pd.DataFrame(prediction.products[order], columns=names)
    table.insert(0, "hidden unit" if is_net else "factor", order + 1)
    numbers = dict.fromkeys(names, st.column_config.NumberColumn(format="%.4f"))
    data_table(table, column_config=numbers, height=TABLE_HEIGHT, key="errors_products")


def _show_neighbours(run_view: RunView, ratings: Ratings, case: Case, k: int) -> None:
    """What four neighbourhoods would have predicted, and how good they are on the whole."""
    said, words = neighbour_errors(case), ratings.words
    formulas = FORMULAS.format(item=words.item, items=words.items)
    st.markdown(escape_markdown(neighbour_verdict(case, said, words)), help=escape_markdown(formulas))
    model = pd.DataFrame([{"name": "the model", "predicted": case.predicted, "is_closer": False}])
    others = said.assign(name=[_name(by, via, words) for by, via in zip(said["by"], said["via"], strict=True)])
    frame = pd.concat([model, others[["name", "predicted", "is_closer"]]], ignore_index=True)
    alt = "; ".join(f"{name}: {stars:.2f}" for name, stars in zip(frame["name"], frame["predicted"], strict=True))
    figure = neighbour_chart(frame, case.rating, ratings.rating_range, words)
    plot(figure, key="errors_neighbours", alt=f"Given: {case.rating:g}. {alt}.", height=CHART_HEIGHT + 30)
    record = cached.record(run_view, ratings, k)
    best = record.iloc[int(record["closer"].fillna(0).argmax())]
    if best["n_ratings"]:
        text = (
            f"On the whole: {_name(best['by'], best['via'], words)}, are closer in {best['closer']:.0%} of "
            f"{best['n_ratings']:,} ratings; RMSE {best['rmse']:.3f}, the model {best['model_rmse']:.3f}."
        )
        st.caption(escape_markdown(text), help=WHOLE)


def _name(by: By, via: Via, words: Words) -> str:
    """What a neighbourhood is called: "similar movies, by factors"."""
    return f"similar {words.items if via == 'movies' else via}, by {by}"


def _rating_column(words: Words) -> Any:
    return st.column_config.NumberColumn(words.unit, format="%.1f", width=55)


def _show_table(table: pd.DataFrame, columns: Mapping[str, Any], key: str, height: int) -> None:
    data_table(table, column_order=list(columns), column_config=dict(columns), height=height, key=key)
