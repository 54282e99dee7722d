"""The frame around every page: configuration, navigation, sidebar, and the header that a page begins with."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from cf_core.errors import CFError
from cf_core.teaching.glossary import GLOSSARY, TERMS_OF_PAGE
from pages.shared import address, open_workspace, server, session, teacher_keys, workspace_token
from pages.shared.messages import show_error
from pages.shared.refresh import live
from pages.shared.steps import BY_NAME, PAGES, next_step
from pages.shared.visited import note_visit

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

ICON = Path(__file__).with_name("icon.png")
STYLE = Path(__file__).with_name("page.css")
NOTICE_SECONDS = 3.0
FRAMED = "page_in_frame"
"""Session key of the page's name while `run` is at work, so that a page knows that the sidebar is there."""


def run() -> None:
    """One run of the app: what `app.py` does."""
    page = _navigation()
    st.session_state[FRAMED] = page.url_path or "start"
    try:
        server.start_server()
        server.limit_blas_threads()
        if not open_workspace.is_asked() and not teacher_keys.is_being_read():
            _sidebar()
            if server.has_cluster():  # which may go and come back while a page is open
                live(_notice, every=NOTICE_SECONDS)
            page.run()
    except CFError as error:
        show_error(error)
    finally:
        address.write()
        del st.session_state[FRAMED]


def page_header(title: str, see: str, try_next: str) -> None:
    """The top row of every page: its title, one line of what to try, behind (?) what there is to see and learn, and the
    way to the next step."""
    if FRAMED not in st.session_state:
        # The first visitor of a fresh server who opens the address of a page gets the page's file alone: Streamlit
        # takes the folder `pages` for pages of its own until some run has declared the navigation.
        _navigation()
        st.rerun()
    step, following = BY_NAME[st.session_state[FRAMED]], next_step(st.session_state[FRAMED])
    words = session.words_or_movies()
    with st.container(horizontal=True, vertical_alignment="center", key="page_header"):
        st.title(step.title_in(words) if title == step.title else title, anchor=False, width="content")
        with st.popover("About", icon=":material/help:", type="tertiary"):
            st.markdown(words.told(see))
            st.markdown(words.told(_terms(st.session_state[FRAMED])))
        st.markdown(f"**Try:** {words.told(try_next)}", width="stretch")
        if following is not None:
            st.page_link(following.path, label=f"Next: {following.title_in(words)}", icon=":material/arrow_forward:")


def _notice() -> None:
    """What visitors have to know of the cluster that trains their runs."""
    if notice := server.runs().notice:
        st.warning(notice, icon=":material/cloud_off:")


def _terms(page: str) -> str:
    """The field's terms that a student meets on the page, explained."""
    return "\n".join(f"- **{term}**: {GLOSSARY[term]}." for term in TERMS_OF_PAGE[page])


def _navigation() -> "Page":
    st.set_page_config(page_icon=str(ICON), layout="wide")
    sections: dict[str, list[Page]] = {}
    words = session.words_or_movies()
    for step in PAGES:
        title, icon = step.title_in(words), f":material/{step.icon}:"
        page = st.Page(step.path, title=title, icon=icon, default=step.name == "start")
        sections.setdefault(step.section, []).append(page)
    st.html(STYLE)
    return st.navigation(sections, position="top")


def _sidebar() -> None:
    """The choices that hold for all pages: the data set and the run."""
    with st.sidebar:
        session.choose_data()
    session.wait_for_ratings()
    with st.sidebar:
        session.choose_run()
        with st.container(key="unseen"):
            workspace_token.remember_workspace()
            teacher_keys.remember()
            note_visit(st.session_state[FRAMED])
            address.let_back_leave_the_page()
