"""The film of a training: the map of the movies, and their biases and norms, epoch by epoch, played or scrubbed.

All that moves is one fragment. The epoch that it shows is in the session (`FILM_EPOCH`), for a mark on the curves: None
is the latest, which it follows while the run is under way. Nothing in here computes a position.
"""

from dataclasses import dataclass, field

import streamlit as st

from cf_core.charts.run.film import FILM_COLOURS, epoch_name
from cf_core.data.ratings import Ratings
from cf_core.errors import CFError
from cf_core.insight.film import Film
from cf_core.runs.run_views import RunView
from cf_core.runs.spec import UNFINISHED, Run
from pages.parts.train.film_frames import film_of, picture
from pages.shared import session
from pages.shared.messages import say_error
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import Sent
from pages.shared.run.view import FILM_EPOCH, FILM_PLAYING, PLAY_SECONDS

FOLLOW_SECONDS = 1.0
"""Between two looks for a new epoch of a run under way."""

_OF, _SLIDER = "film_of", "film_slider"
_NUMBERS = "Biases and norms"


@dataclass
class Scene:
    """The film as of one run of the page: what played and was shown then, what the browser has, and whether the
    fragment has run since."""

    playing: bool
    epoch: int | None
    sent: dict[str, Sent] = field(default_factory=lambda: {"film": Sent(), "distributions": Sent()})
    begun: bool = False


def show_film(chosen: RunView, run: Run, n_epochs_done: int) -> None:
    """The film of a run, refreshed while it plays or the run is under way.

    Args:
        run: `chosen` as it was when the page ran.
        n_epochs_done: as of then.
    """
    if st.session_state.get(_OF) != run.run_id:
        st.session_state[_OF], st.session_state[FILM_EPOCH], st.session_state[FILM_PLAYING] = run.run_id, None, False
    scene = Scene(_playing(), st.session_state[FILM_EPOCH])
    every = PLAY_SECONDS if scene.playing else FOLLOW_SECONDS if run.outcome in UNFINISHED else None
    st.fragment(_show, run_every=every)(chosen, run, n_epochs_done, scene)


def _show(chosen: RunView, run: Run, n_epochs_done: int, scene: Scene) -> None:
    try:
        ratings = session.ratings()
        film = film_of(chosen, ratings)
        if film is None:
            _no_film(run, n_epochs_done)
        else:
            if scene.begun and scene.playing and _playing():
                _advance(film.epochs)
            scene.begun = True
            _draw(run, film, ratings, scene)
    except CFError as error:  # a fragment runs without the frame around it
        say_error(error)
        return
    curves_stand_still = run.outcome not in UNFINISHED and not _playing()
    if _playing() != scene.playing or (curves_stand_still and st.session_state[FILM_EPOCH] != scene.epoch):
        st.rerun()  # to begin or end the ticks, or to have the curves follow; here, when all is drawn


def _no_film(run: Run, n_epochs_done: int) -> None:
    if run.outcome in UNFINISHED and not n_epochs_done:
        st.info("The film begins when the run does, with the random start.", icon=":material/movie:")
    else:
        st.info(
            "This run kept no pictures of its epochs: it ended before it began, or it is older than the film. Train "
            "it again to see one.",
            icon=":material/movie:",
        )


def _draw(run: Run, film: Film, ratings: Ratings, scene: Scene) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = st.segmented_control("Film of", ["Movies", _NUMBERS], default="Movies", required=True, key="film_view")
        if view == _NUMBERS:
            colour = None
        else:
            colour = st.segmented_control("Colour", FILM_COLOURS, default="genre", required=True, key="film_colour")
    number = _timeline(film.epochs, run.outcome in UNFINISHED)
    drawing, alt = picture(run.run_id, film, number, colour, ratings)
    key = "distributions" if colour is None else "film"
    plot(drawing, key=key, alt=alt, sent=scene.sent[key])
    if colour is not None:
        st.caption(
            "Movies that lie close together have similar factors. The latest epoch stands on its own principal "
            "components; each earlier one is turned to lie as near as it can to the next, since only distances count."
        )


def _timeline(epochs: list[int], under_way: bool) -> int:
    """Play and the slider; the number of the snapshot to show."""
    if st.session_state[FILM_EPOCH] not in epochs[:-1]:
        st.session_state[FILM_EPOCH] = None
    shown = epochs[-1] if st.session_state[FILM_EPOCH] is None else st.session_state[FILM_EPOCH]
    if len(epochs) == 1:
        goes_on = "goes on after the next epoch" if under_way else "ends here: no epoch came to its end"
        st.caption(f"{epoch_name(shown).capitalize()}. The film {goes_on}.")
        return 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if _playing():
            st.button("Stop", key="film_stop", icon=":material/stop:", on_click=_play, args=(False, epochs))
        else:
            st.button("Play", key="film_play", icon=":material/play_arrow:", on_click=_play, args=(True, epochs))
        st.session_state[_SLIDER] = shown
        follows = " At its right end it follows the training." if under_way else ""
        st.select_slider(
            "Epoch",
            epochs,
            key=_SLIDER,
            on_change=_scrub,
            args=(epochs,),
            help=f"0 is the random start.{follows}",
        )
    return epochs.index(shown)


def _playing() -> bool:
    return bool(st.session_state[FILM_PLAYING])


def _play(on: bool, epochs: list[int]) -> None:
    """Begin, from the start where the end is shown; or stop."""
    st.session_state[FILM_PLAYING] = on
    if on and st.session_state[FILM_EPOCH] is None:
        st.session_state[FILM_EPOCH] = epochs[0]


def _advance(epochs: list[int]) -> None:
    """The next epoch; the last one ends the play."""
    now = st.session_state[FILM_EPOCH]
    later = [] if now is None else [epoch for epoch in epochs[:-1] if epoch > now]
    st.session_state[FILM_EPOCH] = later[0] if later else None
    st.session_state[FILM_PLAYING] = bool(later)


def _scrub(epochs: list[int]) -> None:
    chosen = st.session_state[_SLIDER]
    st.session_state[FILM_EPOCH] = None if chosen == epochs[-1] else chosen
    st.session_state[FILM_PLAYING] = False
