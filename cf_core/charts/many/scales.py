"""How settings and results of runs are measured and titled."""

import numpy as np
import pandas as pd

from cf_core.words import Words

DECADE = 10.0
_TITLES = {
    "RMSE": "validation RMSE ({unit}, lower is better)",
    "gap": "validation above training RMSE ({unit})",
    "seconds": "seconds of training",
}


def is_log(values: "pd.Series[float]") -> bool:
    """Whether numbers are read best on a logarithmic axis: all above 0, and over more than a decade."""
    known = values.dropna()
    return len(known) > 1 and bool(known.min() > 0) and bool(known.max() > DECADE * known.min())


def result_title(result: str, words: Words) -> str:
    """The title of an axis for that result."""
    return _TITLES[result].format(unit=words.unit)


def on_scale(values: "pd.Series[float]") -> "pd.Series[float]":
    """The numbers, or their decimal logarithms where these are read best."""
    return pd.Series(np.log10(values), values.index) if is_log(values) else values
