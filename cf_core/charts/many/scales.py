"""How settings and results of runs are measured and titled."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cf_core.words import Words

DECADE = 10.0
INNER_RMSE = "inner RMSE"
"""The result of a trial of a sweep."""

REACH = 4.0
"""An axis of results reaches so many times as far above the lowest as the median does."""

_TITLES = {
    "RMSE": "validation RMSE ({unit}, lower is better)",
    INNER_RMSE: "RMSE on inner validation rows ({unit})",
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


def reach(values: Sequence[float]) -> float:
    """Up to where results are worth telling apart, however bad the worst are."""
    low, middle = min(values), float(np.median(values))
    return low + REACH * (middle - low) if middle > low else max(values)


def clipped_axis(values: Sequence[float]) -> dict[str, Any]:
    """Bounds of an axis of results that lets the good ones be told apart. They act on the automatic range only, so that
    a user's zoom is kept."""
    if not values:
        return {"autorange": False, "range": [0, 1], "showticklabels": False, "showgrid": False, **_UNBOUND}
    shown = {"autorange": True, "showticklabels": True, "showgrid": True}
    top = reach(values)
    if max(values) <= top:
        return {**shown, **_UNBOUND}
    return {**shown, "autorangeoptions": {"clipmin": min(values) - (top - min(values)) / 20, "clipmax": top}}


_UNBOUND: dict[str, Any] = {"autorangeoptions": {"include": []}}


def note_on_clipped(values: Sequence[float]) -> list[dict[str, Any]]:
    """How many results lie above the axis."""
    top = reach(values) if values else 0.0
    n_above = sum(value > top for value in values)
    place = {"xref": "paper", "yref": "paper", "x": 0.01, "y": 1, "xanchor": "left", "yanchor": "top"}
    text = f"↑ {n_above} above {top:.3g}"
    return [{"text": text, "showarrow": False, "font": {"size": 12}, **place}] if n_above else []
