"""The way through the lab, in the lesson's order."""

import streamlit as st

from pages.shared.app_frame import heading

heading(
    "CF Lab",
    "People who rate movies leave a table that is almost empty. Here you see how a model fills the gaps from a few "
    "numbers a user and a movie, and what those numbers turn out to mean.",
    "follow the steps below in order; each takes a minute or two, and nothing can break.",
)

STEPS = [
    (
        "pages/data.py",
        "1 · Look at the ratings",
        "Who rates, what gets rated, and how empty the table is. The corner of the 15 busiest users and 15 most rated "
        "movies is the lesson's spreadsheet.",
    ),
    (
        "pages/by_hand.py",
        "2 · Factor it by hand",
        "The spreadsheet, alive: a few numbers beside every user and above every movie. Change one, or let gradient "
        "descent change them all, and see what it learns and what it merely memorises.",
    ),
    (
        "pages/tensors.py",
        "3 · Say it in tensors",
        "The lesson's small PyTorch cells, to be run on numbers of your own: products, a module, a look-up, a sigmoid.",
    ),
    (
        "pages/id_map.py",
        "4 · From ids to rows",
        "Why a raw id cannot be a row of a table of factors, and the map that makes it one.",
    ),
    (
        "pages/split.py",
        "5 · Hold some ratings back",
        "What a model is trained on and what it is judged by: drawn at random, by time, or the last of each user.",
    ),
    (
        "pages/train.py",
        "6 · Train a model",
        "From a bare dot product to biases and a small neural net. Turn the sliders, watch the loss fall, compare with "
        "the lesson's own figures.",
    ),
    (
        "pages/break_it.py",
        "7 · Break it",
        "One setting wrong, and watch: whoever has seen a run fail knows what to look for in the curves of his own.",
    ),
    (
        "pages/best_and_worst.py",
        "8 · Best & worst movies",
        "What is left of a movie's rating once kind and harsh raters are taken out: its bias.",
    ),
    (
        "pages/movie_map.py",
        "9 · The movie map",
        "Fifty factors squeezed into two or three axes. Nobody told the model about genres; see what it found.",
    ),
]

for first in range(0, len(STEPS), 2):
    for column, (page, title, what) in zip(st.columns(2), STEPS[first : first + 2], strict=False):
        with column.container(border=True, height="stretch"):
            st.subheader(title)
            st.write(what)
            st.page_link(page, label=f"Go to step {title[0]}", icon=":material/arrow_forward:")

st.caption(
    "Data: MovieLens ml-latest-small, edition of 2016, by GroupLens (Harper & Konstan 2015), for study and research. "
    "Its terms stand beside it in the project's data folder."
)
