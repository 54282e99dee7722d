"""The lesson's small PyTorch cells, to be played with: two matrices to edit, and what PyTorch makes of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.charts.data.sigmoid import sigmoid_curve
from cf_core.errors import CFError
from pages.shared import server, session
from pages.shared.app_frame import heading
from pages.shared.messages import plain, say_error
from pages.shared.plot import plot

if TYPE_CHECKING:
    from cf_core.tensors import Ran

LESSON = {"a": [[1.0, 2.0], [3.0, 4.0]], "b": [[2.0, 2.0], [10.0, 10.0]]}
SIZES = [1, 2, 3, 4]


def matrix(name: str) -> list[list[float | None]]:
    """A matrix to edit, of a size to choose; cells that the lesson does not fill begin as 1."""
    st.markdown(f"**{name}**")
    left, right = st.columns(2)
    rows = left.segmented_control("Rows", SIZES, default=2, required=True, key=f"rows_{name}", bind="query-params")
    columns = right.segmented_control("Columns", SIZES, default=2, required=True, key=f"columns_{name}",
                                      bind="query-params")  # fmt: skip
    start = np.ones((rows, columns))
    lesson = np.array(LESSON[name])[:rows, :columns]
    start[: lesson.shape[0], : lesson.shape[1]] = lesson
    edited = st.data_editor(
        pd.DataFrame(start, columns=[f"column {j}" for j in range(columns)]),
        key=f"matrix_{name}_{rows}_{columns}",
        column_config={"_index": st.column_config.Column("row", width=50)},
    )
    return [[None if pd.isna(number) else float(number) for number in row] for row in edited.to_numpy().tolist()]


def cell(title: str, saying: str, run: Callable[[], "Ran"]) -> None:
    """One cell: what it is, the code that ran, and beside it the result or what is wrong."""
    st.subheader(title)
    st.markdown(saying)
    code, result = st.columns(2)
    try:
        ran = run()
    except CFError as error:
        say_error(error)
        return
    code.code(ran.code, language=None, wrap_lines=True)
    show(result, ran)


def show(place: Any, ran: "Ran") -> None:
    place.code(ran.printed, language=None, wrap_lines=True)
    size = " × ".join(str(n) for n in ran.shape) if ran.shape else "a single number"
    place.caption(plain(f"Shape: {size} · {ran.dtype} · on {ran.device}"))


def arithmetic(cells: Any, a: Any, b: Any, device: str) -> None:
    cell("a * b", "Number by number: nothing is summed yet.", lambda: cells.times(a, b, device))
    cell(
        "(a * b).sum(1)",
        "Summed across the columns: the dot product of each row of a with the same row of b. With users' factors in a "
        "and movies' in b, it is one predicted rating a row.",
        lambda: cells.row_sums(a, b, device),
    )
    cell(
        "a @ b.T",
        "The matrix product: every row of a with every row of b. It is the whole spreadsheet at once; on its diagonal "
        "stands the cell above.",
        lambda: cells.matrix_product(a, b, device),
    )
    cell(
        "A module: DotProduct",
        "The same as a PyTorch module. Calling the module calls its `forward`.",
        lambda: cells.module(a, b, device),
    )


def look_up(cells: Any, a: Any, device: str) -> None:
    st.subheader("One-hot × matrix = look-up")
    row = st.segmented_control("Row of a", range(len(a)), default=len(a) - 1, required=True, key=f"row_of_{len(a)}")
    st.markdown(
        "An embedding gives the row with that number. It is the same as multiplying by a row of zeros with a single 1, "
        "only without the multiplications."
    )
    try:
        vector, product, looked_up = (
            run(a, [row], device) for run in (cells.one_hot, cells.one_hot_product, cells.look_up)
        )
    except CFError as error:
        say_error(error)
        return
    for column, title, ran in zip(
        st.columns(3), ("One-hot", "Times a", "Looked up"), (vector, product, looked_up), strict=True
    ):
        column.markdown(f"**{title}**")
        show(column, ran)
        column.code(ran.code, language=None, wrap_lines=True)
    if product.value == looked_up.value:
        st.success("The same numbers.", icon=":material/check:")


def sigmoid(cells: Any, device: str) -> None:
    st.subheader("The sigmoid range")
    st.markdown("No rating is below the lowest or above the highest. A sigmoid squeezes any number into that range.")
    low, high = session.ratings().rating_range
    x = st.slider("x", -8.0, 8.0, 0.0, 0.1, key="sigmoid_x", bind="query-params")
    ran = cells.sigmoid_range(x, low, high, device)
    code, result = st.columns(2)
    code.code(ran.code, language=None, wrap_lines=True)
    with result:
        show(st, ran)
        alt = f"The sigmoid from {low:g} to {high:g} stars; x = {x:g} becomes {ran.value:.3f} stars."
        plot(sigmoid_curve(low, high, x, ran.value), key="sigmoid", alt=alt)


heading(
    "Tensors",
    "A tensor is a table of numbers that PyTorch computes with, here or on a graphics card. A handful of operations is "
    "all that the lesson's model needs; change the numbers and see what each of them does.",
    "give b another number of columns and read what PyTorch could not do with it.",
)
cells = server.tensor_cells()
left, right = st.columns(2, gap="medium")
with left:
    a = matrix("a")
with right:
    b = matrix("b")
devices = cells.devices()
device = str(st.segmented_control("Device", devices, default="cpu", required=True, key="device"))
if len(devices) == 1:
    st.caption("This server has no graphics card that PyTorch could use, so that all tensors live on the CPU.")
arithmetic(cells, a, b, device)
look_up(cells, a, device)
sigmoid(cells, device)
