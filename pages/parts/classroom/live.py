"""The live part of the page: the board with what stands around it, looked up again every second or two."""

from collections.abc import Callable
from dataclasses import dataclass, field

import plotly.graph_objects as go
import streamlit as st

from pages.parts.classroom import cached
from pages.parts.classroom.cached import Seen
from pages.parts.classroom.here import Here
from pages.parts.classroom.keys import Key
from pages.shared.plot.figure_diff import SentState, SerializedFigure
from pages.shared.refresh import is_outdated, live, refresh_seconds

FASTEST_SECONDS, SLOW_SECONDS = 1.0, 5.0
"""The teacher's board, which all look at, is looked up every second; a student's page as often as all who watch leave
room for, every six seconds with sixty."""


@dataclass(frozen=True)
class Stage:
    """How one run of the page shows a class: the seconds between two refreshes, whether the class was open, and what
    the browser has of each plot, and the last drawing of each with what is the visitor's own."""

    every: float
    is_open: bool
    sent: dict[str, SentState] = field(default_factory=dict)
    own: dict[str, tuple[SerializedFigure, SerializedFigure]] = field(default_factory=dict)

    def sent_of(self, plot_key: str) -> SentState:
        """What the browser has of that plot."""
        return self.sent.setdefault(plot_key, SentState())

    def with_own(self, plot_key: str, drawing: SerializedFigure, trace: Callable[[], go.Scatter]) -> SerializedFigure:
        """The drawing with a trace of the visitor's own, which is made only when the drawing has changed."""
        if plot_key not in self.own or self.own[plot_key][0] is not drawing:
            self.own[plot_key] = drawing, drawing.with_trace(trace())
        return self.own[plot_key][1]


def show_live(here: Here, draw: Callable[[Seen, Stage], None]) -> None:
    """Draw the class as it is now, again and again; when it ends or is opened again, or the member is removed, the
    whole page runs once more."""
    seen = cached.look(here.class_)
    stage = Stage(_seconds(here, seen), here.class_.is_open())
    live(_refresh, here, draw, stage, every=stage.every)


def run_page_again(say: str | None = None) -> None:
    """Have the whole page run once more, and then say something in a toast. For callbacks of what is drawn in the live
    part, which can do neither."""
    st.session_state[Key.AGAIN], st.session_state[Key.SAY] = True, say


def _refresh(here: Here, draw: Callable[[Seen, Stage], None], stage: Stage) -> None:
    if st.session_state.pop(Key.AGAIN, False):
        st.rerun()
    if say := st.session_state.pop(Key.SAY, None):
        st.toast(say)
    seen = cached.look(here.class_)
    is_removed = here.member is not None and here.member.member_id not in seen.members
    if seen.class_.is_open() != stage.is_open or is_removed:
        cached.forget(here.class_)
        st.rerun()
    draw(seen, stage)
    if stage.sent and is_outdated(stage.every, _seconds(here, seen)):
        st.rerun()


def _seconds(here: Here, seen: Seen) -> float:
    """How long to wait until the next look: longer where many look, or nothing moves any more."""
    if not seen.class_.is_open() and seen.board.n_training + seen.board.n_waiting == 0:
        return SLOW_SECONDS
    return FASTEST_SECONDS if here.teacher is not None else max(FASTEST_SECONDS, refresh_seconds())
