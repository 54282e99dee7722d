import numpy as np
import pandas as pd

from cf_core.charts.map.person_on_map import person_on_map

MOVIES = pd.DataFrame({"title": ["Heat (1995)", "Alien (1979)", "A <b> (2000)"], "n_ratings": [9, 5, 2]})
XY = np.array([[0.0, 1.0], [2.0, 3.0], [-4.0, 5.0]])
WAY = np.array([[0.0, 0.0], [1.0, 9.0]])


def figure(way=WAY, steps=("4 stars for A <b> (2000)",)):
    return person_on_map(MOVIES, XY, np.array([3.0, 4.0, 2.5]), way, steps, "<i>You", (0.3, 0.1))


def test_movies_coloured_by_what_is_predicted() -> None:
    movies = figure().data[0]
    assert (list(movies.x), list(movies.marker.color)) == ([0, 2, -4], [3, 4, 2.5])
    assert movies.customdata[2] == "A &lt;b> (2000)"
    assert "stars" in movies.hovertemplate and "stars" in movies.marker.colorbar.title.text


def test_the_way_begins_in_the_middle_and_ends_at_the_person() -> None:
    _, _, line, here = figure().data
    assert list(zip(line.x, line.y, strict=True)) == [(0, 0), (1, 9)]
    assert list(line.customdata) == ["without a rating", "after 1: 4 stars for A &lt;b> (2000)"]
    assert (list(here.x), list(here.y), list(here.text)) == ([1], [9], ["<b>&lt;i>You</b>"])


def test_the_axes_hold_movies_and_way_and_say_what_they_are() -> None:
    look = figure().layout
    assert look.xaxis.range[0] < -4 and look.yaxis.range[1] > 9
    assert look.xaxis.title.text == "taste 1 (30% of the differences)"


def test_nobody_has_moved_without_a_rating() -> None:
    _, _, line, here = figure(WAY[:1], ()).data
    assert len(line.x) == 1 and list(here.customdata) == ["without a rating"]
