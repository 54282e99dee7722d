"""The slope chart: where lines go, what they say, and labels that keep apart."""

import pandas as pd
import pytest

from cf_core.charts.ranks.slope import MOST, slope_chart
from cf_core.charts.style import BLUE, GREY, ORANGE

FRAME = pd.DataFrame(
    {
        "item_id": [1, 2, 3],
        "title": ["Heat (1995)", "Matrix, The (1999)", "A <b> (2000)"],
        "mean_rank": [1, 900, 2_000],
        "mean_rating": [4.5, 3.9, 3.0],
        "bias_rank": [1_000, 20, 2_000],
        "bias": [0.1, 0.9, -0.2],
        "rise": [-999, 880, 0],
        "rater_mean": [3.9, 3.4, 3.6],
        "n_ratings": [5, 259, 12],
    }
)


def lines(figure) -> dict[str, object]:
    return {trace.name: trace for trace in figure.data if trace.name != "labels"}


def test_a_line_from_rank_to_rank_in_the_colour_of_its_move() -> None:
    found = lines(slope_chart(FRAME, 3_000))
    rises, falls, keeps = found["rises (1)"], found["falls (1)"], found["keeps its rank (1)"]
    assert (list(rises.x), list(rises.y)) == ([0, 1, None], [900, 20, None])
    assert list(falls.y) == [1, 1_000, None]
    assert list(keeps.y) == [2_000, 2_000, None]
    assert [trace.line.color for trace in (rises, falls, keeps)] == [ORANGE, BLUE, GREY]


def test_hover_names_the_movie_the_ranks_and_the_raters() -> None:
    rises = lines(slope_chart(FRAME, 3_000))["rises (1)"]
    assert list(rises.customdata[0]) == [2, "Matrix, The (1999)", 900, 3.9, 20, 0.9, 3.4, 259]
    assert all(f"customdata[{i}]" in rises.hovertemplate for i in range(1, 8))
    keeps = lines(slope_chart(FRAME, 3_000))["keeps its rank (1)"]
    assert keeps.customdata[0][1] == "A &lt;b> (2000)"


def test_both_axes_have_one_scale_with_rank_1_on_top() -> None:
    figure = slope_chart(FRAME, 3_000)
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    bottom, top = figure.layout.yaxis.range
    assert bottom > 2_000 > 1 > top
    assert [text.split("  ")[1] for text in figure.layout.yaxis.ticktext] == ["1", "900", "2,000"]
    assert [text.split("  ")[0] for text in figure.layout.yaxis.ticktext][:2] == ["Heat", "Matrix"]
    assert [text.split("  ")[1] for text in figure.layout.yaxis2.ticktext][:2] == ["Heat", "Matrix"]


@pytest.mark.parametrize(("among", "says"), [(3, "3 movies, ranked among themselves"), (3_000, "among 3,000")])
def test_it_says_among_how_many(among: int, says: str) -> None:
    assert says in slope_chart(FRAME, among).layout.title.subtitle.text


def test_a_move_that_nobody_makes_is_not_in_the_legend() -> None:
    found = lines(slope_chart(FRAME.iloc[:2], 3_000))
    assert not found["keeps its rank (0)"].showlegend


def test_it_grows_with_the_movies_and_takes_one() -> None:
    heights = [slope_chart(pd.concat([FRAME] * k).head(n), n).layout.height for k, n in ((1, 1), (2, 6), (10, MOST))]
    assert heights == sorted(set(heights))
