"""The errors of the numbers as they are, beside those that the exact solver reaches."""

import math

import pandas as pd
import streamlit as st

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.solver import Solution
from pages.shared.metrics import metric_row


def rmse(loss: float | None) -> str:
    """A mean squared error as RMSE in stars; a dash where there is none."""
    return "–" if loss is None else f"{math.sqrt(loss):.3f}"


def describe_errors(now: Descent) -> str:
    """One sentence, for those who cannot see the curves."""
    return (
        f"After {now.cost.n_steps} steps the RMSE is {rmse(now.cost.train)} stars over training cells and "
        f"{rmse(now.cost.valid)} over held-out cells."
    )


def show_scores(now: Descent, solution: Solution) -> None:
    """The errors in a row of numbers."""
    metric_row(
        {
            "RMSE, training": rmse(now.cost.train),
            "RMSE, held out": rmse(now.cost.valid),
            "Steps": f"{now.cost.n_steps:,}",
            "Solver, training": rmse(solution.train_loss),
            "Solver, held out": rmse(solution.valid_loss),
        },
        {
            "RMSE, training": "Root of the mean squared error over the cells that steps learn from, in stars.",
            "RMSE, held out": "The same over the cells that no step learns from.",
            "Solver, training": "What alternating least squares reaches, for comparison; see below.",
        },
    )


def compare_with_solver(now: Descent, solution: Solution) -> None:
    """The same errors as a table, and how the solver came to its own."""
    rows = pd.DataFrame(
        {
            "whose": ["your numbers now", "the solver's"],
            "RMSE, training cells": [rmse(now.cost.train), rmse(solution.train_loss)],
            "RMSE, held-out cells": [rmse(now.cost.valid), rmse(solution.valid_loss)],
        }
    )
    st.table(rows.set_index("whose"))
    ended = "converged" if solution.converged else "had not converged, as happens without weight decay"
    sigmoid = " It fits the plain sum, without the sigmoid." if now.model.sigmoid else ""
    st.caption(
        "Alternating least squares solves for the numbers of all users exactly while those of the movies stay fixed, "
        "then the other way round, with the same weight decay and from the same random start. After "
        f"{solution.n_sweeps} rounds it {ended}.{sigmoid}"
    )
