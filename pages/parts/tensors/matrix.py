"""A matrix to edit."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from pages.parts.tensors.keys import Key
from pages.shared.choice import choice
from pages.shared.table import editable_table

LESSON = {"a": [[1.0, 2.0], [3.0, 4.0]], "b": [[2.0, 2.0], [10.0, 10.0]]}
SIZES = (1, 2, 3, 4)


def edit_matrix(name: str) -> list[list[float]]:
    """The matrix of that name, of a size to choose, NaN where a number was deleted; cells that the lesson does not fill
    begin as 1. What was typed is there again after a visit to another operation, or another page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        n_rows = choice(f"{name}: rows", SIZES, key=f"{Key.ROWS}_{name}", default=2, in_address=True)
        n_columns = choice("columns", SIZES, key=f"{Key.COLUMNS}_{name}", default=2, in_address=True)
    of_size = f"{name}_{n_rows}_{n_columns}"
    editor, start, kept = f"{Key.MATRIX}_{of_size}", f"{Key.START}_{of_size}", f"{Key.EDITED}_{of_size}"
    if editor not in st.session_state:  # the editor begins anew; while it is there, what it began with must not change
        st.session_state[start] = st.session_state.get(kept, _begin(name, n_rows, n_columns))
    edited = editable_table(
        pd.DataFrame(st.session_state[start], columns=[f"column {j}" for j in range(n_columns)]),
        key=editor,
        name=f"matrix-{name}",
        column_config={"_index": st.column_config.Column(name, width=40)},
    )
    numbers: NDArray[np.float64] = edited.to_numpy(dtype=np.float64, na_value=np.nan)
    st.session_state[kept] = numbers
    rows: list[list[float]] = numbers.tolist()
    return rows


def _begin(name: str, n_rows: int, n_columns: int) -> NDArray[np.float64]:
    begin = np.ones((n_rows, n_columns))
    lesson = np.array(LESSON[name])[:n_rows, :n_columns]
    begin[: lesson.shape[0], : lesson.shape[1]] = lesson
    return begin
