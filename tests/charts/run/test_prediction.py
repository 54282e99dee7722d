import numpy as np

from cf_core.charts.run.prediction import prediction_steps
from cf_core.insight.prediction import PredictionBreakdown


def test_the_parts_and_their_sum() -> None:
    found = PredictionBreakdown({"user bias": 0.3, "movie bias": -0.1}, np.empty((0, 3)), 0.2, 1.0, 5.0, 3.2)
    figure = prediction_steps(found)
    (walk,) = figure.data
    assert (list(walk.y), list(walk.x)) == (["user bias", "movie bias", "sum"], [0.3, -0.1, 0.2])
    assert list(walk.measure) == ["relative", "relative", "total"]
    assert list(walk.text) == ["+0.300", "-0.100", "0.200"]
    assert figure.layout.xaxis.title.text == "logits"
    assert (
        prediction_steps(
            PredictionBreakdown({"a": 1.0}, np.empty((0, 3)), 1.0, None, None, 1.0)
        ).layout.xaxis.title.text
        == "stars"
    )
