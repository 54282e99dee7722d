"""What the page offers of a model with interests, of a net, and of one without biases."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import SplitConfig, split_ratings
from cf_core.insight.interests import fold_in_interests, interest_scores
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore
from tests.pages.for_you.steps import LIST, press, sets_of, table, view


def test_a_run_with_interests_lists_by_them_at_first(visitor, train: Callable[..., Run], runs_folder) -> None:
    """Somebody new by the interests folded in, a user of the data by those that training found."""
    run = train("rank", n_epochs=1, n_factors=5)
    session = visitor()
    session.open("for_you")
    ratings, factors = read_ratings(run.spec.data), RunStore(runs_folder).factors(run.run_id)
    press(session, "for_you_stars_5")
    (item_id,) = sets_of(runs_folder).all(ratings.require_fingerprint())[0].stars
    items = ratings.items.index_of([item_id])
    mean = split_ratings(ratings, SplitConfig()).train_mean
    mine = factors.item_factors @ fold_in_interests(factors, run.spec.config, mean, items, [5.0])
    assert_listed_by(session, mine, ratings)
    session.at.segmented_control(key="for_whom").set_value("A user of the data").run()
    user = session.at.selectbox(key="for_user").value
    theirs = interest_scores(factors, ratings.users.index_of([user]))[0]
    assert_listed_by(session, theirs, ratings)
    order = session.at.selectbox(key="for_you_order_with_interests")
    assert order.options == ["By interests", "By prediction", "Most popular", "EASE (rival)"]
    order.set_value("prediction").run()
    assert table(session, LIST)["predicted"].is_monotonic_decreasing


def test_a_run_without_interests_is_not_ordered_by_them(opened) -> None:
    assert "By interests" not in opened.at.selectbox(key="for_you_order").options


def assert_listed_by(session: Any, scores: np.ndarray, ratings: Ratings) -> None:
    listed = table(session, LIST)
    items = ratings.items.index_of(listed["item_id"].tolist())
    assert listed["score"].to_numpy() == pytest.approx(scores[items])
    assert listed["score"].is_monotonic_decreasing and not listed["predicted"].is_monotonic_decreasing


def test_nobody_new_is_folded_into_a_net(visitor, train: Callable[..., Run], no_workers) -> None:
    train("notebook-net", n_epochs=1, n_factors=5, batch_size=8192)
    session = visitor()
    session.open("for_you")
    assert "neural net" in session.says("info")
    assert session.button("offer").label == "Train notebook-learner now"


def test_of_a_net_and_another_the_other_is_shown(visitor, fast_run: Run, train: Callable[..., Run]) -> None:
    train("notebook-net", n_epochs=1, n_factors=5, batch_size=8192)
    session = visitor()
    session.open("for_you")
    assert "is a neural net, in which nobody new can be folded in." in session.says("markdown")
    assert len(table(session, LIST)) == 20


def test_a_model_without_biases_has_a_formula_and_says_what_it_lacks(visitor, run_without_biases: Run) -> None:
    session = visitor()
    session.open("for_you")
    assert "This model has no biases" in session.says("info")
    assert table(session, LIST)["predicted"].nunique() == 1
    press(session, "for_you_stars_5")
    assert "bias" not in " ".join(session.figure("for_you_parts")["data"][0]["y"])
    view(session, "Formula")
    formulas = "".join(element.value for element in session.at.latex)
    assert "^{-1}" in formulas and "b_j" not in formulas
