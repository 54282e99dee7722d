"""How the board names settings and scales its axes, large enough for the back of a room."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cf_core.charts.many.scales import is_log
from cf_core.charts.style import axis
from cf_core.settings import SETTINGS, Setting, format_value
from cf_core.words import Words

FONT = 16
"""Size of letters on the board, in pixels of a 1280×720 projector."""

_FEW_DECADES = 3

_FAR = 2.0
"""The axis ends where a run is so many times as far above the best as the run at three quarters."""


def setting_title(name: str) -> str:
    """What a setting is called on the screen: "learning rate", "factors"."""
    return name.removeprefix("n_").replace("_", " ")


def rmse_title(words: Words) -> str:
    """Short enough for a phone."""
    return f"validation RMSE ({words.unit})"


def large_axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis that is read from afar."""
    large = {"title": {"text": title, "standoff": 8, "font": {"size": FONT}}, "tickfont": {"size": FONT}}
    return {**axis(title, **more), **large}


def setting_axis(values: "pd.Series[Any]", name: str) -> dict[str, Any]:
    """The axis of a setting: names, or numbers, in decades where its slider has them or the values need them."""
    title = setting_title(name)
    if not pd.api.types.is_numeric_dtype(values):
        return large_axis(title, type="category", categoryorder="category ascending")
    return large_axis(title, **_decades(values)) if is_in_decades(values, name) else large_axis(title)


def is_in_decades(values: "pd.Series[Any]", name: str) -> bool:
    """Whether the axis of a setting is logarithmic: where its slider is, or the values need it."""
    setting = SETTINGS[name]
    by_slider = isinstance(setting, Setting) and setting.log and bool((values > 0).all())
    return by_slider or (pd.api.types.is_numeric_dtype(values) and is_log(values))


def _decades(values: "pd.Series[Any]") -> dict[str, Any]:
    """A logarithmic axis with a mark at each decade, and, unless they are many, at 2 and 5 times each."""
    if values.empty:
        return {"type": "log"}
    low, high = math.floor(math.log10(values.min())), math.ceil(math.log10(values.max()))
    steps = (1, 2, 5) if high - low <= _FEW_DECADES else (1,)
    ticks = [step * 10.0**power for power in range(low, high + 1) for step in steps]
    return {"type": "log", "tickvals": ticks, "ticktext": [format_value(float(f"{tick:.1g}")) for tick in ticks]}


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
    return low - 2 * room, high + room  # the best are at the foot, and their names below them
