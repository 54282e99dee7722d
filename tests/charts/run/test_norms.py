from cf_core.charts.run.norms import layer_name, norm_curves
from cf_core.training.events import BatchEnded, FitStarted
from cf_core.training.history import History


def history() -> History:
    reports = [
        BatchEnded(
            1, 1, 2, 1, 1.0, 0.1, 0.0, {"item_bias.weight": 1.0, "odd": 2.0}, {"item_bias.weight": 0.5, "odd": 0.0}
        ),
        BatchEnded(1, 2, 2, 1, 1.0, 0.1),
        BatchEnded(2, 2, 2, 1, 1.0, 0.1, 0.0, {"item_bias.weight": 3.0}, {"item_bias.weight": 0.25}),
    ]
    return History.of([FitStarted(8, 2, 2, 3, 10, "cpu", ""), *reports])


def test_a_line_a_layer_for_weights_and_for_gradients() -> None:
    weights, gradients, odd, odd_gradients = norm_curves(history()).data
    assert (weights.name, list(weights.x), list(weights.y)) == ("movie biases", [0.5, 2.0], [1.0, 3.0])
    assert (gradients.yaxis, list(gradients.y), gradients.showlegend) == ("y2", [0.5, 0.25], False)
    assert (odd.name, list(odd.y)) == ("odd", [2.0, None])
    assert list(odd_gradients.y) == [None, None]  # none below the first, which a log axis cannot show


def test_the_axis_spans_the_run() -> None:
    assert norm_curves(history()).layout.xaxis.range[1] >= 3
    assert len(norm_curves(History()).data) == 0


def test_names_for_students() -> None:
    assert layer_name("user_factors.weight") == "user factors"
    assert layer_name("something.else") == "something.else"
