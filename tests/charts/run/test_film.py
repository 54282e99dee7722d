"""The pictures of a film: the same axes, hover and names in every epoch, and what moves."""

import json

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.run.distributions import N_BINS, distributions
from cf_core.charts.run.film import N_NAMED, epoch_name, film_map, nice_range
from cf_core.insight.film import Film
from cf_core.insight.snapshot import Snapshot

N, USERS = 40, 8


def make(epoch: int, biases: bool = True) -> Snapshot:
    """After `epoch` epochs the cloud is that many times as wide; epoch 0 is a tight start."""
    draw, size = np.random.default_rng(3), max(epoch, 0.05)
    cloud = draw.normal(size=(N, 2)).astype(np.float32)
    return Snapshot(
        epoch=epoch,
        item_idx=np.arange(N, dtype=np.int32),
        positions=size * (cloud - cloud.mean(axis=0)),
        explained_variance_ratio=np.array([0.4, 0.125], np.float32),
        item_norm=np.full(N, 1 + epoch, np.float32),
        user_norm=np.full(USERS, 2 + epoch, np.float32),
        item_bias=np.full(N, -0.1 * epoch, np.float32) if biases else None,
        user_bias=np.linspace(0, 0.1 * epoch, USERS, dtype=np.float32) if biases else None,
        bias_unit="logits" if biases else "stars",
    )


def film(*epochs: int, biases: bool = True) -> Film:
    return Film.of([make(epoch, biases) for epoch in epochs], np.linspace(2, 4, N))


def movies() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "item_id": range(N),
            "title": [f"Movie {i} (19{50 + i})" for i in range(N)],
            "year": pd.array([None, *range(1951, 1950 + N)], dtype="Int64"),
            "genres": ["Drama|War", "<Odd>"] * (N // 2),
            "n_ratings": range(1_000 + N, 1_000, -1),
            "mean_rating": np.linspace(2, 4, N),
        }
    )


def by_name(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


@pytest.mark.parametrize("colour", ["genre", "mean rating"])
def test_of_one_film_all_pictures_have_the_same_axes_hover_and_traces(colour):
    whole = film(0, 1, 4)
    first, last = (json.loads(film_map(whole, number, movies(), colour).to_json()) for number in (0, 2))
    for name in ("xaxis", "yaxis", "uirevision", "height"):
        assert first["layout"][name] == last["layout"][name]
    low, high = first["layout"]["xaxis"]["range"]
    assert low < whole.positions[:, :, 0].min() and whole.positions[:, :, 0].max() < high
    for one, other in zip(first["data"], last["data"], strict=True):
        assert one.keys() == other.keys()
        assert {name for name in one if one[name] != other[name]} <= {"x", "y", "customdata"}
    assert first["data"][0]["x"] != last["data"][0]["x"]


def test_positions_are_those_of_the_epoch():
    whole = film(0, 1, 4)
    trace = film_map(whole, 1, movies(), "mean rating").data[0]
    assert np.array_equal(np.column_stack([trace.x, trace.y]), whole.positions[1])
    assert trace.marker.color == pytest.approx(np.linspace(2, 4, N), abs=1e-6)
    assert trace.marker.colorbar.title.text == "stars"


def test_every_movie_is_drawn_once_in_the_colour_of_its_genre():
    traces = by_name(film_map(film(0, 1), 1, movies()))
    assert {"Drama", "&lt;Odd>", "path so far", "titles"} == set(traces)
    assert len(traces["Drama"].x) == len(traces["&lt;Odd>"].x) == N // 2


def test_hover_names_the_movie_and_its_bias_at_that_epoch():
    traces = by_name(film_map(film(0, 3), 1, movies()))
    assert traces["Drama"].hovertext[0] == "<b>Movie 0 (1950)</b><br>Drama, War<br>1,040 ratings, mean 2.00 stars"
    assert traces["&lt;Odd>"].hovertext[0].startswith("<b>Movie 1 (1951)</b><br>1951 · &lt;Odd><br>1,039 ratings")
    assert traces["Drama"].customdata == pytest.approx([-0.3] * (N // 2))
    assert "%{hovertext}<br>bias %{customdata:+.2f} logits" in traces["Drama"].hovertemplate
    bare = film_map(film(0, biases=False), 0, movies()).data[0]
    assert "bias" not in bare.hovertemplate and bare.customdata is None


def test_the_most_rated_movies_are_named_and_have_a_trail_up_to_the_epoch():
    whole = film(0, 1, 4)
    traces = by_name(film_map(whole, 1, movies()))
    assert traces["titles"].text[:2] == ("Movie 0", "Movie 1") and len(traces["titles"].text) == N_NAMED
    assert np.array_equal(traces["titles"].x, whole.positions[1, :N_NAMED, 0])
    ways = np.array(traces["path so far"].y).reshape(N_NAMED, 3)  # two epochs and a gap
    assert np.array_equal(ways[:, :2], whole.positions[:2, :N_NAMED, 1].T)
    assert np.isnan(ways[:, 2]).all()


def test_the_title_says_which_epoch_and_how_much_of_it_is_seen():
    whole = film(0, 4)
    start, end = (film_map(whole, number, movies()).layout.title for number in (0, 1))
    assert start.text == f"{N} movies at the random start"
    assert end.text == f"{N} movies after epoch 4"
    assert film_map(whole, 1, movies()).layout.xaxis.title.text == "component 1 (with 2: 52% of the variance)"
    assert epoch_name(0) == "at the random start"


def test_axes_end_at_round_numbers_and_grow_rarely():
    assert nice_range(np.array([-0.71, 1.13])) == pytest.approx([-0.8, 1.2])
    assert nice_range(np.array([-0.72, 1.14])) == pytest.approx([-0.8, 1.2])
    assert nice_range(np.array([2.0, 2.0])) == [1, 3]


def test_distributions_by_hand():
    snapshots = film(0, 1, 3).snapshots
    figure = distributions(snapshots, 2, "bias")
    biases, users = figure.data[:2]
    norms, user_norms = distributions(snapshots, 2, "norm").data[:2]
    assert figure.layout.title.text == "Bias after epoch 3"
    assert (biases.name, users.name, norms.name, user_norms.name) == ("movies", "users", "movies", "users")
    # All movies have the bias -0.3, the norm 4; all users the norm 5.
    for trace, value in ((biases, -0.3), (norms, 4), (user_norms, 5)):
        (full,) = np.flatnonzero(trace.y)
        assert trace.y[full] == 100
        assert abs(trace.x[full] - value) <= (trace.x[1] - trace.x[0]) * 0.51
    assert sum(users.y) == pytest.approx(100) and max(users.y) <= 2 * 100 / USERS
    assert figure.layout.xaxis2.title.text == "bias (logits)"
    assert "norm" in distributions(snapshots, 2, "norm").layout.xaxis2.title.text


@pytest.mark.parametrize("measure", ["bias", "norm"])
def test_distributions_have_the_same_bins_axes_and_start_in_every_epoch(measure):
    snapshots = film(0, 1, 3).snapshots
    one, other = (json.loads(distributions(snapshots, number, measure).to_json()) for number in (0, 2))
    assert {name for name in one["layout"] if one["layout"][name] != other["layout"][name]} == {"title"}
    bars, outlines = one["data"][:2], one["data"][2:]
    assert [trace["x"] for trace in bars] == [trace["x"] for trace in other["data"][:2]]
    assert outlines == other["data"][2:]
    assert [trace["y"] for trace in bars] != [trace["y"] for trace in other["data"][:2]]
    figure = distributions(snapshots, 2, measure)
    assert len(figure.data[0].x) == N_BINS
    start = distributions(snapshots, 0, measure).data[0]
    assert list(figure.data[2].y[:-1]) == list(start.y), "the outline is the start's"


def test_a_model_without_biases_shows_norms_alone():
    figure = distributions(film(0, 1, biases=False).snapshots, 1, "bias")
    assert figure.layout.title.text == "Norm after epoch 1"
    assert len(figure.data) == 4
    assert "bias" not in figure.to_json()
