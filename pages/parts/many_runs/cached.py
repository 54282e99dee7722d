"""What the page Many runs computes, once for all visitors."""

from cf_core.runs.run_views import OwnRun
from pages.shared.cached import cache_for_all


@cache_for_all(max_entries=512)
def train_loss(run_view: OwnRun) -> float | None:
    """The training loss (MSE) of the last epoch; None before the first."""
    epochs = run_view.history_now().epochs
    return epochs[-1].train_loss if epochs else None
