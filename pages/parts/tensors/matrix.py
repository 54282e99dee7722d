"""A matrix to edit."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts.tensors.keys import Key
from pages.shared.choice import choice

LESSON = {"a": [[1.0, 2.0], [3.0, 4.0]], "b": [[2.0, 2.0], [10.0, 10.0]]}
SIZES = (1, 2, 3, 4)


def edit_matrix(name: str) -> list[list[float]]:
    """The matrix of that name, of a size to choose, NaN where a number was deleted; cells that the lesson does not fill
    begin as 1."""
    st.markdown(f"**{name}**")
    left, right = st.columns(2)
    with left:
        n_rows = choice("Rows", SIZES, key=f"{Key.ROWS}_{name}", default=2, in_address=True)
    with right:
        n_columns = choice("Columns", SIZES, key=f"{Key.COLUMNS}_{name}", default=2, in_address=True)
    start = np.ones((n_rows, n_columns))
    lesson = np.array(LESSON[name])[:n_rows, :n_columns]
    start[: lesson.shape[0], : lesson.shape[1]] = lesson
    edited = st.data_editor(
        pd.DataFrame(start, columns=[f"column {j}" for j in range(n_columns)]),
        key=f"{Key.MATRIX}_{name}_{n_rows}_{n_columns}",
        column_config={"_index": st.column_config.Column("row", width=50)},
    )
    rows: list[list[float]] = edited.to_numpy(dtype=np.float64, na_value=np.nan).tolist()
    return rows
