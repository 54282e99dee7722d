import numpy as np
import pytest

from cf_core.charts.map.explained_variance import explained_variance
from cf_core.charts.style import ORANGE


def test_bars_are_shares_and_the_line_their_sums() -> None:
    bars, line = explained_variance(np.array([0.5, 0.3, 0.1]), on_axes=[2]).data
    assert bars.x == line.x == (1, 2, 3)
    assert bars.y == pytest.approx((50, 30, 10))
    assert line.y == pytest.approx((50, 80, 90))
    assert [color == ORANGE for color in bars.marker.color] == [False, False, True]
