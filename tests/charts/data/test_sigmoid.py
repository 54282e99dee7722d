import pytest

from cf_core.charts.data.sigmoid import sigmoid_curve


def test_the_curve_its_ends_and_the_point() -> None:
    figure = sigmoid_curve(0.5, 5.0, 0.0, 2.75)
    ends, curve, point = figure.data
    assert curve.y[80] == 2.75 and curve.x[80] == 0
    assert (curve.y[0], curve.y[-1]) == (pytest.approx(0.5015, abs=1e-4), pytest.approx(4.9985, abs=1e-4))
    assert {y for y in ends.y if y is not None} == {0.5, 5.0}
    assert (list(point.x), list(point.y)) == ([0.0], [2.75])
    assert figure.layout.yaxis.title.text == "prediction (stars)"


def test_a_point_far_out_is_within_the_curve() -> None:
    assert sigmoid_curve(1, 5, -20.0, 1.0).data[1].x[0] == -20
