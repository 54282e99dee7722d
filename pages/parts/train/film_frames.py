"""The pictures of a film, cached for all who watch it: read from the store, drawn, put in words.

Nothing in here plays or shows one.
"""

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.charts.run.distributions import distributions
from cf_core.charts.run.film import FilmColour, epoch_name, film_map
from cf_core.data.ratings import Ratings
from cf_core.errors import DataMismatchError
from cf_core.insight.film import Film
from cf_core.insight.snapshot import Snapshot
from cf_core.runs.run_views import RunView
from pages.shared import server
from pages.shared.plot.figure_diff import Drawing


def film_of(chosen: RunView, ratings: Ratings) -> Film | None:
    """The film as far as there is one.

    Raises:
        DataMismatchError: the run was trained on other ratings.
    """
    epochs = chosen.snapshot_epochs()
    if not epochs:
        return None
    run = chosen.run
    if run.fingerprint != ratings.fingerprint:
        raise DataMismatchError(
            f"Run {run.run_id} was trained on other ratings than '{ratings.name}' holds now. "
            "Choose the data that it was trained on."
        )
    return _film(run.run_id, tuple(epochs), chosen, ratings)


@st.cache_resource(max_entries=16, show_spinner=False)
def _film(run_id: str, epochs: tuple[int, ...], _chosen: RunView, _ratings: Ratings) -> Film:
    return Film.of(_chosen.snapshots(), _ratings.item_stats()["mean_rating"].to_numpy())


def picture(run_id: str, film: Film, number: int, colour: FilmColour | None, ratings: Ratings) -> tuple[Drawing, str]:
    """The map in that colour after the epoch of snapshot `number`, or, without a colour, the distributions; and what
    it says. Made once for all who watch."""
    return _picture(run_id, tuple(film.epochs), number, colour, film, ratings)


@st.cache_resource(max_entries=32, show_spinner=False)
def _picture(
    run_id: str, epochs: tuple[int, ...], number: int, colour: FilmColour | None, _film: Film, _ratings: Ratings
) -> tuple[Drawing, str]:
    if colour is None:
        figure = distributions(_film.snapshots, number)
        alt = _numbers_in_words(_film.snapshots[number], _film.snapshots[0])
    else:
        movies = _ratings.item_stats().iloc[_film.item_idx].reset_index(drop=True)
        figure, alt = film_map(_film, number, movies, colour), _map_in_words(_film, number, movies)
    drawing = Drawing.of(figure)
    server.freeze_gc("film")
    return drawing, alt


def _map_in_words(film: Film, number: int, movies: pd.DataFrame) -> str:
    across = film.positions[number, :, 0]
    order, titles = np.argsort(across, kind="stable"), movies["title"].to_numpy()
    return (
        f"{len(movies):,} movies {epoch_name(film.snapshots[number].epoch)}, on two components with "
        f"{film.snapshots[number].explained_variance_ratio.sum():.0%} of the variance of the factors; spread "
        f"{film.spread(number):.2g}, {epoch_name(film.snapshots[0].epoch)} {film.spread(0):.2g}. Highest on component "
        f"1: {'; '.join(titles[order[:-4:-1]])}. Lowest: {'; '.join(titles[order[:3]])}."
    )


def _numbers_in_words(now: Snapshot, first: Snapshot) -> str:
    said = [f"Histograms {epoch_name(now.epoch)}, in brackets {epoch_name(first.epoch)}"]
    for noun, name in (("movies", "item"), ("users", "user")):
        norm, before = getattr(now, f"{name}_norm"), getattr(first, f"{name}_norm")
        said.append(f"mean norm of the {noun}' factors {norm.mean():.2f} ({before.mean():.2f})")
        bias, before = getattr(now, f"{name}_bias"), getattr(first, f"{name}_bias")
        if bias is not None:
            said.append(f"standard deviation of the {noun}' biases {bias.std():.2f} ({before.std():.2f})")
    return "; ".join(said) + "."
