"""The lesson's cells, each with the code that ran and what came of it.

`cf_core.tensors` brings PyTorch along: only the page may import this file, so that a server does so late or never.
"""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cf_core import tensors
from cf_core.charts.data.sigmoid import sigmoid_curve
from cf_core.errors import CFError
from cf_core.tensors import ExecutedCell, Matrix
from pages.parts.tensors.keys import Key
from pages.shared.choice import choice
from pages.shared.messages import escape_markdown, show_error
from pages.shared.plot import plot


def choose_device() -> str:
    """Where the tensors live."""
    devices = tensors.devices()
    device = choice("Device", devices, key=Key.DEVICE)
    if len(devices) == 1:
        st.caption("This server has no graphics card that PyTorch could use, so all tensors are on the CPU.")
    return device


def show_products(a: Matrix, b: Matrix, device: str) -> None:
    """From the product number by number to a module."""
    _show_cell("a * b", "Number by number: nothing is summed yet.", lambda: tensors.times(a, b, device))
    _show_cell(
        "(a * b).sum(1)",
        "Summed across the columns: the dot product of each row of a with the same row of b. With users' factors in a "
        "and movies' in b, it is one predicted rating per row.",
        lambda: tensors.row_sums(a, b, device),
    )
    _show_cell(
        "a @ b.T",
        "The matrix product: every row of a with every row of b. It is the whole spreadsheet at once; its diagonal is "
        "the result above.",
        lambda: tensors.matrix_product(a, b, device),
    )
    _show_cell(
        "A module: DotProduct",
        "The same as a PyTorch module. Calling the module calls its `forward`.",
        lambda: tensors.module(a, b, device),
    )


def show_look_up(a: Matrix, device: str) -> None:
    """A row of a by a one-hot product, and by an embedding."""
    st.subheader("One-hot × matrix = look-up")
    row = choice("Row of a", range(len(a)), key=f"{Key.ROW_OF_A}_{len(a)}", default=len(a) - 1)
    st.markdown(
        "An embedding gives the row with that number. It is the same as multiplying by a row of zeros with a single 1, "
        "only without the multiplications."
    )
    try:
        one_hot = tensors.one_hot(a, [row], device)
        product = tensors.one_hot_product(a, [row], device)
        looked_up = tensors.look_up(a, [row], device)
    except CFError as error:
        show_error(error)
        return
    cells = {"One-hot": one_hot, "Times a": product, "Looked up": looked_up}
    for column, (title, ran) in zip(st.columns(3), cells.items(), strict=True):
        column.markdown(f"**{title}**")
        _show_result(column, ran)
        column.code(ran.code, language=None, wrap_lines=True)
    if product.value == looked_up.value:
        st.success("The same numbers.", icon=":material/check:")


def show_sigmoid(low: float, high: float, device: str) -> None:
    """The sigmoid that maps any number to the range of the ratings."""
    st.subheader("The sigmoid range")
    st.markdown("No rating is below the lowest or above the highest. A sigmoid squeezes any number into that range.")
    x = st.slider("x", -8.0, 8.0, 0.0, 0.1, key=Key.X, bind="query-params")
    ran = tensors.sigmoid_range(x, low, high, device)
    left, right = st.columns(2)
    left.code(ran.code, language=None, wrap_lines=True)
    with right:
        _show_result(right, ran)
        alt = f"The sigmoid from {low:g} to {high:g} stars; x = {x:g} becomes {ran.value:.3f} stars."
        plot(sigmoid_curve(low, high, x, ran.value), key="sigmoid", alt=alt)


def _show_cell(title: str, text: str, run: Callable[[], ExecutedCell]) -> None:
    """What the cell is, the code that ran, and beside it the result; or what is wrong."""
    st.subheader(title)
    st.markdown(text)
    try:
        ran = run()
    except CFError as error:
        show_error(error)
        return
    left, right = st.columns(2)
    left.code(ran.code, language=None, wrap_lines=True)
    _show_result(right, ran)


def _show_result(place: DeltaGenerator, ran: ExecutedCell) -> None:
    place.code(ran.printed, language=None, wrap_lines=True)
    size = " × ".join(str(n) for n in ran.shape) if ran.shape else "a single number"
    place.caption(escape_markdown(f"Shape: {size} · {ran.dtype} · on {ran.device}"))
