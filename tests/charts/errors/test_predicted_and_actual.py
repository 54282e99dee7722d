"""Calibration, the table of predicted by actual stars, residuals, and what neighbours said."""

import numpy as np
import pandas as pd
import pytest

from cf_core.charts.errors.calibration import calibration_chart
from cf_core.charts.errors.neighbours import neighbour_chart
from cf_core.charts.errors.predicted import predicted_heatmap
from cf_core.charts.errors.residuals import residual_histogram
from cf_core.insight.calibration import calibration, predicted_table


def test_calibration_beside_the_diagonal() -> None:
    bins = calibration(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 3.0, 5.0]), n_bins=2)
    diagonal, marks = calibration_chart(bins).data
    assert list(diagonal.x) == list(diagonal.y)
    assert (list(marks.x), list(marks.y), list(marks.error_y.array)) == ([1.5, 3.5], [1.5, 4.0], [0.5, 1.0])
    assert "2 ratings predicted at 3.00 to 4.00 stars" in marks.customdata[1]


def test_calibration_of_one_rating() -> None:
    figure = calibration_chart(calibration(np.array([3.0]), np.array([4.0])))
    assert list(figure.data[1].error_y.array) == [0]
    low, high = figure.layout.xaxis.range
    assert low < 3 < 4 < high


def test_the_heatmap_shares_rows_and_leaves_blanks() -> None:
    table = predicted_table(np.array([1.0, 2.0, 2.0, 2.0]), np.array([1.0, 1.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0]))
    cells, _ = predicted_heatmap(table).data
    assert list(cells.x) == list(cells.y) == ["1", "2", "3"]
    assert [list(row) for row in cells.text] == [["1", "2", ""], ["", "1", ""], ["", "", ""]]
    assert [cells.z[0][0], cells.z[0][1], cells.z[1][1]] == pytest.approx([1 / 3, 2 / 3, 1], abs=1e-4)
    assert np.isnan(cells.z[2][2])
    assert list(cells.customdata[0][1]) == pytest.approx([2 / 3, 2 / 3], abs=1e-4)


def test_residuals_are_all_counted_and_zero_is_an_edge() -> None:
    figure = residual_histogram(np.array([-1.0, -0.1, 0.1, 0.2, 2.1]))
    (bars,) = figure.data
    assert sum(bars.y) == pytest.approx(100)
    at = dict(zip(bars.x, bars.y, strict=True))
    assert (at[-0.875], at[-0.125], at[0.125], at[2.125]) == (20, 20, 40, 20)
    assert sum(residual_histogram(np.zeros(3)).data[0].y) == pytest.approx(100)


def test_what_neighbours_said() -> None:
    frame = pd.DataFrame(
        {
            "name": ["the model", "similar movies", "similar users"],
            "predicted": [4.5, 2.0, np.nan],
            "is_closer": [False, True, False],
        }
    )
    figure = neighbour_chart(frame, 1.0, (0.5, 5.0))
    (dots,) = figure.data
    assert (list(dots.x), list(dots.y), list(dots.text)) == ([4.5, 2.0], [0, 1], ["<b>4.50</b>", "<b>2.00</b>"])
    assert [list(data) for data in dots.customdata] == [["the model", -3.5], ["similar movies", -1.0]]
    assert list(figure.layout.yaxis.ticktext) == ["the model", "similar movies", "similar users"]
    assert [(note.y, note.text) for note in figure.layout.annotations] == [(2, "nothing similar was rated")]
    assert [(line.x0, line.x1) for line in figure.layout.shapes] == [(4.5, 1), (2, 1), (1, 1)]
