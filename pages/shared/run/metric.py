"""The measure of all losses on the screen: one switch for the whole session, which every page with curves may offer."""

from enum import StrEnum
from typing import get_args

import streamlit as st

from cf_core.charts.run.curves import Metric
from pages.shared.choice import choice


class Key(StrEnum):
    """Session key."""

    METRIC = "metric"


def choose_metric() -> Metric:
    """The switch."""
    return choice("Loss as", get_args(Metric), key=Key.METRIC, format_func=str.upper)


def metric_now() -> Metric:
    """What the switch was last set to, for a page that does not show it."""
    metric: Metric = st.session_state.get(Key.METRIC, get_args(Metric)[0])
    return metric
