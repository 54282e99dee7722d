"""Traces one cell of the table: its dot product term by term, its error, its gradient and the next step."""

import contextlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cf_core.by_hand.factors import Factors, Side
from cf_core.by_hand.model import SmallModel, gradient
from cf_core.by_hand.steps import Cell, batch, step
from cf_core.by_hand.table import Role, SmallTable
from cf_core.errors import OvershootError


@dataclass(frozen=True, eq=False)
class CellTrace:
    """How the prediction of a cell is computed, and how a step changes its weights.

    Attributes:
        role: "training", "held out" or "blank".
        rating, error: stars, the error being prediction - rating; None for a blank cell.
        dot: Σ_f p_uf · q_if.
        user_bias, item_bias: what is added to it; 0 without biases.
        total: their sum, x.
        slope: dŷ/dx; 1 without a sigmoid.
        predicted: ŷ, stars.
        terms: one row per factor: factor (from 1), user (p_uf), item (q_if), product.
        moves: one row per weight of the user and of the movie: side ("user" or "item"), weight ("factor 1", …, "bias"),
            now, gradient (∂L/∂w, without weight decay), next (after one step). Empty where no step can be taken.
    """

    role: Role
    rating: float | None
    predicted: float
    error: float | None
    dot: float
    user_bias: float
    item_bias: float
    total: float
    slope: float
    terms: pd.DataFrame
    moves: pd.DataFrame


def trace_cell(
    table: SmallTable,
    model: SmallModel,
    factors: Factors,
    cell: Cell,
    *,
    learning_rate: float,
    weight_decay: float = 0.0,
    only_this: bool = False,
) -> CellTrace:
    """Trace a cell; the step is over the whole table, or with `only_this` on this rating alone.

    Raises:
        ConfigError: as `steps.step`; but where no step can learn from the cell, or the next one overshoots, there are
            merely no moves.
    """
    row, column = cell
    role = table.role(row, column)
    user, item = factors.user_factors[row], factors.item_factors[column]
    sums = model.sums(factors)
    predicted, slope = model.output(sums)
    rating = None if role == "blank" else float(table.rating[row, column])
    terms = pd.DataFrame({"factor": np.arange(1, len(user) + 1), "user": user, "item": item, "product": user * item})
    moves = pd.DataFrame(columns=["side", "weight", "now", "gradient", "next"])
    with contextlib.suppress(OvershootError):
        if not only_this or role == "training":
            only = cell if only_this else None
            after = step(table, model, factors, learning_rate=learning_rate, weight_decay=weight_decay, only=only)
            slopes = gradient(model, factors, table.rating, batch(table, only))
            sides = (
                _moves("user", row, factors, slopes, after, model),
                _moves("item", column, factors, slopes, after, model),
            )
            moves = pd.concat(sides, ignore_index=True)
    return CellTrace(
        role=role,
        rating=rating,
        predicted=float(predicted[cell]),
        error=None if rating is None else float(predicted[cell]) - rating,
        dot=float(terms["product"].sum()),
        user_bias=float(factors.user_bias[row]) if model.biases else 0.0,
        item_bias=float(factors.item_bias[column]) if model.biases else 0.0,
        total=float(sums[cell]),
        slope=float(slope[cell]),
        terms=terms,
        moves=moves,
    )


def _moves(side: Side, index: int, now: Factors, slopes: Factors, after: Factors, model: SmallModel) -> pd.DataFrame:
    names = [f"factor {f}" for f in range(1, now.n_factors + 1)]
    if model.biases:
        names.append("bias")
    columns = {"now": now, "gradient": slopes, "next": after}
    values = {name: factors.side(side)[index][: len(names)] for name, factors in columns.items()}
    return pd.DataFrame({"side": side, "weight": names, **values})
