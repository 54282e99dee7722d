"""The chart of error slices: a mark for each, its interval, the means beside it, and the ratings behind it."""

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.errors.slices import slice_chart

FRAME = pd.DataFrame(
    {
        "slice": ["never", "1", "2–4", "<b>5+"],
        "n_ratings": [742, 3, 1_525, 12_345],
        "rmse": [1.0, 2.5, 0.9, 0.8],
        "mae": [0.8, 2.4, 0.7, 0.6],
        "mean_residual": [0.1, -2.4, 0.0, -0.05],
        "low": [0.95, np.nan, 0.85, 0.79],
        "high": [1.04, np.nan, 0.96, 0.81],
        "rival_rmse": [1.1, 0.5, 0.9, 0.78],
        "rival_mae": [0.9, 0.4, 0.7, 0.55],
        "standing": ["better", "too few to tell", "no clear difference", "worse"],
    }
)


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def test_a_mark_for_each_slice_by_how_it_stands() -> None:
    found = traces(slice_chart(FRAME, "rmse", 0.87, "number of training ratings"))
    model = {name.removeprefix("model, "): trace for name, trace in found.items() if name.startswith("model")}
    assert {name: (list(trace.x), list(trace.y)) for name, trace in model.items()} == {
        "better than the means": ([0], [1.0]),
        "no clear difference": ([2], [0.9]),
        "worse than the means": ([3], [0.8]),
    }
    interval = model["better than the means"].error_y
    assert (list(interval.array), list(interval.arrayminus)) == ([0.04], [0.05])
    assert (list(found["user and movie means"].x), list(found["user and movie means"].y)) == (
        [0, 2, 3],
        [1.1, 0.9, 0.78],
    )


def test_the_numbers_behind_every_slice_are_in_sight() -> None:
    figure = slice_chart(FRAME, "rmse", 0.87, "genre")
    counts = traces(figure)["ratings"]
    assert list(counts.y) == [742, 3, 1_525, 12_345]
    assert list(counts.text) == ["742", "3", "1.5k", "12k"]
    assert [("too few" in text) for text in counts.customdata] == [False, True, False, False]
    assert list(figure.layout.xaxis.ticktext) == ["never", "1", "2–4", "&lt;b>5+"]


def test_the_axis_fits_what_is_drawn() -> None:
    low, high = slice_chart(FRAME, "rmse", 0.87, "genre").layout.yaxis.range
    assert 0.5 < low < 0.78 and 1.1 < high < 1.3


def test_the_line_is_all_ratings_and_its_label_lies_over_no_mark() -> None:
    """On a phone the plot is so narrow that a label at any end of the line would."""
    figure = slice_chart(FRAME, "rmse", 0.87, "genre")
    (line,) = figure.layout.shapes
    assert (line.x0, line.x1, line.y0, line.y1) == (0, 1, 0.87, 0.87)
    assert (line.name, line.showlegend, line.label.text) == ("all ratings: 0.870", True, None)
    assert not figure.layout.annotations


def test_mae() -> None:
    figure = slice_chart(FRAME, "mae", 0.66, "decade")
    assert figure.layout.title.text == "MAE by decade"
    assert figure.layout.yaxis.title.text == "MAE (stars)"
    assert list(traces(figure)["model, better than the means"].y) == [0.8]


@pytest.mark.parametrize("rows", [[1], [0]])
def test_a_single_slice_is_drawn_even_on_few_ratings(rows: list[int]) -> None:
    figure = slice_chart(FRAME.iloc[rows], "rmse", 1.0, "genre")
    (model,) = [trace for trace in figure.data if trace.name.startswith("model")]
    assert (list(model.x), list(model.y)) == ([0], FRAME["rmse"].iloc[rows].tolist())
    low, high = figure.layout.yaxis.range
    assert low < model.y[0] < high
