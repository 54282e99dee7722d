"""The frame around every page: configuration, navigation, sidebar, and the heading that a page begins with.

Nothing in here knows what a page shows.
"""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from cf_core.errors import CFError
from pages.shared import server, session
from pages.shared.messages import say_error

ICON = Path(__file__).with_name("icon.png")
FRAMED = "framed"
"""Key in the session while `run` is at work, so that a page may rely on the sidebar."""


def run() -> None:
    """One run of the app: what `app.py` does."""
    page = _navigation()
    server.start_server()
    server.limit_blas_threads()
    st.session_state[FRAMED] = True
    try:
        _sidebar()
        page.run()
    except CFError as error:
        say_error(error)
    finally:
        del st.session_state[FRAMED]


def heading(title: str, see: str, try_next: str) -> None:
    """The top of a page: its title, what there is to see and learn, and what to try next. Every page begins with it."""
    if FRAMED not in st.session_state:
        # A first visitor who opens the address of a page on a fresh server gets the page's file alone, because
        # Streamlit takes a folder of that name for pages of its own until some run has declared the navigation.
        _navigation()
        st.rerun()
    st.title(title)
    st.markdown(f"{see}\n\n**Try next:** {try_next}")


def _navigation() -> Page:
    st.set_page_config(page_icon=str(ICON), layout="wide")
    return st.navigation(
        [
            st.Page("pages/start.py", title="Start", icon=":material/flag:", default=True),
            st.Page("pages/data.py", title="Data", icon=":material/grid_on:"),
            st.Page("pages/facts.py", title="Facts", icon=":material/person_search:"),
            st.Page("pages/by_hand.py", title="By hand", icon=":material/calculate:"),
            st.Page("pages/tensors.py", title="Tensors", icon=":material/data_array:"),
            st.Page("pages/id_map.py", title="ID map", icon=":material/tag:"),
            st.Page("pages/split.py", title="Split", icon=":material/call_split:"),
            st.Page("pages/train.py", title="Train", icon=":material/show_chart:"),
            st.Page("pages/break_it.py", title="Break it", icon=":material/heart_broken:"),
            st.Page("pages/compare.py", title="Two at once", icon=":material/compare_arrows:"),
            st.Page("pages/best_and_worst.py", title="Best & worst movies", icon=":material/leaderboard:"),
            st.Page("pages/movie_map.py", title="Movie map", icon=":material/scatter_plot:"),
            st.Page("pages/runs.py", title="Your runs", icon=":material/inventory_2:"),
        ],
        expanded=True,
    )


def _sidebar() -> None:
    """What the pages are about: the data set, and the run of this browser's own."""
    with st.sidebar:
        session.choose_data()
        session.choose_run()
        session.remember_workspace()
