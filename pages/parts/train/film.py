"""The film of a training: the map of the movies, or their biases and norms, epoch by epoch, played or scrubbed.

The session keeps the epoch that it shows (`Key.EPOCH`); None is the latest, which the film follows while the run is
under way. It is part of the fragment that shows the run, whose refreshes move it on.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import get_args

import streamlit as st

from cf_core.charts.run.distributions import Measure
from cf_core.charts.run.film import FILM_COLOURS, FilmColour, epoch_name
from cf_core.insight.film import Film
from cf_core.runs.run_views import RunView
from cf_core.runs.spec import Run
from pages.parts.train.film_frames import draw_frame, film_of
from pages.shared import session
from pages.shared.choice import choice
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState


class Key(StrEnum):
    """Session keys; `RUN` is the id of the run that the others are about; the number of epochs follows `SLIDER` while
    a run is under way."""

    RUN = "train_film_run"
    EPOCH = "train_film_epoch"
    PLAYING = "train_film_playing"
    SLIDER = "train_film_slider"
    COLOUR = "train_film_colour"
    MEASURE = "train_film_measure"


_PLOTS = ("film", "distributions", "path")

PLAY_SECONDS = 0.5
"""The film shows each epoch so long."""


@dataclass
class Scene:
    """The film as of one run of the page: when it moves on (None while it stands still), and what the browser has."""

    due: float | None = None
    sent: dict[str, SentState] = field(default_factory=lambda: {key: SentState() for key in _PLOTS})

    @classmethod
    def of(cls, run: Run) -> "Scene":
        """That of a run; another run than before begins at its latest epoch."""
        if st.session_state.get(Key.RUN) != run.run_id:
            st.session_state[Key.RUN], st.session_state[Key.EPOCH] = run.run_id, None
            st.session_state[Key.PLAYING] = False
        return cls()


def is_playing() -> bool:
    """Whether the film plays."""
    return bool(st.session_state.get(Key.PLAYING))


def seconds_of_play() -> float | None:
    """How long each epoch is shown, while the film plays; None where it does not."""
    return PLAY_SECONDS if is_playing() else None


def shown_epoch() -> int | None:
    """The epoch that the film shows; None for the latest."""
    epoch: int | None = st.session_state.get(Key.EPOCH)
    return epoch


def advance(run_view: RunView, scene: Scene) -> int | None:
    """Move a film that plays on to the next epoch, if it is time; the epoch that is shown then, None for the latest."""
    now = time.monotonic()
    if not is_playing():
        scene.due = None
    elif scene.due is None:
        scene.due = now + PLAY_SECONDS
    elif now >= scene.due - PLAY_SECONDS / 10:  # a tick that comes a little early is meant for it
        scene.due = now + PLAY_SECONDS
        _to_next(run_view.snapshot_epochs())
    return shown_epoch()


def show_film(run_view: RunView, run: Run, scene: Scene, of_biases: bool) -> None:
    """The film of a run as far as there is one.

    Args:
        run: that of `run_view`, as it was when the page ran.
        of_biases: of the biases and norms; else of the movies on a map.
    """
    film = film_of(run_view, session.ratings())
    if film is None:
        _show_why_not(run)
        return
    number = timeline(film.epochs, run.unfinished)
    if of_biases:
        measures = get_args(Measure) if film.snapshots[0].item_bias is not None else ("norm",)
        _draw(run, film, scene, number, "distributions", Key.MEASURE, measures)
    else:
        _draw(run, film, scene, number, "film", Key.COLOUR, FILM_COLOURS)


def _draw(
    run: Run,
    film: Film,
    scene: Scene,
    number: int,
    key: str,
    choice_key: Key,
    pictures: Sequence[FilmColour | Measure],
) -> None:
    """The picture of snapshot `number`, and below it the choice between kinds of it."""
    above, below = st.container(), st.container()
    with below:
        picture = choice("Picture", pictures, key=choice_key, label_visibility="collapsed")
    with above:
        drawing, alt = draw_frame(run.run_id, tuple(film.epochs), number, picture, session.ratings(), film)
        plot(drawing, key=key, alt=alt, sent=scene.sent[key])
    st.caption(session.words().told(_HELPS[key]))


_HELPS = {
    "film": "Movies that lie close together have similar factors. The latest epoch is drawn on its own principal "
    "components; each earlier epoch is rotated to match the next, because only distances mean something.",
    "distributions": "The outline is the random start, cut off where it is higher. Logits become stars by the sigmoid.",
}


def _show_why_not(run: Run) -> None:
    if run.unfinished and not run.n_epochs_done:
        st.info("The film starts with the run, at its random initial weights.", icon=":material/movie:")
    else:
        st.info(
            "This run has no film: it ended before it began, or it is older than the film. Train it again to see one.",
            icon=":material/movie:",
        )


def timeline(epochs: list[int], under_way: bool) -> int:
    """Play button and slider; the number of the snapshot to show.

    While the film plays, a bar stands in the slider's place: a slider that the program moves can send back where it
    stood before, as if a hand had moved it, and so break off the play.
    """
    if shown_epoch() not in epochs[:-1]:
        st.session_state[Key.EPOCH] = None
    now = shown_epoch()
    shown = epochs[-1] if now is None else now
    if len(epochs) == 1:
        rest = "goes on after the next epoch" if under_way else "ends here: no epoch came to its end"
        with st.container(key="film_timeline"):
            st.caption(f"{epoch_name(shown).capitalize()}. The film {rest}.")
        return 0
    number = epochs.index(shown)
    with st.container(horizontal=True, vertical_alignment="center", key="film_timeline"):
        if is_playing():
            st.button("Stop film", key="film_stop", icon=":material/stop:", on_click=_play, args=(False, epochs))
            st.progress(number / (len(epochs) - 1), f"Epoch {shown} of {epochs[-1]}")
        else:
            st.button("Play", key="film_play", icon=":material/play_arrow:", on_click=_play, args=(True, epochs))
            _slider(epochs, shown, under_way)
    return number


def _slider(epochs: list[int], shown: int, under_way: bool) -> None:
    key = f"{Key.SLIDER}_{len(epochs)}" if under_way else Key.SLIDER.value  # with a new epoch, a new slider
    st.session_state[key] = shown
    follows = " At its right end it follows the training." if under_way else ""
    st.select_slider(
        "Epoch",
        epochs,
        key=key,
        on_change=_scrub,
        args=(epochs, key),
        label_visibility="collapsed",
        help=f"0 is the random start.{follows}",
    )


def _play(on: bool, epochs: list[int]) -> None:
    """Begin, from the start where the end is shown; or stop."""
    st.session_state[Key.PLAYING] = on
    if on and shown_epoch() is None:
        st.session_state[Key.EPOCH] = epochs[0]


def _to_next(epochs: list[int]) -> None:
    """Show the next epoch; the last one ends the play."""
    now = shown_epoch()
    later = [] if now is None else [epoch for epoch in epochs[:-1] if epoch > now]
    st.session_state[Key.EPOCH] = later[0] if later else None
    st.session_state[Key.PLAYING] = bool(later)


def _scrub(epochs: list[int], key: str) -> None:
    wanted = st.session_state[key]
    st.session_state[Key.EPOCH] = None if wanted == epochs[-1] else wanted
    st.session_state[Key.PLAYING] = False
