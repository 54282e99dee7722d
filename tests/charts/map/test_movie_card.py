import numpy as np
import pandas as pd

from cf_core.charts.map.movie_card import place_on_map

MOVIES = pd.DataFrame({"title": ["Heat (1995)", "Alien (1979)", "A <b> (2000)"]})
XY = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])


def test_all_movies_faint_the_movie_and_its_neighbours_marked() -> None:
    cloud, near, movie = place_on_map(MOVIES, XY, ("component 1", "component 2"), 1, [2]).data
    assert (len(cloud.x), cloud.hoverinfo) == (3, "skip")
    assert cloud.marker.opacity < 0.5
    assert (list(movie.x), list(movie.y), list(movie.customdata)) == ([2], [3], ["Alien (1979)"])
    assert (list(near.x), list(near.y), list(near.customdata)) == ([4], [5], ["A &lt;b> (2000)"])


def test_axes_are_named() -> None:
    figure = place_on_map(MOVIES, XY, ("across", "up"), 0)
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("across", "up")
    assert not len(figure.data[1].x)
