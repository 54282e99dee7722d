"""The frames of a film, cached for all who watch it: read from the store, drawn, and described in words."""

import numpy as np
import pandas as pd

from cf_core.charts.run.distributions import Measure, distributions
from cf_core.charts.run.film import FilmColour, epoch_name, film_map
from cf_core.data.ratings import Ratings
from cf_core.insight.film import Film
from cf_core.insight.snapshot import Snapshot
from cf_core.runs.run_views import RunView
from cf_core.words import Words
from pages.shared import server
from pages.shared.cached import cache_for_all
from pages.shared.plot.figure_diff import SerializedFigure


def film_of(run_view: RunView, ratings: Ratings) -> Film | None:
    """The film as far as there is one.

    Raises:
        DataMismatchError: the run was trained on other ratings.
    """
    epochs = run_view.snapshot_epochs()
    return _film(run_view, ratings, tuple(epochs)) if epochs else None


@cache_for_all(max_entries=16)
def _film(run_view: RunView, ratings: Ratings, epochs: tuple[int, ...]) -> Film:
    run_view.run.check_data(ratings)
    return Film.of(run_view.snapshots(), ratings.item_stats()["mean_rating"].to_numpy())


@cache_for_all(max_entries=32)
def draw_frame(
    run_id: str, epochs: tuple[int, ...], number: int, picture: FilmColour | Measure, ratings: Ratings, _film: Film
) -> tuple[SerializedFigure, str]:
    """The frame of snapshot `number`, and what it says: the map in that colour, or the distributions of that measure.

    Args:
        run_id: with `epochs`, those of the film, identifies `_film`: a new epoch turns all earlier frames.
    """
    if picture == "bias" or picture == "norm":
        figure = distributions(_film.snapshots, number, picture, ratings.words)
        alt = _numbers_in_words(_film.snapshots[number], _film.snapshots[0], ratings.words)
    else:
        movies = ratings.item_stats().iloc[_film.item_idx].reset_index(drop=True)
        figure = film_map(_film, number, movies, picture, ratings.words)
        alt = _map_in_words(_film, number, movies, ratings.words)
    drawing = SerializedFigure.of(figure)
    server.freeze_gc("film")
    return drawing, alt


def _map_in_words(film: Film, number: int, movies: pd.DataFrame, words: Words) -> str:
    across = film.positions[number, :, 0]
    order, titles = np.argsort(across, kind="stable"), movies["title"].to_numpy()
    return (
        f"{words.count(len(movies))} {epoch_name(film.snapshots[number].epoch)}, on two components with "
        f"{film.snapshots[number].explained_variance_ratio.sum():.0%} of the variance of the factors; spread "
        f"{film.spread(number):.2g}, {epoch_name(film.snapshots[0].epoch)} {film.spread(0):.2g}. Highest on component "
        f"1: {'; '.join(titles[order[:-4:-1]])}. Lowest: {'; '.join(titles[order[:3]])}."
    )


def _numbers_in_words(now: Snapshot, first: Snapshot, words: Words) -> str:
    said = [f"Histograms {epoch_name(now.epoch)}, in brackets {epoch_name(first.epoch)}"]
    for noun, name in ((words.items, "item"), ("users", "user")):
        norm, before = getattr(now, f"{name}_norm"), getattr(first, f"{name}_norm")
        said.append(f"mean norm of the {noun}' factors {norm.mean():.2f} ({before.mean():.2f})")
        bias, before = getattr(now, f"{name}_bias"), getattr(first, f"{name}_bias")
        if bias is not None:
            said.append(f"standard deviation of the {noun}' biases {bias.std():.2f} ({before.std():.2f})")
    return "; ".join(said) + "."
