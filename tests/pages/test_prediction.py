"""One prediction of a run on the page Train: taken apart, followed over the epochs, drawn anew."""

import math
from collections.abc import Callable

import pytest

from cf_core.runs.spec import Run
from tests.pages.test_train import choose


def test_one_prediction_taken_apart(visitor, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=2)
    session = visitor()
    session.open("train")
    session.at.button_group(key="train_view").set_value("Prediction").run()
    session.at.selectbox(key="train_prediction_user").set_value(547)
    session.at.selectbox(key="train_prediction_movie").set_value(356).run()
    assert not session.at.exception
    (walk,) = session.figure("prediction")["data"]
    assert walk["y"] == ["global part", "user bias", "movie bias", "products of factors", "sum"]
    assert sum(walk["x"][:-1]) == pytest.approx(walk["x"][-1], abs=1e-4)
    predicted = 0.5 + 4.5 / (1 + math.exp(-walk["x"][-1]))
    assert f"**Predicted: {predicted:.2f} stars.** Given: 2; " in session.says("markdown")
    products = session.at.dataframe[0].value["product"]
    assert products.sum() == pytest.approx(walk["x"][3], abs=1e-2)
    assert products.abs().is_monotonic_decreasing


def test_the_followed_prediction_is_scrubbed_by_the_timeline(visitor, until_ended) -> None:
    session = visitor()
    session.open("train")
    choose(session, "fast")
    session.at.select_slider(key="fast.n_epochs").set_value(2).run()
    session.at.session_state["train_prediction_user"] = 547
    session.at.session_state["train_prediction_movie"] = 356
    session.button("start").click().run()
    until_ended(session)
    session.at.button_group(key="train_view").set_value("Prediction").run()
    way, here = session.figure("prediction_path")["data"]
    assert way["x"][0] == 0 and way["x"][-1] == 2 and len(way["x"]) > 10
    assert here["x"] == [2] and here["y"] == way["y"][-1:]
    session.at.select_slider(key="train_film_slider").set_value(1).run()
    _, here = session.figure("prediction_path")["data"]
    assert here["x"] == [pytest.approx(1)]
    session.at.selectbox(key="train_prediction_movie").set_value(1).run()
    assert "This run followed another prediction" in session.says("caption")
    session.button("watched_pair").click().run()
    assert session.at.selectbox(key="train_prediction_movie").value == 356
    assert "prediction_path" in session.plots()


def test_another_rating_can_be_drawn(visitor, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=1)
    session = visitor()
    session.open("train")
    session.at.button_group(key="train_view").set_value("Prediction").run()
    before = session.says("markdown")
    assert "Given: " in before
    session.button("draw_rating").click().run()
    assert "Given: " in session.says("markdown") != before
