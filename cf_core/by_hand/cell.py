"""One cell of the table, told to the end: the dot product term by term, the error, the gradient, the next step.

Nothing in here moves a number.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cf_core.by_hand.factors import Factors, Side
from cf_core.by_hand.model import HandModel, gradient
from cf_core.by_hand.steps import Place, batch, step
from cf_core.by_hand.table import HandTable, Role


@dataclass(frozen=True, eq=False)
class CellStory:
    """How a cell's prediction comes about and what it teaches.

    Attributes:
        role: "training", "held out" or "blank".
        rating, error: stars, the error being prediction - rating; None for a blank cell.
        dot: Σ_f p_uf · q_if.
        user_bias, item_bias: what is added to it; 0 without biases.
        total: their sum, x.
        slope: dŷ/dx; 1 without a sigmoid.
        predicted: ŷ, stars.
        terms: one row a factor: factor (from 1), user (p_uf), item (q_if), product.
        moves: one row a weight of the user and of the movie: side ("user" or "item"), weight ("factor 1", …, "bias"),
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


def cell_story(
    table: HandTable,
    model: HandModel,
    factors: Factors,
    place: Place,
    *,
    learning_rate: float,
    weight_decay: float = 0.0,
    only_this: bool = False,
) -> CellStory:
    """The story of the cell at `place`; the step is one over the whole table, or with `only_this` one on this rating.

    Raises:
        ConfigError, OvershootError: as `steps.step`; a cell that no step may learn from has no moves instead.
    """
    row, column = place
    role = table.role(row, column)
    user, item = factors.user_factors[row], factors.item_factors[column]
    sums = model.sums(factors)
    predicted, slope = model.output(sums)
    rating = None if role == "blank" else float(table.rating[row, column])
    terms = pd.DataFrame({"factor": np.arange(1, len(user) + 1), "user": user, "item": item, "product": user * item})
    moves = pd.DataFrame(columns=["side", "weight", "now", "gradient", "next"])
    if not only_this or role == "training":
        only = place if only_this else None
        after = step(table, model, factors, learning_rate=learning_rate, weight_decay=weight_decay, only=only)
        slopes = gradient(model, factors, table.rating, batch(table, only))
        moves = pd.concat(
            [
                _moves("user", row, factors, slopes, after, model.biases),
                _moves("item", column, factors, slopes, after, model.biases),
            ],
            ignore_index=True,
        )
    return CellStory(
        role=role,
        rating=rating,
        predicted=float(predicted[place]),
        error=None if rating is None else float(predicted[place]) - rating,
        dot=float(terms["product"].sum()),
        user_bias=float(factors.user_bias[row]) if model.biases else 0.0,
        item_bias=float(factors.item_bias[column]) if model.biases else 0.0,
        total=float(sums[place]),
        slope=float(slope[place]),
        terms=terms,
        moves=moves,
    )


def _moves(side: Side, index: int, now: Factors, slopes: Factors, after: Factors, biases: bool) -> pd.DataFrame:
    names = [f"factor {f}" for f in range(1, now.n_factors + 1)] + ["bias"] * biases
    columns = {"now": now, "gradient": slopes, "next": after}
    values = {name: factors.side(side)[index][: len(names)] for name, factors in columns.items()}
    return pd.DataFrame({"side": side, "weight": names, **values})
