import json

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.label_places import label_places
from cf_core.charts.movie_map import movie_map
from cf_core.errors import MissingPartError

N = 40
NAMES = ("component 1", "component 2", "component 3")


def movies(**more) -> pd.DataFrame:
    first = [f"Genre{i:02}" for i in range(12) for _ in range(12 - i)][:N]
    table = pd.DataFrame(
        {
            "item_id": range(100, 100 + N),
            "title": [f"Movie {i}, The ({1960 + i})" for i in range(N)],
            "year": pd.array([1960 + i for i in range(N)], dtype="Int64"),
            "genres": [f"{genre}|Drama" for genre in first],
            "n_ratings": [10 * (i + 1) for i in range(N)],
            "mean_rating": 3.456,
        }
    )
    return table.assign(**more)


def points(n_axes: int = 2) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, n_axes))


def by_name(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def test_every_movie_is_drawn_once_under_its_first_genre() -> None:
    table = movies(genres=[f"{'ABCDEFGHIJKLM'[min(i // 3, 12)]}|Drama" for i in range(N)])
    figure = movie_map(table, points(), NAMES[:2])
    assert all(trace.name for trace in figure.data)
    assert len(figure.data) == 11
    assert sum(len(trace.x) for trace in figure.data) == N
    assert len(by_name(figure)["M"].x) == 4  # the most frequent genre
    assert len(by_name(figure)["other"].x) == 9


def test_no_genres_listed_is_named() -> None:
    figure = movie_map(movies(genres="(no genres listed)"), points(), NAMES[:2])
    assert [trace.name for trace in figure.data] == ["no genre listed"]


def test_hover_names_the_movie() -> None:
    figure = movie_map(movies(bias=0.1234), points(), NAMES[:2])
    trace = figure.data[0]
    facts = {row[0]: list(row[1:]) for t in figure.data for row in t.customdata}
    assert facts["Movie 0, The (1960)"] == ["1960", "Genre00, Drama", 10, 3.46, 0.123]
    for part in ("customdata[0]", "customdata[2]", "ratings", "stars", "bias", "component 1 %{x", "component 2 %{y"):
        assert part in trace.hovertemplate
    assert "bias" not in movie_map(movies(), points(), NAMES[:2]).data[0].hovertemplate


@pytest.mark.parametrize(("n_axes", "kind"), [(2, "scattergl"), (3, "scatter3d")])
def test_axes_have_their_names(n_axes: int, kind: str) -> None:
    figure = movie_map(movies(), points(n_axes), NAMES[:n_axes], "popularity")
    assert figure.data[0].type == kind
    place = figure.layout if n_axes == 2 else figure.layout.scene
    axes = (place.xaxis, place.yaxis) if n_axes == 2 else (place.xaxis, place.yaxis, place.zaxis)
    assert tuple(axis.title.text for axis in axes) == NAMES[:n_axes]
    assert figure.layout.title.text == "40 movies by number of ratings"


def test_movies_without_a_year_are_grey_and_named() -> None:
    table = movies()
    table.loc[[3, 5], "year"] = pd.NA
    traces = by_name(movie_map(table, points(), NAMES[:2], "year"))
    assert len(traces["no year"].x) == 2
    assert len(traces["movies"].x) == N - 2
    assert traces["movies"].marker.colorbar.title.text == "year"
    assert [row[1] for row in traces["no year"].customdata] == ["no year", "no year"]


def test_popularity_is_logarithmic_with_readable_ticks() -> None:
    marker = movie_map(movies(), points(), NAMES[:2], "popularity").data[0].marker
    assert marker.color[0] == pytest.approx(1)
    assert marker.colorbar.ticktext == ("10", "20", "50", "100", "200")
    assert marker.colorbar.title.text == "ratings"


def test_bias_is_centred_on_zero() -> None:
    marker = movie_map(movies(bias=np.linspace(-1, 0.4, N)), points(), NAMES[:2], "bias").data[0].marker
    assert marker.cmin == -marker.cmax


def test_bias_of_a_model_without_one() -> None:
    with pytest.raises(MissingPartError, match="no movie biases"):
        movie_map(movies(), points(), NAMES[:2], "bias")


@pytest.mark.parametrize("n_axes", [2, 3])
def test_labels_and_found_movies(n_axes: int) -> None:
    xyz = points(n_axes)
    traces = by_name(movie_map(movies(), xyz, NAMES[:n_axes], labelled=[1, 2, 7], found=[7]))
    assert list(traces["titles"].text) == ["Movie 7", "Movie 1", "Movie 2"]
    assert traces["found"].customdata[0][0] == "Movie 7, The (1967)"
    assert traces["found"].x[0] == pytest.approx(xyz[7, 0], rel=1e-6)
    assert traces["found"].marker.symbol == "circle-open"


def test_coordinates_travel_as_four_byte_numbers() -> None:
    record = json.loads(movie_map(movies(), points(), NAMES[:2], "popularity").to_json())
    assert record["data"][0]["x"]["dtype"] == "f4"


def test_zoom_is_kept_between_colours_not_between_axes() -> None:
    one, two = (movie_map(movies(), points(), NAMES[:2], colour) for colour in ("genre", "year"))
    assert one.layout.uirevision == two.layout.uirevision
    assert one.layout.uirevision != movie_map(movies(), points(), NAMES[1:]).layout.uirevision


def test_labels_of_one_spot_go_to_different_sides() -> None:
    crowd = np.array([[0.0, 0.0], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [1.0, 1.0]])
    places = label_places(crowd, [1, 2, 3], ["first", "second", "third"])
    assert len(set(places)) == 3


def test_labels_stay_inside_the_plot() -> None:
    corners = np.array([[0.0, 0.0], [1.0, 1.0]])
    left, right = label_places(corners, [0, 1], ["left bottom", "right top"])
    assert "right" in left
    assert "left" in right
