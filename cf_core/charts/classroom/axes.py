"""How the board names settings and scales its axes, large enough for the back of a room."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cf_core.charts.many.scales import is_log
from cf_core.charts.style import axis
from cf_core.settings import SETTINGS, Setting

FONT = 16
"""Size of letters on the board, in pixels of a 1280×720 projector."""

_FAR = 3.0
"""The axis ends where a run is so many times as far above the best as the run at three quarters."""


def setting_title(name: str) -> str:
    """What a setting is called on the screen: "learning rate", "factors"."""
    return name.removeprefix("n_").replace("_", " ")


def large_axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis that is read from afar."""
    large = {"title": {"text": title, "standoff": 8, "font": {"size": FONT}}, "tickfont": {"size": FONT}}
    return {**axis(title, **more), **large}


def setting_axis(values: "pd.Series[Any]", name: str) -> dict[str, Any]:
    """The axis of a setting: names, or numbers, in decades where its slider has them or the values need them."""
    setting, title = SETTINGS[name], setting_title(name)
    if not pd.api.types.is_numeric_dtype(values):
        return large_axis(title, type="category", categoryorder="category ascending")
    in_decades = isinstance(setting, Setting) and setting.log and bool((values > 0).all())
    if in_decades or is_log(values):
        return large_axis(title, type="log", dtick=1 if values.max() >= 10 * values.min() else None)
    return large_axis(title)


def rmse_limits(rmses: Sequence[float], goal: float | None) -> tuple[float, float] | None:
    """The lowest and the highest RMSE that the axis shows, such that a few hopeless runs do not squeeze the others into
    a line; None where there is none."""
    known = np.array([*rmses, *([] if goal is None else [goal])])
    if not len(known):
        return None
    low, high = float(known.min()), float(known.max())
    far = low + _FAR * max(float(np.quantile(known, 0.75)) - low, 0.02 * low)
    high = min(high, max(far, goal or 0.0))
    room = 0.06 * (high - low) or 0.02 * low
    return low - room, high + room
