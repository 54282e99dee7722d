import pandas as pd
import pytest

from cf_core.charts.ranks.leaderboard import leaderboard_bars

FRAME = pd.DataFrame(
    {
        "rank": [1, 2, 3],
        "item_id": [318, 858, 1],
        "title": ["Shawshank Redemption, The (1994)", "Hamlet (1996)", "Hamlet (1990)"],
        "bias": [1.3, 1.2, -0.5],
        "n_ratings": [311, 200, 1_247],
        "mean_rating": [4.487, 4.4, 3.9],
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
    assert tuple(bars.customdata[0]) == ("Shawshank Redemption, The (1994)", 311, 4.487, 0, 318)
    assert all(part in bars.hovertemplate for part in ("customdata[0]", "rank %{y}", "%{x:+.3f} logits", "ratings"))


@pytest.mark.parametrize(("order", "title"), [("best", "Best movies by bias"), ("worst", "Worst movies by bias")])
def test_titles_and_unit(order, title) -> None:
    figure = leaderboard_bars(FRAME, order, unit="stars")
    assert figure.layout.title.text == title
    assert figure.layout.xaxis.title.text == "movie bias (stars)"
    assert figure.data[0].name == f"{order} movies"


def test_the_bias_stands_beside_each_bar() -> None:
    figure = leaderboard_bars(FRAME, "best")
    assert list(figure.layout.yaxis2.ticktext) == ["+1.30", "+1.20", "-0.50"]
    assert figure.layout.yaxis2.range == figure.layout.yaxis.range


def test_whiskers_of_one_standard_error_fit_on_the_axis() -> None:
    sure = leaderboard_bars(FRAME, "best")
    assert sure.data[0].error_x.array is None
    assert "±" not in sure.data[0].hovertemplate
    figure = leaderboard_bars(FRAME.assign(standard_error=[0.05, 0.4, 0.25]), "best")
    bars = figure.data[0]
    assert list(bars.error_x.array) == [0.05, 0.4, 0.25]
    assert "± %{customdata[3]:.3f}" in bars.hovertemplate
    assert bars.customdata[1][3] == 0.4
    low, high = figure.layout.xaxis.range
    assert low < -0.75 and high > 1.6
    assert low < sure.layout.xaxis.range[0] and high > sure.layout.xaxis.range[1]


def test_height_grows_with_the_movies() -> None:
    assert leaderboard_bars(FRAME, "best").layout.height == 110 + 24 * 4
    assert leaderboard_bars(pd.concat([FRAME] * 5), "best").layout.height == 110 + 24 * 15
