"""The board: every run of the class, who is ahead, and what was guessed."""

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any, get_args

import streamlit as st

from cf_core.charts.classroom.axes import setting_title
from cf_core.charts.classroom.board import own_rings, parallel_table
from cf_core.classroom.board import Board
from cf_core.settings import format_value
from pages.parts.classroom import cached
from pages.parts.classroom.cached import Seen
from pages.parts.classroom.keys import Key, View
from pages.parts.classroom.live import Stage
from pages.shared.choice import choice
from pages.shared.plot import Click, plot

RATE = "learning_rate"
N_SPOKEN = 3
"""So many of the best are in the text for those who cannot see the board."""


def choose_view() -> View:
    """Which picture of the board."""
    view: View = choice("View", get_args(View), key=Key.VIEW, in_address=True, label_visibility="collapsed")
    return view


def choose_across(free: tuple[str, ...]) -> str:
    """The setting along the axis of the points: at first the learning rate, where it is free."""
    if len(free) == 1:
        return free[0]
    first = RATE if RATE in free else free[0]
    across: str = st.selectbox(
        "Along the axis",
        free,
        free.index(first),
        format_func=setting_title,
        key=Key.ACROSS,
        persist_state="session",
    )
    return across


def show_picture(seen: Seen, stage: Stage, view: View, across: str, height: int, own: str | None = None) -> None:
    """The board in that view.

    Args:
        across: the setting along the axis of the points.
        height: pixels.
        own: the member whose points have rings.
    """
    class_, board, words = seen.class_, seen.board, cached.words_of(seen.class_)
    if board.rows["rmse"].isna().all():
        _show_empty(board, height)
    elif view == "Points":
        drawing = cached.scatter(class_.class_id, seen.board.version, across, words, board)
        key = f"class_points_{across}"
        if own is not None:
            drawing = stage.with_own(key, drawing, lambda: own_rings(board.rows, own, across))
        plot(drawing, key=key, alt=_spoken(board), height=height, on_click=choose_clicked, sent=stage.sent_of(key))
    elif view == "Lines":
        drawing = cached.parallel(class_.class_id, seen.board.version, board)
        n = len(parallel_table(board.rows, board.free))
        plot(drawing, key="class_lines", alt=f"{n} finished runs over {len(board.free)} settings.", height=height)
    else:
        drawing = cached.spread(class_.class_id, seen.board.version, words, board)
        plot(drawing, key="class_spread", alt=_guesses_spoken(board), sent=stage.sent_of("class_spread"))


def _show_empty(board: Board, height: int) -> None:
    """The place of the board before any run has ended an epoch."""
    with st.container(border=True, height=height, vertical_alignment="center", horizontal_alignment="center"):
        if not board.n_members:
            said = "Nobody has joined yet. Open the link of the class, or this page and type its code."
        elif board.rows.empty:
            said = "No run yet. Set the sliders in the sidebar and train: every run becomes a point here."
        else:
            said = "The first runs are under way. Each becomes a point here after its first epoch."
        st.markdown(f":material/scatter_plot: {said}", text_alignment="center")


def show_ranking(seen: Seen, stage: Stage, view: View) -> None:
    """Who is ahead; beside the guesses, who was right."""
    if view == "Guesses":
        drawing, key = cached.right(seen.class_.class_id, seen.board.version, seen.board), "class_right"
        plot(drawing, key=key, alt="Who was right, by nickname.", sent=stage.sent_of(key))
        return
    if not seen.board.best:
        return
    drawing = cached.ranked(seen.class_.class_id, seen.board.version, cached.words_of(seen.class_), seen.board)
    plot(
        drawing,
        key="class_ranking",
        alt=_spoken(seen.board),
        on_click=choose_clicked,
        sent=stage.sent_of("class_ranking"),
    )


def choose_clicked(click: Click) -> None:
    """Look at the run that was clicked. For `on_click`."""
    if isinstance(click.customdata, list) and click.customdata and isinstance(click.customdata[-1], str):
        st.session_state[Key.CHOSEN] = click.customdata[-1]


def settings_in_words(board: Board, run: Mapping[Hashable, Any]) -> str:
    """The free settings of a run: "factors 30, learning rate 0.02"."""
    return ", ".join(f"{setting_title(name)} {_value(run[name])}" for name in board.free)


def _value(value: object) -> str:
    return format_value(value) if isinstance(value, float | str) else str(value)


def _spoken(board: Board) -> str:
    best = "; ".join(f"{one.rank}. {one.nickname} {one.rmse:.4f}" for one in board.best[:N_SPOKEN])
    return f"{len(board.rows)} runs of {board.n_members} members. {best or 'None has finished yet.'}"


def _guesses_spoken(board: Board) -> str:
    counts = Counter(zip(board.guesses["question"], board.guesses["guess"], strict=True))
    told = "; ".join(f"{question}: {guess} {n} times" for (question, guess), n in counts.items())
    return told or "Nobody has guessed yet."
