import json
import math

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.data.ratings import DIGITS, STARS, crosstab_heatmap, long_tail, rating_histogram
from cf_core.charts.style import FADED, ramp


def hover_names(figure, *parts: str) -> bool:
    return all(part in figure.data[0].hovertemplate for part in parts)


def test_rating_histogram() -> None:
    figure = rating_histogram(pd.DataFrame({"rating": [0.5, 1.0, 5.0], "n_ratings": [1, 2, 7]}))
    bars = figure.data[0]
    assert (list(bars.x), list(bars.y), list(bars.customdata)) == ([0.5, 1.0, 5.0], [1, 2, 7], [0.1, 0.2, 0.7])
    assert figure.layout.title.text == "How often each rating was given"
    assert list(bars.text) == ["10%", "20%", "70%"]
    assert figure.layout.xaxis.title.text == "rating (stars)"
    assert hover_names(figure, "%{y:,} ratings", "of all")
    assert "%{x}" not in bars.hovertemplate  # the axis says it


def tail(n: int) -> pd.DataFrame:
    counts = np.arange(n, 0, -1)
    shares = counts.cumsum() / counts.sum()
    frame = pd.DataFrame({"rank": np.arange(1, n + 1), "id": np.arange(n) + 100, "n_ratings": counts})
    return frame.assign(title=[f"Movie {i} (2000)" for i in range(n)], share_cumulative=shares)


def test_long_tail_of_movies_names_them_and_their_share() -> None:
    figure = long_tail(tail(20), "item")
    line = figure.data[0]
    assert list(line.x) == list(range(1, 21))
    assert tuple(line.customdata[0]) == ("Movie 0 (2000)", 100, round(20 / 210, 4))
    assert figure.layout.title.subtitle.text == "the most rated tenth of movies holds 19% of the ratings"  # 39 / 210
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    assert figure.layout.xaxis.title.text == "rank of the movie, most ratings first"


def test_long_tail_of_users_without_titles_on_linear_axes() -> None:
    figure = long_tail(tail(20).drop(columns="title"), "user", axes="linear")
    assert figure.data[0].customdata[3][0] == "user 103"
    assert figure.layout.xaxis.type == "linear"
    assert figure.layout.title.text == "Ratings per user"


@pytest.mark.parametrize("axes", ["log", "linear"])
def test_long_tail_is_thinned_and_keeps_its_ends(axes) -> None:
    ranks = list(long_tail(tail(9_066), "item", axes=axes).data[0].x)
    assert len(ranks) <= 600
    assert (ranks[0], ranks[-1]) == (1, 9_066)
    assert ranks == sorted(set(ranks))


def test_the_selected_stands_out_in_the_long_tail_whatever_its_rank() -> None:
    line = long_tail(tail(9_066), "item", selected=5_100).data[0]
    (place,) = (i for i, opacity in enumerate(line.marker.opacity) if opacity == 1)
    assert (line.x[place], line.customdata[place][1]) == (5_001, 5_100)
    assert long_tail(tail(20), "item").data[0].marker.opacity == 1


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("color", ramp(STARS, 19))
def test_digits_can_be_read_in_every_cell(color: str) -> None:
    assert (luminance(color) + 0.05) / (luminance(DIGITS) + 0.05) >= 4.5


def test_empty_long_tail() -> None:
    assert len(long_tail(tail(20).iloc[:0], "item").data[0].x) == 0


TABLE = pd.DataFrame(
    [[5.0, math.nan, 3.5], [math.nan, 4.0, 0.5]],
    index=pd.Index([547, 15], name="user_id"),
    columns=pd.Index([260, 1196, 1], name="item_id"),
)
TITLES = {
    260: "Star Wars: Episode IV - A New Hope (1977)",
    1196: "Star Wars: Episode V - The Empire Strikes Back (1980)",
}


def test_crosstab_keeps_blanks_blank() -> None:
    cells = crosstab_heatmap(TABLE, TITLES).data[0]
    assert [list(row) for row in cells.z] == [[5.0, None, 3.5], [None, 4.0, 0.5]]
    assert [list(row) for row in cells.text] == [["5", "", "3.5"], ["", "4", "0.5"]]
    assert cells.hoverongaps is False
    assert json.loads(crosstab_heatmap(TABLE, TITLES).to_json())["data"][0]["z"][0][1] is None


def test_crosstab_axes_are_categories_with_distinct_short_titles() -> None:
    figure = crosstab_heatmap(TABLE, TITLES)
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("category", "category")
    assert list(figure.data[0].y) == ["547", "15"]
    assert list(figure.data[0].x) == ["Star Wars: Episode… 260", "Star Wars: Episode… 1196", "movie 1"]
    assert figure.layout.yaxis.title.text == "user id"


def test_crosstab_hover_has_the_full_title_user_and_rating() -> None:
    figure = crosstab_heatmap(TABLE, TITLES)
    assert tuple(figure.data[0].customdata[0][0]) == (TITLES[260], "260")
    assert hover_names(figure, "%{customdata[0]}", "user %{y}", "%{hovertext}")
    assert list(figure.data[0].hovertext[0]) == ["5 stars", "", "3.5 stars"]


@pytest.mark.parametrize(("n", "numbers"), [(20, True), (21, False)])
def test_crosstab_writes_numbers_where_they_fit(n: int, numbers: bool) -> None:
    table = pd.DataFrame(np.full((n, n), 3.0), index=range(n), columns=range(n))
    figure = crosstab_heatmap(table, {})
    assert (figure.data[0].texttemplate == "%{text}") is numbers
    assert (figure.layout.xaxis.dtick == 1) is numbers


def test_crosstab_colours_may_span_the_rating_range() -> None:
    cells = crosstab_heatmap(TABLE, TITLES, rating_range=(0.5, 5.0)).data[0]
    assert (cells.zmin, cells.zmax) == (0.5, 5.0)
    assert crosstab_heatmap(TABLE, TITLES).data[0].zmin is None


def test_the_selected_rating_stands_out() -> None:
    frame = pd.DataFrame({"rating": [0.5, 1.0, 5.0], "n_ratings": [1, 2, 7]})
    assert list(rating_histogram(frame, selected=1.0).data[0].marker.opacity) == [FADED, 1, FADED]
    assert rating_histogram(frame).data[0].marker.opacity == 1


def test_crosstab_hover_says_when() -> None:
    when = pd.DataFrame(
        [[pd.Timestamp("2001-08-06"), pd.NaT, pd.Timestamp("1999-12-31 23:59")], [pd.NaT, pd.NaT, pd.NaT]],
        index=TABLE.index, columns=TABLE.columns,
    )  # fmt: skip
    cells = crosstab_heatmap(TABLE, TITLES, when=when).data[0]
    assert tuple(cells.customdata[0][0]) == (TITLES[260], "260", "6 August 2001")
    assert (cells.customdata[0][1][2], cells.customdata[0][2][2]) == ("", "31 December 1999")
    assert "on %{customdata[2]}" in cells.hovertemplate
    assert "customdata[2]" not in crosstab_heatmap(TABLE, TITLES).data[0].hovertemplate
