"""What is computed of many runs, once for all visitors."""

import pandas as pd

from cf_core.insight.importance import Importance, importances
from pages.shared.cached import cache_for_all


@cache_for_all(max_entries=32, show_spinner="Shuffling settings…")
def worth(settings: pd.DataFrame, result: "pd.Series[float]") -> list[Importance]:
    """What each setting is worth for a result.

    Raises:
        TooFewError: there are too few runs to tell.
    """
    return importances(settings, result)
