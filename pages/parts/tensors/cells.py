"""The lesson's cells, each with the code that ran and what came of it."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from cf_core.charts.data.sigmoid import sigmoid_curve
from cf_core.errors import CFError
from cf_core.tensors.executed_cell import ExecutedCell, Matrix
from cf_core.tensors.process import CellProcess, cell_process
from pages.parts.tensors.keys import Key
from pages.shared import session
from pages.shared.choice import choice
from pages.shared.messages import escape_markdown, show_error
from pages.shared.plot import plot

CODE_HEIGHT, LONG = 300, 12
"""In pixels, of code of more than so many lines."""

Operation = Literal["times", "row_sums", "matrix_product", "module", "look_up", "sigmoid"]
OPERATIONS: dict[Operation, str] = {
    "times": "a * b",
    "row_sums": "(a * b).sum(1)",
    "matrix_product": "a @ b.T",
    "module": "A module",
    "look_up": "Look-up",
    "sigmoid": "Sigmoid",
}
WHAT: dict[Operation, str] = {
    "times": "Number by number: nothing is summed yet.",
    "row_sums": "Summed across the columns: the dot product of each row of a with the same row of b. With users' "
    "factors in a and movies' in b, it is one predicted rating per row.",
    "matrix_product": "The matrix product: every row of a with every row of b. It is the whole spreadsheet at once; "
    "its diagonal is the row-by-row result of (a * b).sum(1).",
    "module": "The same as a PyTorch module, DotProduct. Calling the module calls its `forward`.",
    "look_up": "An embedding gives the row with that number. It is the same as multiplying by a row of zeros with a "
    "single 1, a one-hot row, only without the multiplications.",
    "sigmoid": "No rating is below the lowest or above the highest. A sigmoid squeezes any number into that range.",
}
PAIRS: dict[Operation, Callable[[CellProcess, Matrix, Matrix, str], ExecutedCell]] = {
    "times": CellProcess.times,
    "row_sums": CellProcess.row_sums,
    "matrix_product": CellProcess.matrix_product,
    "module": CellProcess.module,
}


def choose_operation() -> Operation:
    """Which of the lesson's cells, and in a line what it does."""
    operation: Operation = choice(
        "Operation",
        list(OPERATIONS),
        key=Key.OPERATION,
        format_func=lambda name: OPERATIONS[name].replace("*", r"\*"),
        in_address=True,
        label_visibility="collapsed",
    )
    st.caption(escape_markdown(session.words().told(WHAT[operation])).replace(r"\`", "`"))
    return operation


def choose_device() -> str:
    """Where the tensors live."""
    with st.spinner("Starting PyTorch…", show_time=True):  # at the server's first cell
        devices = cell_process().devices
    if len(devices) == 1:
        return devices[0]
    return choice("Device", devices, key=Key.DEVICE)


def show_pair(operation: Operation, a: Matrix, b: Matrix, device: str) -> None:
    """What the operation makes of a and b, and the code that ran; or what is wrong."""
    try:
        ran = PAIRS[operation](cell_process(), a, b, device)
    except CFError as error:
        show_error(error)
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _show_result("Result", ran)
    with right:
        _show_code(ran)


def choose_row(a: Matrix) -> int:
    """Which row of a to look up, at first the last."""
    return choice("Row to look up", range(len(a)), key=f"{Key.ROW_OF_A}_{len(a)}", default=len(a) - 1)


def show_look_up(a: Matrix, row: int, device: str) -> None:
    """A row of a by a one-hot product, and by an embedding."""
    try:
        one_hot = cell_process().one_hot(a, [row], device)
        product = cell_process().one_hot_product(a, [row], device)
        looked_up = cell_process().look_up(a, [row], device)
    except CFError as error:
        show_error(error)
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        for title, ran in {"One-hot": one_hot, "One-hot × a": product, "Looked up": looked_up}.items():
            _show_result(title, ran)
        if product.value == looked_up.value:
            st.markdown(":material/check: The same numbers.")
    with right:
        for ran in (product, looked_up):
            _show_code(ran)


def show_sigmoid(low: float, high: float, device: str) -> None:
    """The sigmoid that maps any number to the range of the ratings."""
    words = session.words()
    left, right = st.columns([2, 3], gap="medium")
    with left:
        x = st.slider("x", -8.0, 8.0, 0.0, 0.1, key=Key.X, bind="query-params")
        ran = cell_process().sigmoid_range(x, low, high, device)
        _show_result("Result", ran)
        alt = f"The sigmoid from {low:g} to {high:g} {words.unit}; x = {x:g} becomes {ran.value:.3f} {words.unit}."
        plot(sigmoid_curve(low, high, x, ran.value, words), key="sigmoid", alt=alt, height=270)
    with right:
        _show_code(ran, height=480)


def _show_result(title: str, ran: ExecutedCell) -> None:
    st.code(ran.printed, language=None)
    size = " × ".join(str(n) for n in ran.shape) if ran.shape else "a single number"
    st.caption(f"**{title}.** " + escape_markdown(f"Shape: {size} · {ran.dtype} · on {ran.device}"))


def _show_code(ran: ExecutedCell, height: int = CODE_HEIGHT) -> None:
    is_long = ran.code.count("\n") >= LONG
    st.code(ran.code, language=None, height=height if is_long else "content")
