"""Columns that tables of several pages have."""

from typing import Any

import numpy as np
import streamlit as st

from cf_core.data.ratings import Ratings

TEXT_WIDTH = 90


def user_column(ratings: Ratings, width: int) -> Any:
    """The raw ids of users: `width` pixels for numbers, and room for the end of ids that are texts."""
    is_number = np.issubdtype(ratings.users.ids.dtype, np.number)
    return st.column_config.Column("user", width=width if is_number else max(width, TEXT_WIDTH))
