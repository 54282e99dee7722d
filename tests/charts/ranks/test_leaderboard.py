import pandas as pd
import pytest

from cf_core.charts.ranks.leaderboard import leaderboard_bars
from cf_core.charts.style import DIVERGING

FRAME = pd.DataFrame(
    {
        "rank": [1, 2, 3],
        "item_id": [318, 858, 1],
        "title": ["Shawshank Redemption, The (1994)", "Hamlet (1996)", "Hamlet (1990)"],
        "bias": [1.3, 1.2, -0.5],
        "n_ratings": [311, 200, 1_247],
        "mean_rating": [4.487, 4.4, 3.9],
        "in_stars": [0.9123, 0.85, -0.4],
    }
)


def test_rank_1_is_at_the_top_and_equal_titles_stay_apart() -> None:
    figure = leaderboard_bars(FRAME, "best")
    bars = figure.data[0]
    assert (list(bars.x), list(bars.y), bars.orientation) == ([1.3, 1.2, -0.5], [1, 2, 3], "h")
    bottom, top = figure.layout.yaxis.range
    assert bottom > 3 > 1 > top
    assert list(figure.layout.yaxis.ticktext) == ["Shawshank Redemption", "Hamlet", "Hamlet"]


def test_hover_has_title_and_all_numbers() -> None:
    bars = leaderboard_bars(FRAME, "best").data[0]
    assert tuple(bars.customdata[0]) == ("Shawshank Redemption, The (1994)", 311, 4.487, 0, 0.91, 1, 318)
    parts = ("<b>%{customdata[0]}", "rank %{customdata[5]}", "%{x:+.3f} logits", "about %{customdata[4]:+.1f} stars")
    assert all(part in bars.hovertemplate for part in (*parts, "ratings"))
    assert "about" not in leaderboard_bars(FRAME, "best", "stars").data[0].hovertemplate


@pytest.mark.parametrize(
    ("part", "title", "name"),
    [
        ("best", "Best: highest bias (stars)", "best movies"),
        ("worst", "Worst: lowest bias (stars)", "worst movies"),
        ("all", "From best to worst (stars)", "movies"),
    ],
)
def test_titles_and_unit(part, title: str, name: str) -> None:
    figure = leaderboard_bars(FRAME, part)
    assert figure.layout.title.text == title
    assert figure.data[0].name == name


def test_titles_stand_on_the_bars_where_these_begin() -> None:
    best, worst, all_of_them = (leaderboard_bars(FRAME, part).layout for part in ("best", "worst", "all"))
    assert (best.yaxis.side, best.yaxis.ticklabelposition, best.yaxis2.side) == ("left", "inside", "right")
    assert (worst.yaxis.side, worst.yaxis.ticklabelposition, worst.yaxis2.side) == ("right", "inside", "left")
    assert (all_of_them.yaxis.side, all_of_them.yaxis.ticklabelposition) == ("left", "outside")


def test_colours_go_from_low_to_high_bias_as_on_the_map() -> None:
    marker = leaderboard_bars(FRAME, "best", far=2.0).data[0].marker
    assert (list(marker.color), marker.cmin, marker.cmax) == ([1.3, 1.2, -0.5], -2.0, 2.0)
    assert [color for _, color in marker.colorscale] == list(DIVERGING)
    assert leaderboard_bars(FRAME, "best").data[0].marker.cmax == 1.3


def test_beside_each_bar_stands_what_the_bias_is_worth_in_stars() -> None:
    figure = leaderboard_bars(FRAME, "best")
    assert list(figure.layout.yaxis2.ticktext) == ["+0.91", "+0.85", "-0.40"]
    assert figure.layout.yaxis2.range == figure.layout.yaxis.range


def test_whiskers_of_one_standard_error_fit_on_the_axis() -> None:
    sure = leaderboard_bars(FRAME, "best")
    assert "standard error" not in {trace.name for trace in sure.data}
    assert "±" not in sure.data[0].hovertemplate
    figure = leaderboard_bars(FRAME.assign(standard_error=[0.05, 0.4, 0.25]), "best")
    bars, whiskers = figure.data[:2]
    assert list(whiskers.error_x.array) == [0.05, 0.4, 0.25]
    assert list(whiskers.x) == list(bars.x)
    assert all(0 < below - rank < 0.5 for below, rank in zip(whiskers.y, bars.y, strict=True))
    assert "± %{customdata[3]:.3f}" in bars.hovertemplate
    assert bars.customdata[1][3] == 0.4
    low, high = figure.layout.xaxis.range
    assert low < -0.75 and high > 1.6
    assert low < sure.layout.xaxis.range[0] and high > sure.layout.xaxis.range[1]


def test_height_grows_with_the_movies() -> None:
    assert leaderboard_bars(FRAME, "best").layout.height == 44 + 29 * 3
    assert leaderboard_bars(pd.concat([FRAME] * 5), "best").layout.height == 44 + 29 * 15


def test_one_long_list_stays_on_the_screen() -> None:
    assert leaderboard_bars(pd.concat([FRAME] * 9), "all").layout.height <= 500
