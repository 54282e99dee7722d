"""Winners at the end of what was searched, by hand."""

from cf_core.sweeps.edges import at_an_end
from cf_core.sweeps.space import Interval, SearchSpace, Values

SPACE = SearchSpace(
    {
        "n_factors": Interval(10, 110),
        "learning_rate": Interval(0.001, 0.1, log=True),
        "optimizer": Values(("sgd", "adam")),
    }
)


def ends(n_factors: int, learning_rate: float) -> list[str]:
    return at_an_end(SPACE, {"n_factors": n_factors, "learning_rate": learning_rate, "optimizer": "sgd"})


def test_the_outermost_twentieth_is_an_end_by_decades_where_so_searched() -> None:
    assert ends(60, 0.01) == []
    assert ends(14, 0.01) == ["n_factors"] == ends(110, 0.01)
    assert ends(16, 0.01) == []
    assert ends(60, 0.0012) == ["learning_rate"] == ends(60, 0.09)  # 0.04 and 0.98 of two decades
    assert ends(60, 0.006) == [], "on a plain scale, this would be an end"
