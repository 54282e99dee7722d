import numpy as np
import pytest

from cf_core.charts.run.rate_finder import rate_curve
from cf_core.teaching.rate_finder import RateSearch


def search(suggestion: float | None) -> RateSearch:
    losses = np.array([2.0, 2.0, 1.5, 1.0, 90.0])
    return RateSearch(np.logspace(-4, 0, 5), losses, losses, suggestion, "the rule")


def test_losses_over_rates_on_a_log_axis() -> None:
    figure = rate_curve(search(0.01))
    single, average = figure.data
    assert list(single.x) == [0.0001, 0.001, 0.01, 0.1, 1.0]
    assert (list(single.y), list(average.y)) == ([2, 2, 1.5, 1, 90],) * 2
    assert figure.layout.xaxis.type == "log"
    assert all("%{x" in line.hovertemplate and "%{y" in line.hovertemplate for line in figure.data)
    assert figure.layout.xaxis.tickvals == pytest.approx((0.0001, 0.001, 0.01, 0.1, 1))
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("learning rate", "loss (MSE, stars²)")


def test_what_has_run_away_does_not_squash_the_valley() -> None:
    low, high = rate_curve(search(None)).layout.yaxis.range
    assert low < 1 and 2 < high < 3
    losses = np.array([2.0, 2.0, 0.2, 1.0, 90.0])
    single = RateSearch(np.logspace(-4, 0, 5), losses, np.full(5, 1.5), None, "")
    assert rate_curve(single).layout.yaxis.range[0] < 0.2  # the single losses are in sight as well


def test_the_suggestion_is_marked() -> None:
    (line,) = rate_curve(search(0.01)).layout.shapes
    assert (line.x0, line.x1, line.label.text) == (0.01, 0.01, "0.01")
    sides = [rate_curve(search(rate)).layout.shapes[0].label.xanchor for rate in (0.001, 0.1)]
    assert sides == ["left", "right"]
    assert rate_curve(search(None)).layout.shapes == ()


def test_nothing_swept_draws_empty_axes() -> None:
    nothing = RateSearch(np.empty(0), np.empty(0), np.empty(0), None, "")
    assert tuple(rate_curve(nothing).layout.yaxis.range) == pytest.approx((0, 1))
