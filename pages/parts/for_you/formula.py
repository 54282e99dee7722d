"""The formula with its numbers: what is made small, with which weight decay, and what comes out."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.insight.fold_in import predict_all, ridge_terms
from cf_core.insight.fold_in_terms import FoldInTerms, fold_in_terms
from cf_core.insight.item_side import ItemSide
from cf_core.runs.run_views import RunView
from cf_core.words import Words
from pages.shared.messages import escape_markdown
from pages.shared.metrics import counted, metric_row
from pages.shared.people import Person, decay_choice, item_side
from pages.shared.table import data_table

TABLE_HEIGHT = 180
CORNER = 3
"""Rows and columns of a matrix that are shown."""

IN_TRAINING = (
    "With {items} and users learnt together, and the run's own weight decay. The numbers below are those of the sum by "
    "which somebody new is folded in, over this user's training ratings."
)


def show_formula(run_view: RunView, ratings: Ratings, person: Person) -> None:
    """What the person's factors come from: the objective, its terms, and the ratings one by one."""
    side = item_side(run_view, ratings)
    predicted = predict_all(side, person.user)
    terms = fold_in_terms(ratings, person.user, person.weight_decay, predicted, person.rated, person.stars)
    if person.index is None:
        _show_objective(side, person)
    else:
        name = escape_markdown(person.name)
        st.markdown(
            f"**{name}** was in training, which made the same sum small for everybody at once.",
            help=IN_TRAINING.format(items=ratings.words.items),
        )
    _show_numbers(run_view, ratings, person, terms)
    if len(person.rated):
        _show_ratings(terms, ratings.words)
    else:
        st.info(f"Rate {ratings.words.an_item}, and its square stands here.", icon=":material/rate_review:")


def _show_objective(side: ItemSide, person: Person) -> None:
    """The objective, and how its lowest point is found."""
    scale, bias = side.scale, "+b_j+b" if side.has_bias else ""
    size = r"\lVert p\rVert^2" + ("+b^2" if side.has_bias else "")
    st.latex(rf"\sum_{{j}}\,(r_j-\hat y_j)^2\;+\;\lambda\,({size})\;\to\;\min")
    x = (f"{scale.start:.3f}" if scale.start else "") + rf"{bias}+p\cdot q_j"
    x = x.removeprefix("+")
    if scale.low is None or scale.high is None:
        st.latex(rf"\hat y_j={x}")
        _show_ridge(side, person)
        return
    st.latex(rf"\hat y_j={scale.low:g}+{scale.high - scale.low:g}\cdot\sigma({x})")
    if person.n_steps:
        st.caption(f"Its lowest point has no formula; Newton's method reached it in {counted(person.n_steps, 'step')}.")


def _show_ridge(side: ItemSide, person: Person) -> None:
    """The closed form, with the corner of its numbers."""
    ridge = ridge_terms(side, person.rated, person.stars, person.weight_decay)
    name = r"\begin{pmatrix}p\\b\end{pmatrix}" if side.has_bias else "p"
    st.latex(
        rf"{name}={_matrix(ridge.matrix)}^{{-1}}{_matrix(ridge.right[:, None])}={_matrix(ridge.solution[:, None])}"
    )


def _matrix(values: NDArray[np.float64]) -> str:
    """The upper left corner of a matrix in LaTeX, with dots for the rest."""
    corner = values[:CORNER, :CORNER]
    more_right, more_below = values.shape[1] > CORNER, values.shape[0] > CORNER
    rows = ["&".join([*(f"{value:.2f}" for value in row), *([r"\cdots"] if more_right else [])]) for row in corner]
    rows += [r"\vdots" + "&" * (corner.shape[1] - 1 + more_right)] if more_below else []
    inside = r"\\".join(rows)
    return rf"\begin{{pmatrix}}{inside}\end{{pmatrix}}"


def _show_numbers(run_view: RunView, ratings: Ratings, person: Person, terms: FoldInTerms) -> None:
    """The sum with its numbers, and where λ comes from."""
    user, decay, unit = person.user, decay_choice(run_view, ratings), ratings.words.unit
    tried = ", ".join(f"{weight_decay:g} {rmse:.3f}" for weight_decay, rmse in decay.candidates.to_numpy())
    squares, penalty = f"{terms.squared_error:.3f}", f"{terms.penalty:.3f}"
    with st.container(key="for_you_numbers"):
        metric_row(
            {
                "Squares": squares,
                "+ penalty": penalty,
                "= sum": f"{terms.total:.3f}",
                "b": f"{user.user_bias:+.3f}",
                "‖p‖": f"{np.linalg.norm(user.user_factors):.3f}",
            },
            {
                "Squares": f"The squared residuals of {counted(len(person.rated), 'rating')}, in squared {unit}.",
                "+ penalty": f"λ (‖p‖² + b²) = {person.weight_decay:g} · {terms.size:.4f}",
            },
            width=95,
        )
    st.markdown(
        f"**λ = {person.weight_decay:g}**, chosen on an inner split of the training users.",
        help=f"{counted(decay.n_users, 'user')} of the training ratings were folded in anew from a part of their "
        f"training ratings, with each of several λ; this one predicted the other {decay.n_ratings:,} best. The "
        f"validation ratings had no say. RMSE by λ, in {unit}: {tried}.",
    )


def _show_ratings(terms: FoldInTerms, words: Words) -> None:
    """The ratings one by one, the one given last first."""
    data_table(
        terms.ratings.iloc[::-1],
        height=min(TABLE_HEIGHT, 38 + 35 * len(terms.ratings)),
        key="for_you_terms",
        column_config={
            "title": st.column_config.TextColumn(f"{words.item} j", width=220),
            "rating": st.column_config.NumberColumn("r", format="%.1f", width=50),
            "predicted": st.column_config.NumberColumn("ŷ", format="%.2f", width=60),
            "residual": st.column_config.NumberColumn("r - ŷ", format="%+.2f", width=65),
            "squared": st.column_config.NumberColumn("squared", format="%.3f", width=70),
        },
    )
