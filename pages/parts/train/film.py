"""The film of a training: the map of the movies, and their biases and norms, epoch by epoch, played or scrubbed.

All that moves is one fragment. The session keeps the epoch that it shows (`Key.EPOCH`); None is the latest, which the
film follows while the run is under way.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import streamlit as st

from cf_core.charts.run.film import FILM_COLOURS, epoch_name
from cf_core.data.ratings import Ratings
from cf_core.insight.film import Film
from cf_core.runs.run_views import RunView
from cf_core.runs.spec import Run
from pages.parts.train.film_frames import draw_frame, film_of
from pages.shared import session
from pages.shared.choice import choice
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState
from pages.shared.refresh import live


class Key(StrEnum):
    """Session keys; `RUN` is the id of the run that the others are about."""

    RUN = "train_film_run"
    EPOCH = "train_film_epoch"
    PLAYING = "train_film_playing"
    SLIDER = "train_film_slider"
    VIEW = "train_film_view"
    COLOUR = "train_film_colour"


PLAY_SECONDS = 0.5
"""The film shows each epoch so long."""

FOLLOW_SECONDS = 1.0
"""Between two looks for a new epoch of a run under way."""

_NUMBERS = "Biases and norms"


@dataclass
class Scene:
    """The film as of one run of the page: what played and was shown then, what the browser has, and whether the
    fragment has run since."""

    playing: bool
    epoch: int | None
    sent: dict[str, SentState] = field(default_factory=lambda: {"film": SentState(), "distributions": SentState()})
    begun: bool = False


def is_playing() -> bool:
    """Whether the film plays."""
    return bool(st.session_state.get(Key.PLAYING))


def shown_epoch() -> int | None:
    """The epoch that the film shows; None for the latest."""
    epoch: int | None = st.session_state.get(Key.EPOCH)
    return epoch


def show_film(run_view: RunView, run: Run) -> None:
    """The film of a run, refreshed while it plays or the run is under way.

    Args:
        run: that of `run_view`, as it was when the page ran.
    """
    if st.session_state.get(Key.RUN) != run.run_id:
        st.session_state[Key.RUN], st.session_state[Key.EPOCH], st.session_state[Key.PLAYING] = run.run_id, None, False
    scene = Scene(is_playing(), shown_epoch())
    every = PLAY_SECONDS if scene.playing else FOLLOW_SECONDS if run.unfinished else None
    live(_show, run_view, run, scene, every=every)


def _show(run_view: RunView, run: Run, scene: Scene) -> None:
    ratings = session.ratings()
    film = film_of(run_view, ratings)
    if film is None:
        _show_why_not(run)
    else:
        if scene.begun and scene.playing and is_playing():
            _advance(film.epochs)
        scene.begun = True
        _draw(run, film, ratings, scene)
    curves_stand_still = not run.unfinished and not is_playing()
    if is_playing() != scene.playing or (curves_stand_still and shown_epoch() != scene.epoch):
        st.rerun()  # to begin or end the ticks, or to have the curves follow; only here, when everything is drawn


def _show_why_not(run: Run) -> None:
    if run.unfinished and not run.n_epochs_done:
        st.info("The film starts with the run, at its random initial weights.", icon=":material/movie:")
    else:
        st.info(
            "This run has no film: it ended before it began, or it is older than the film. Train it again to see one.",
            icon=":material/movie:",
        )


def _draw(run: Run, film: Film, ratings: Ratings, scene: Scene) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = choice("Film of", ("Movies", _NUMBERS), key=Key.VIEW)
        colour = None if view == _NUMBERS else choice("Colour", FILM_COLOURS, key=Key.COLOUR)
    number = _timeline(film.epochs, run.unfinished)
    drawing, alt = draw_frame(run.run_id, tuple(film.epochs), number, colour, ratings, film)
    key = "distributions" if colour is None else "film"
    plot(drawing, key=key, alt=alt, sent=scene.sent[key])
    if colour is not None:
        st.caption(
            "Movies that lie close together have similar factors. The latest epoch is drawn on its own principal "
            "components; each earlier epoch is rotated to match the next, because only distances mean something."
        )


def _timeline(epochs: list[int], under_way: bool) -> int:
    """Play button and slider; the number of the snapshot to show."""
    if shown_epoch() not in epochs[:-1]:
        st.session_state[Key.EPOCH] = None
    now = shown_epoch()
    shown = epochs[-1] if now is None else now
    if len(epochs) == 1:
        rest = "goes on after the next epoch" if under_way else "ends here: no epoch came to its end"
        st.caption(f"{epoch_name(shown).capitalize()}. The film {rest}.")
        return 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if is_playing():
            st.button("Stop", key="film_stop", icon=":material/stop:", on_click=_play, args=(False, epochs))
        else:
            st.button("Play", key="film_play", icon=":material/play_arrow:", on_click=_play, args=(True, epochs))
        st.session_state[Key.SLIDER] = shown
        follows = " At its right end it follows the training." if under_way else ""
        st.select_slider(
            "Epoch",
            epochs,
            key=Key.SLIDER,
            on_change=_scrub,
            args=(epochs,),
            help=f"0 is the random start.{follows}",
        )
    return epochs.index(shown)


def _play(on: bool, epochs: list[int]) -> None:
    """Begin, from the start where the end is shown; or stop."""
    st.session_state[Key.PLAYING] = on
    if on and shown_epoch() is None:
        st.session_state[Key.EPOCH] = epochs[0]


def _advance(epochs: list[int]) -> None:
    """Show the next epoch; the last one ends the play."""
    now = shown_epoch()
    later = [] if now is None else [epoch for epoch in epochs[:-1] if epoch > now]
    st.session_state[Key.EPOCH] = later[0] if later else None
    st.session_state[Key.PLAYING] = bool(later)


def _scrub(epochs: list[int]) -> None:
    wanted = st.session_state[Key.SLIDER]
    st.session_state[Key.EPOCH] = None if wanted == epochs[-1] else wanted
    st.session_state[Key.PLAYING] = False
