import pytest

from cf_core.by_hand.descent import Cost
from cf_core.charts.data.by_hand import cost_curve
from cf_core.charts.style import BLUE, ORANGE


def test_the_cost_is_drawn_as_rmse_both_parts_apart() -> None:
    figure = cost_curve([Cost(0, 4.0, 9.0), Cost(1, 1.0, 6.25)], solver_loss=0.25)
    train, valid, solver = figure.data
    assert (list(train.x), list(train.y), list(valid.y)) == ([0, 1], [2, 1], [3, 2.5])
    assert (list(solver.x), list(solver.y), solver.line.dash) == ([0, 10], [0.5, 0.5], "dash")
    assert [trace.name for trace in figure.data] == ["training", "held out", "solver"]
    assert (train.line.color, valid.line.color) == (BLUE, ORANGE)


@pytest.mark.parametrize(("valid", "names"), [(1.0, ["training", "held out"]), (None, ["training"])])
def test_the_title_names_each_line_in_its_colour(valid: float | None, names: list[str]) -> None:
    figure = cost_curve([Cost(0, 4.0, valid)])
    assert [trace.name for trace in figure.data] == names
    signs = [f'<span style="color:{trace.line.color}">■</span> {trace.name}' for trace in figure.data]
    assert figure.layout.title.text == "  ".join(["RMSE", *signs])


def test_long_descents_are_thinned() -> None:
    train = cost_curve([Cost(n, 1.0, 1.0) for n in range(5_000)]).data[0]
    assert (len(train.x), train.x[0], train.x[-1], train.mode) == (600, 0, 4_999, "lines")
