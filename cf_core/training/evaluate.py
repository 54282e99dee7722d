"""How well a model predicts ratings that it was not trained on."""

import torch

from cf_core.models.modules import Model
from cf_core.training.rows import Rows, RowSource

ROWS_AT_ONCE = 8_192
"""So that memory does not grow with the data, and what is worked on stays in the processor's cache."""


@torch.no_grad()
def evaluate(model: Model, rows: Rows | RowSource) -> tuple[float, float]:
    """Mean squared error (squared stars) and mean absolute error (stars) of `model` on `rows`, dropout off."""
    model.eval()
    n, squared, absolute = 0, torch.zeros((), dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    for user_idx, item_idx, rating in rows.split(ROWS_AT_ONCE):
        error = (model(user_idx, item_idx) - rating).double()
        n, squared, absolute = n + len(error), squared + error.square().sum(), absolute + error.abs().sum()
    return (squared / n).item(), (absolute / n).item()


@torch.no_grad()
def predict(model: Model, user_idx: int, item_idx: int) -> float:
    """The prediction of `model` for one user and one item, stars, dropout off."""
    model.eval()
    device = next(model.parameters()).device
    return float(model(torch.tensor([user_idx], device=device), torch.tensor([item_idx], device=device)))
