import pandas as pd

from cf_core.charts.map.similar import norm_cloud

MOVIES = pd.DataFrame(
    {"title": ["A <1>", "B", "C", "D"], "n_ratings": [300, 20, 100, 3], "norm": [1.5, 0.25, 1.0, 0.125]}
)


def test_neighbours_stand_where_their_ratings_and_norms_put_them() -> None:
    figure = norm_cloud(MOVIES, 0, {"cosine": [1, 3], "dot": [2], "distance": []})
    traces = {trace.name: trace for trace in figure.data}
    assert traces["all movies"].x == (300, 20, 100, 3)
    assert (traces["by cosine"].x, traces["by cosine"].y) == ((20, 3), (0.25, 0.125))
    assert traces["by dot"].customdata == ("C",)
    assert len(traces["by distance"].x) == 0
    assert traces["the movie"].customdata == ("A &lt;1>",)
    assert figure.layout.xaxis.type == "log"
    assert "ratings" in figure.layout.xaxis.title.text


def test_the_measures_can_be_told_apart() -> None:
    traces = norm_cloud(MOVIES, 0, {"cosine": [1], "dot": [1], "distance": [1]}).data[1:4]
    assert len({trace.marker.symbol for trace in traces}) == len({trace.marker.size for trace in traces}) == 3
