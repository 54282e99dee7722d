"""The lesson's small PyTorch cells, to be played with: two matrices to edit, and what PyTorch makes of them."""

import streamlit as st

from pages.parts.tensors.cells import choose_device, choose_operation, choose_row, show_look_up, show_pair, show_sigmoid
from pages.parts.tensors.matrix import edit_matrix
from pages.shared import session
from pages.shared.app_frame import page_header

page_header(
    "Tensors",
    "A tensor is a table of numbers that PyTorch computes with, on the CPU or on a graphics card. A handful of "
    "operations is all that the lesson's model needs; change the numbers and see what each of them does.",
    "give b another number of columns and read why PyTorch refuses.",
)
operation = choose_operation()
device = choose_device()
if operation == "sigmoid":  # to stop here would keep an editor's state in the server that the browser has forgotten
    show_sigmoid(*session.ratings().rating_range, device)
elif operation == "look_up":
    left, right = st.columns(2, gap="medium")
    with left:
        a = edit_matrix("a")
    with right:
        row = choose_row(a)
    show_look_up(a, row, device)
else:
    left, right = st.columns(2, gap="medium")
    with left:
        a = edit_matrix("a")
    with right:
        b = edit_matrix("b")
    show_pair(operation, a, b, device)
