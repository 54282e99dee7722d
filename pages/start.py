"""The way through the lab, in the lesson's order."""

import streamlit as st

from pages.shared.app_frame import page_header

# Page, its title in the navigation, and what there is to see.
STEPS = (
    (
        "data",
        "Data",
        "Who rates, what gets rated, and how empty the table is. The corner of the 15 busiest users and the 15 most "
        "rated movies is the lesson's spreadsheet.",
    ),
    (
        "by_hand",
        "By hand",
        "The spreadsheet, alive: a few numbers beside every user and above every movie. Change one, or let gradient "
        "descent change them all, and see what it learns and what it merely memorises.",
    ),
    (
        "tensors",
        "Tensors",
        "The lesson's small PyTorch cells, run on your own numbers: products, a module, a look-up, a sigmoid.",
    ),
    (
        "id_map",
        "ID map",
        "Why a raw id cannot be a row number in a table of factors, and the map that turns it into one.",
    ),
    (
        "split",
        "Split",
        "Which ratings a model is trained on, and which are for validation: at random, by time, or the last of each "
        "user.",
    ),
    (
        "train",
        "Train",
        "From a bare dot product to biases and a small neural net. Turn the sliders, watch the loss fall, compare with "
        "the lesson's own figures.",
    ),
    (
        "break_it",
        "Break it",
        "Break one setting and watch. Once you have seen a run fail, you know what to look for in your own curves.",
    ),
    (
        "best_and_worst",
        "Best & worst movies",
        "What is left of a movie's rating once kind and harsh raters are taken out: its bias.",
    ),
    (
        "movie_map",
        "Movie map",
        "Fifty factors squeezed into two or three axes. Nobody told the model about genres; see what it found.",
    ),
)

page_header(
    "CF Lab",
    "People who rate movies leave a table that is almost empty. Collaborative filtering fills the gaps: a model learns "
    "a few numbers per user and per movie. Here you see how it learns them, and what they turn out to mean, in the "
    "order of fast.ai's lesson.",
    "follow the steps below in order; each takes a minute or two, and nothing gets lost.",
)
for first in range(0, len(STEPS), 2):
    for column, number in zip(st.columns(2), range(first, min(first + 2, len(STEPS))), strict=False):
        page, title, text = STEPS[number]
        with column.container(border=True, height="stretch"):
            st.subheader(f"{number + 1} · {title}")
            st.write(text)
            st.page_link(f"pages/{page}.py", label=f"Go to step {number + 1}", icon=":material/arrow_forward:")

st.caption(
    "Data: MovieLens ml-latest-small, edition of 2016, by GroupLens (Harper & Konstan 2015), for study and research. "
    "Its terms of use come with it, in the project's data folder."
)
