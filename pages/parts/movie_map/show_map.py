"""The map with the line above it; while a layout is under way, the movies as they move."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.map.movie_map import HEIGHT, movie_map
from cf_core.charts.map.point_groups import COLOURED_BY
from cf_core.programs.jobs import Job
from cf_core.runs.run_views import RunView
from cf_core.words import Words
from pages.parts.movie_map.keys import Key
from pages.parts.movie_map.layouts import how_far, settle, stop, watch
from pages.parts.movie_map.looks import Look, find, show_whole_map
from pages.parts.movie_map.meaning import show_meaning
from pages.parts.movie_map.selection import select_rows
from pages.parts.movie_map.view import View
from pages.shared import session
from pages.shared.plot import Click, plot
from pages.shared.refresh import interval, live

LINE = 44  # pixels: what the line takes that says why another run than the selected one is shown


def show_map(
    run_view: RunView, view: View, look: Look, found: list[int], selected: NDArray[np.int64], words: Words
) -> None:
    """The map; a click finds a movie, a box or lasso selects some."""
    if view.layout is not None:
        live(_watch, view.layout, run_view, view, look, words, every=interval(True, at_least=0.5))
        return
    if view.method is None or view.coordinates.shape[1] == 2:
        settle(view)
    movies = view.projection.movies
    with st.container(horizontal=True, vertical_alignment="center", key="map_heading"):
        if not show_meaning(run_view, view):
            st.markdown(f"**{words.count(len(movies))}** by {_coloured_by(look, words)}", width="content")
        st.button(
            "Whole map", icon=":material/zoom_out_map:", key="map_show_all", type="tertiary", on_click=show_whole_map
        )
    whole = st.session_state.get(Key.WHOLE, 0)
    figure = _figure(view, look, words, look.labelled, found, near=look.near, selected=selected, whole=whole)
    plot(
        figure,
        key="map",
        alt=f"{words.count(len(movies))} by {' and '.join(view.names)}; Axes has those at the ends, Table has all.",
        on_click=lambda click: find(movies["item_id"].iloc[_row_of(click)]),
        on_select=lambda rows: select_rows(movies, rows),
        n_points=len(movies),
        height=_height(run_view),
    )


def _figure(view: View, look: Look, words: Words, labelled: list[int], found: list[int], **more: Any) -> go.Figure:
    return movie_map(
        view.projection.movies,
        view.coordinates,
        view.names,
        look.colour,
        labelled,
        found,
        sized=look.sized,
        clusters=look.clusters,
        ends=view.method is None,
        words=words,
        **more,
    )


def _coloured_by(look: Look, words: Words) -> str:
    """What the colours stand for: the bias is the movie's."""
    return f"{words.item} bias" if look.colour == "bias" else COLOURED_BY[look.colour]


def _height(run_view: RunView) -> int:
    """Of the map, so that its lower axis is in view below what stands above it."""
    return HEIGHT if session.is_selected(run_view) else HEIGHT - LINE


def _row_of(click: Click) -> int:
    """The row of a clicked movie: of a flat map all that is sent, in space the last that is known of the movie."""
    known = click.customdata
    return int(known[-1] if isinstance(known, list) else known)


def _watch(layout: Job, run_view: RunView, view: View, look: Look, words: Words) -> None:
    """How far the layout is, and the movies where they are now, faint; runs the page again when it has ended."""
    if not layout.under_way or view.method is None:
        st.rerun()
    watch(layout)
    moving = layout.partial
    figure = movie_map(
        view.projection.movies,
        view.coordinates if moving is None else moving,
        ("", "") if moving is None else view.names,
        look.colour,
        sized=look.sized,
        clusters=look.clusters,
        step=round(1000 * layout.progress),
        words=words,
    )
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", key="map_progress"):
            st.progress(layout.progress, how_far(layout, view.method))
            st.button("Stop", key=f"stop_{view.method.key}", type="tertiary", on_click=stop, args=(layout,))
        alt = f"The {words.items} while they are moved, {layout.progress:.0%} of the way."
        plot(figure, key="map", alt=alt, height=_height(run_view))
