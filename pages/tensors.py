"""The lesson's small PyTorch cells, to be played with: two matrices to edit, and what PyTorch makes of them."""

import streamlit as st

from pages.parts.tensors.cells import choose_device, show_look_up, show_products, show_sigmoid
from pages.parts.tensors.matrix import edit_matrix
from pages.shared import server, session
from pages.shared.app_frame import page_header

server.freeze_gc("tensors")  # PyTorch came with the first import of the cells
page_header(
    "Tensors",
    "A tensor is a table of numbers that PyTorch computes with, on the CPU or on a graphics card. A handful of "
    "operations is all that the lesson's model needs; change the numbers and see what each of them does.",
    "give b another number of columns and read why PyTorch refuses.",
)
left, right = st.columns(2, gap="medium")
with left:
    a = edit_matrix("a")
with right:
    b = edit_matrix("b")
device = choose_device()
show_products(a, b, device)
show_look_up(a, device)
show_sigmoid(*session.ratings().rating_range, device)
