import base64

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.map.movie_map import movie_map
from cf_core.charts.map.point_groups import Clusters
from cf_core.charts.style import DIVERGING, SEQUENTIAL
from cf_core.errors import ConfigError, MissingPartError

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


def layer(figure) -> dict:
    """The points of a flat map, unpacked, with the name of the trace that each belongs to."""
    sent = figure.layout.meta["points"]
    read = lambda text, dtype: np.frombuffer(base64.b64decode(text), dtype)  # noqa: E731
    styles = [sent["styles"][style] for style in read(sent["style"], "u1")]
    return {
        **sent,
        "xy": np.column_stack([read(sent["x"], "<f4"), read(sent["y"], "<f4")]),
        "trace": [figure.data[style["trace"]].name for style in styles],
        "color": [style["color"] for style in styles],
        "shape": [style["shape"] for style in styles],
        "size": read(sent["size"], "u1"),
        "details": [sent["details"]["texts"][i] for i in read(sent["details"]["index"], "<i4")],
        "fields": {field["before"] + field["after"]: read(field["values"], "<f4") for field in sent["fields"]},
    }


def test_every_movie_is_drawn_once_under_its_first_genre() -> None:
    table = movies(genres=[f"{'ABCDEFGHIJKLM'[min(i // 3, 12)]}|Drama" for i in range(N)])
    figure = movie_map(table, points(), NAMES[:2])
    assert len(figure.data) == 11
    traces = layer(figure)["trace"]
    assert traces[-4:] == ["M"] * 4  # the most frequent genre
    assert traces.count("other") == 9
    assert set(traces) == set(by_name(figure))


@pytest.mark.parametrize("colour", ["genre", "decade", "popularity"])
def test_a_space_and_a_flat_map_colour_alike(colour: str) -> None:
    flat, space = (movie_map(movies(), points(n), NAMES[:n], colour) for n in (2, 3))
    assert [trace.name for trace in flat.data] == [trace.name for trace in space.data]
    counts = {trace.name: len(trace.x) for trace in space.data}
    assert counts == {name: layer(flat)["trace"].count(name) for name in counts}


def test_no_genres_listed_is_named() -> None:
    figure = movie_map(movies(genres="(no genres listed)"), points(), NAMES[:2])
    assert [trace.name for trace in figure.data] == ["no genre listed"]


def test_the_tooltip_names_the_movie() -> None:
    sent = layer(movie_map(movies(bias=np.linspace(-1, 1, N)), points(), NAMES[:2]))
    assert sent["titles"][0] == "Movie 0, The (1960)"
    assert sent["details"][0] == "1960 · Genre00, Drama"
    assert sent["fields"][" ratings"][2] == 30
    assert sent["fields"]["mean  stars"][0] == pytest.approx(3.456)
    assert sent["fields"]["bias "][-1] == 1
    assert "bias " not in layer(movie_map(movies(), points(), NAMES[:2]))["fields"]


def test_hover_in_space_names_the_movie() -> None:
    trace = movie_map(movies(bias=0.1234), points(3), NAMES).data[0]
    assert list(trace.customdata[0])[1:] == ["1960 · Genre00, Drama", 10, 3.46, 0.123, 0]
    for part in ("customdata[0]", "customdata[2]", "ratings", "stars", "bias", "component 3 %{z"):
        assert part in trace.hovertemplate


def test_points_lie_where_their_coordinates_are() -> None:
    xy = points()
    figure = movie_map(movies(), xy, NAMES[:2])
    assert layer(figure)["xy"] == pytest.approx(xy, rel=1e-6)
    for side, axis in enumerate((figure.layout.xaxis, figure.layout.yaxis)):
        assert axis.range[0] < xy[:, side].min() < xy[:, side].max() < axis.range[1]


@pytest.mark.parametrize("n_axes", [2, 3])
def test_axes_have_their_names(n_axes: int) -> None:
    figure = movie_map(movies(), points(n_axes), NAMES[:n_axes], "popularity")
    place = figure.layout if n_axes == 2 else figure.layout.scene
    axes = (place.xaxis, place.yaxis) if n_axes == 2 else (place.xaxis, place.yaxis, place.zaxis)
    assert tuple(axis.title.text for axis in axes) == NAMES[:n_axes]


def test_decades_are_in_order_and_the_rare_oldest_are_one() -> None:
    years = pd.array([1920, 1930, *[1971] * 60, *[1999] * 38], dtype="Int64")
    table = pd.concat([movies()] * 3, ignore_index=True).iloc[:100].assign(year=years)
    table.loc[[98, 99], "year"] = pd.NA
    traces = layer(movie_map(table, np.zeros((100, 2)), NAMES[:2], "decade"))["trace"]
    assert list(dict.fromkeys(traces)) == ["1970s and before", "1990s", "no year"]
    assert [traces.count(name) for name in ("1970s and before", "1990s", "no year")] == [62, 36, 2]


def test_popularity_is_logarithmic_with_readable_ticks() -> None:
    figure = movie_map(movies(), points(), NAMES[:2], "popularity")
    marker = figure.data[0].marker
    assert (marker.cmin, marker.cmax) == pytest.approx((1, np.log10(400)))
    assert marker.colorbar.ticktext == ("10", "20", "50", "100", "200")
    assert marker.colorbar.title.text == "ratings"
    assert layer(figure)["color"][0] == SEQUENTIAL[0]
    assert layer(figure)["color"][-1] == SEQUENTIAL[-1]


def test_bias_is_centred_on_zero() -> None:
    figure = movie_map(movies(bias=np.linspace(-1, 0.4, N)), points(), NAMES[:2], "bias")
    assert figure.data[0].marker.cmin == -figure.data[0].marker.cmax
    assert layer(figure)["color"][0] == DIVERGING[0]
    assert layer(figure)["color"][-1] != DIVERGING[-1]


def test_bias_of_a_model_without_one() -> None:
    with pytest.raises(MissingPartError, match="no biases"):
        movie_map(movies(), points(), NAMES[:2], "bias")


def test_clusters_have_their_names() -> None:
    labels = np.arange(N) % 3
    clusters = Clusters(labels, ["1: more War", "2", "3"])
    figure = movie_map(movies(), points(), NAMES[:2], "cluster", clusters=clusters)
    assert layer(figure)["trace"][:4] == ["1: more War", "2", "3", "1: more War"]
    with pytest.raises(ConfigError, match="no clusters"):
        movie_map(movies(), points(), NAMES[:2], "cluster")


def test_areas_grow_with_the_number_of_ratings() -> None:
    assert set(layer(movie_map(movies(), points(), NAMES[:2]))["size"]) == {6}
    sizes = layer(movie_map(movies(), points(), NAMES[:2], sized=True))["size"].astype(int)
    assert (np.diff(sizes) >= 0).all()
    assert sizes[-1] - 2 == pytest.approx(2 * (sizes[9] - 2), abs=1)  # four times the ratings, twice the diameter
    space = movie_map(movies(), points(3), NAMES, "popularity", sized=True).data[0].marker.size
    assert list(space) == sizes.tolist()


@pytest.mark.parametrize("n_axes", [2, 3])
def test_labels_and_found_movies(n_axes: int) -> None:
    xyz = points(n_axes)
    traces = by_name(movie_map(movies(), xyz, NAMES[:n_axes], labelled=[1, 2, 7], found=[7], whole=1))
    assert list(traces["titles"].text) == ["\u2002Movie 7\u2002", "Movie 1", "Movie 2"]
    assert traces["found"].customdata[0][0] == "Movie 7, The (1967)"
    assert traces["found"].x[0] == pytest.approx(xyz[7, 0], rel=1e-6)
    assert traces["found"].marker.symbol == "circle-open"


def test_the_map_pans_to_found_movies() -> None:
    xy = points()
    target = layer(movie_map(movies(), xy, NAMES[:2], found=[7]))["pan_to"]
    for side, name in enumerate("xy"):
        low, high = target[name]
        assert (low + high) / 2 == pytest.approx(xy[7, side], rel=1e-5)
        assert high - low == pytest.approx(np.ptp(xy[:, side]) / 10, rel=1e-5)
    both = layer(movie_map(movies(), xy, NAMES[:2], found=[7, 3]))["pan_to"]
    assert both["key"] != target["key"]
    assert all(both["x"][0] < xy[row, 0] < both["x"][1] for row in (7, 3))
    assert layer(movie_map(movies(), xy, NAMES[:2]))["pan_to"] is None
    assert layer(movie_map(movies(), xy, NAMES[:2], found=[7], frame=False))["pan_to"] is None


def test_the_view_holds_a_found_movie_and_its_nearest_all_named() -> None:
    xy, near = points(), np.array([[(i + 1) % N, (i + 2) % N] for i in range(N)])
    figure = movie_map(movies(), xy, NAMES[:2], found=[7], near=near)
    target = layer(figure)["pan_to"]
    for side, name in enumerate("xy"):
        shown = xy[[7, 8, 9], side]
        low, high = target[name]
        assert low == pytest.approx(shown.min() - 0.15 * np.ptp(shown), rel=1e-4)
        assert high == pytest.approx(shown.max() + 0.15 * np.ptp(shown), rel=1e-4)
    assert [text.strip() for text in by_name(figure)["titles"].text] == ["Movie 7", "Movie 8", "Movie 9"]


def test_the_view_goes_back_to_the_whole_map_once_for_each_number() -> None:
    figures = [movie_map(movies(), points(), NAMES[:2], found=[7], whole=number) for number in (1, 1, 2)]
    targets = [layer(figure)["pan_to"] for figure in figures]
    assert targets[0] == targets[1] != targets[2]
    assert list(targets[0]["x"]) == list(figures[0].layout.xaxis.range)


def test_a_space_shows_the_found_movie_and_its_nearest() -> None:
    xyz, near = points(3), np.array([[(i + 1) % N, (i + 2) % N] for i in range(N)])
    scene = movie_map(movies(), xyz, NAMES, found=[7], near=near).layout.scene
    for side, axis in enumerate((scene.xaxis, scene.yaxis, scene.zaxis)):
        assert axis.range[0] < xyz[[7, 8, 9], side].min() < xyz[[7, 8, 9], side].max() < axis.range[1]
    assert movie_map(movies(), xyz, NAMES, found=[7], near=near, whole=1).layout.scene.xaxis.range is None


def test_the_ends_of_the_axes_are_named_beside_them() -> None:
    xy = points()
    notes = movie_map(movies(), xy, NAMES[:2], ends=True).layout.annotations
    for note, row in zip(notes, (*xy[:, 0].argsort()[[0, -1]], *xy[:, 1].argsort()[[0, -1]]), strict=True):
        assert f"Movie {row}" in note.text
    assert [note.text[0] == "←" for note in notes] == [True, False, True, False]
    assert not movie_map(movies(), xy, NAMES[:2]).layout.annotations


def test_movies_on_the_move_are_faint_and_each_step_has_axes_of_its_own() -> None:
    one, two = (movie_map(movies(), points(), NAMES[:2], step=step) for step in (1, 2))
    assert layer(one)["opacity"] < layer(movie_map(movies(), points(), NAMES[:2]))["opacity"] / 2
    assert one.layout.uirevision != two.layout.uirevision


@pytest.mark.parametrize("n_axes", [2, 3])
def test_lines_lead_to_the_nearest(n_axes: int) -> None:
    xyz, near = points(n_axes), np.array([[(i + 1) % N, (i + 2) % N] for i in range(N)])
    line = by_name(movie_map(movies(), xyz, NAMES[:n_axes], found=[7], near=near))["to the nearest"]
    assert line.x == pytest.approx([xyz[7, 0], xyz[8, 0], np.nan, xyz[7, 0], xyz[9, 0], np.nan], rel=1e-6, nan_ok=True)
    assert "to the nearest" not in by_name(movie_map(movies(), xyz, NAMES[:n_axes], near=near))
    assert "to the nearest" not in by_name(movie_map(movies(), xyz, NAMES[:n_axes], found=[7]))


def test_a_box_is_gone_once_the_selection_changes() -> None:
    maps = [movie_map(movies(), points(), NAMES[:2], selected=np.array(rows, int)) for rows in ([], [1], [1], [2])]
    none, one, same, other = (figure.layout.selectionrevision for figure in maps)
    assert one == same
    assert len({none, one, other}) == 3
    assert [layer(figure)["selected"] is None for figure in maps] == [True, False, False, False]


def test_zoom_is_kept_between_colours_not_between_axes() -> None:
    one, two = (movie_map(movies(), points(), NAMES[:2], colour) for colour in ("genre", "decade"))
    assert one.layout.uirevision == two.layout.uirevision
    assert one.layout.uirevision != movie_map(movies(), points(), NAMES[1:]).layout.uirevision
