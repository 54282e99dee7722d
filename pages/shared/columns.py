"""Columns that tables of several pages have."""

from typing import Any

import numpy as np
import streamlit as st

from cf_core.data.ratings import Ratings

TEXT_WIDTH = 90
PADDING, DIGIT = 16, 8
"""Pixels beside a number, and of a digit."""


def user_column(ratings: Ratings, width: int) -> Any:
    """The raw ids of users: `width` pixels, or what the longest number takes, and room for the end of ids that are
    texts."""
    ids = ratings.users.ids
    if not np.issubdtype(ids.dtype, np.number):
        return st.column_config.Column("user", width=max(width, TEXT_WIDTH))
    n_digits = max(len(str(ids.min())), len(str(ids.max())))
    return st.column_config.Column("user", width=max(width, PADDING + n_digits * DIGIT))
