"""What the page Many runs computes, once for all visitors."""

import pandas as pd

from cf_core.insight.importance import Importance, importances
from cf_core.runs.run_views import OwnRun
from pages.shared.cached import cache_for_all


@cache_for_all(max_entries=512)
def train_loss(run_view: OwnRun) -> float | None:
    """The training loss (MSE) of the last epoch; None before the first."""
    epochs = run_view.history_now().epochs
    return epochs[-1].train_loss if epochs else None


@cache_for_all(max_entries=32, show_spinner="Shuffling settings…")
def worth(settings: pd.DataFrame, result: "pd.Series[float]") -> list[Importance]:
    """What each setting is worth for a result.

    Raises:
        TooFewError: there are too few runs to tell.
    """
    return importances(settings, result)
