"""The way through the lab, in the lesson's order."""

import streamlit as st

from pages.shared.frame import heading

heading(
    "CF Lab",
    "People who rate movies leave a table that is almost empty. Here you see how a model fills the gaps from a few "
    "numbers a user and a movie, and what those numbers turn out to mean.",
    "follow the four steps below in order; each takes a minute or two, and nothing can break.",
)

STEPS = [
    (
        "pages/data.py",
        "1 · Look at the ratings",
        "Who rates, what gets rated, and how empty the table is. The corner of the 15 busiest users and 15 most rated "
        "movies is the lesson's spreadsheet.",
    ),
    (
        "pages/train.py",
        "2 · Train a model",
        "From a bare dot product to biases and a small neural net. Turn the sliders, watch the loss fall, compare with "
        "the lesson's own figures.",
    ),
    (
        "pages/best_and_worst.py",
        "3 · Best & worst movies",
        "What is left of a movie's rating once kind and harsh raters are taken out: its bias.",
    ),
    (
        "pages/movie_map.py",
        "4 · The movie map",
        "Fifty factors squeezed into two or three axes. Nobody told the model about genres; see what it found.",
    ),
]

for row in (STEPS[:2], STEPS[2:]):
    for column, (page, title, what) in zip(st.columns(2), row, strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(title)
            st.write(what)
            st.page_link(page, label="Go there", icon=":material/arrow_forward:")

st.caption(
    "Data: MovieLens ml-latest-small, edition of 2016, by GroupLens (Harper & Konstan 2015), for study and research. "
    "Its terms stand beside it in the project's data folder."
)
