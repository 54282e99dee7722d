"""Two runs on the same axes: which is better, and in what they differ."""

from collections.abc import Callable

import pytest

from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore


@pytest.fixture
def two(tiny, train: Callable[..., Run]) -> tuple[Run, Run]:
    """The older with 10 factors, the newer with 2."""
    return train("fast", n_epochs=2, n_factors=10), train("fast", n_epochs=2, n_factors=2)


def differences(session) -> list[list[str]]:
    return session.at.dataframe[0].value.to_numpy().tolist()


def test_without_two_runs_it_says_what_is_missing(visitor, tiny, train: Callable[..., Run]) -> None:
    session = visitor()
    session.open("compare")
    assert session.says("info") == "It takes two runs on this data set to compare."
    train("fast", n_epochs=1)
    session.open("compare")
    assert session.says("info") == "It takes one more run on this data set to compare."
    assert session.plots() == set()


def test_the_newest_two_and_the_setting_that_differs(visitor, two: tuple[Run, Run]) -> None:
    older, newer = two
    session = visitor()
    session.open("compare")
    names = {line["name"] for line in session.figure("compare")["data"]}
    assert {"A, validation", "B, validation"} < names
    assert differences(session) == [["factors", "2", "10"]]
    assert f"A: validation MSE {newer.valid_loss:.4f}" in session.alt("compare")
    gap, says = abs(newer.rmse - older.rmse), session.says("markdown")
    assert f"{gap:.4f} stars" in says
    assert f"**A** (fast · 2 factors · 2 epochs · {newer.rmse:.3f})" in says
    assert f"**B** (fast · 10 factors · 2 epochs · {older.rmse:.3f})" in says


def test_a_run_that_was_made_to_fail_waits_to_be_chosen(visitor, two: tuple[Run, Run], train) -> None:
    older, newer = two
    train("notebook-learner", n_factors=1)  # as Break it does
    session = visitor()
    session.open("compare")
    first, second = (session.at.selectbox(key=key) for key in ("first_run", "second_run"))
    assert (first.value, second.value) == (newer.run_id, older.run_id)
    assert len(first.options) == 3


def test_the_boxes_and_the_address_choose(visitor, two: tuple[Run, Run], train: Callable[..., Run]) -> None:
    older, newer = two
    third = train("fast", n_epochs=2, n_factors=10, learning_rate=0.001)
    session = visitor()
    session.at.query_params["first_run"], session.at.query_params["second_run"] = older.run_id, third.run_id
    session.open("compare")
    assert differences(session) == [["phase 1, learning rate", "0.07", "0.001"]]
    session.at.selectbox(key="second_run").set_value(newer.run_id).run()
    assert differences(session) == [["factors", "10", "2"]]
    assert session.at.query_params["second_run"] in (newer.run_id, [newer.run_id])
    session.open("data")
    session.open("compare")
    assert differences(session) == [["factors", "10", "2"]]


def test_the_same_run_twice_is_no_comparison(visitor, two: tuple[Run, Run]) -> None:
    session = visitor()
    session.open("compare")
    assert "first_run" not in session.at.query_params
    session.at.selectbox(key="second_run").set_value(two[1].run_id).run()
    assert "same run" in session.says("warning")
    assert session.plots() == set()


def test_namesakes_are_told_apart_and_their_ends_stand_side_by_side(visitor, two: tuple[Run, Run], runs_folder) -> None:
    for run in two:
        RunStore(runs_folder).update(run.run_id, name="mine")
    session = visitor()
    session.open("compare")
    assert len({line["name"] for line in session.figure("compare")["data"]}) == 6
    assert all(option.startswith("mine · fast · ") for option in session.at.selectbox(key="first_run").options)
    ends = session.at.dataframe[1].value.set_index("")
    assert list(ends) == ["A", "B"]
    assert list(ends.loc["RMSE, stars"]) == [f"{run.rmse:.4f}" for run in reversed(two)]
    few, many = (int(count.replace(",", "")) for count in ends.loc["parameters"])
    assert many - few == 8 * (30 + 150)  # so many more factors for each user and movie


def test_a_run_that_diverged_is_never_the_better_one(visitor, tiny, train: Callable[..., Run]) -> None:
    train("notebook-dot", n_epochs=3)
    diverged = train("notebook-dot", n_epochs=6, learning_rate=0.9)
    assert diverged.outcome == "diverged" and diverged.rmse is not None
    session = visitor()
    session.open("compare")
    assert "**A** (dot product · rate 0.9 · diverged) diverged and predicts nothing" in session.says("markdown")
    assert "predicts better" not in session.says("markdown")


def test_as_rmse_here_and_wherever_curves_are(visitor, two: tuple[Run, Run]) -> None:
    session = visitor()
    session.open("compare")
    session.at.button_group(key="metric").set_value("rmse").run()
    line = next(line for line in session.figure("compare")["data"] if line["name"] == "B, validation")
    assert line["y"][-1] == pytest.approx(two[0].rmse, rel=1e-4)
    session.open("data")
    session.open("train")
    assert session.at.button_group(key="metric").value == "rmse"


def test_both_as_predictors_as_rankers_and_as_advisers(visitor, two: tuple[Run, Run]) -> None:
    session = visitor()
    session.at.query_params["compare_view"] = "Errors"
    session.open("compare")
    assert (
        session.figure("compare_errors")["layout"]["title"]["text"] == "RMSE by number of the movie's training ratings"
    )
    assert "slices" in session.says("markdown")
    assert set(session.at.dataframe[0].value["closer"]) <= {"A", "B", "both"}
    session.at.segmented_control(key="compare_view").set_value("Ranking").run()
    names = {bars["name"] for bars in session.figure("compare_ranking")["data"]}
    assert names == {"A is ahead", "B is ahead"}
    assert "NDCG@10" in session.says("markdown")
    session.at.segmented_control(key="compare_view").set_value("What to watch").run()
    first, second, apart = (table.value for table in session.at.dataframe)
    shared = set(first["item_id"]) & set(second["item_id"])
    assert f"On both lists: **{len(shared)}** of 10 movies" in session.says("markdown")
    assert first["both"].tolist() == first["item_id"].isin(shared).tolist()
    assert (apart["first"] - apart["second"]).abs().is_monotonic_decreasing


def test_a_run_that_learnt_who_rates_what_recommends_by_it(visitor, train: Callable[..., Run]) -> None:
    train("rank", n_epochs=1, n_factors=5)
    train("fast", n_epochs=1)
    session = visitor()
    session.at.query_params["compare_view"] = "What to watch"
    session.open("compare")
    fast, rank, _ = (table.value for table in session.at.dataframe)
    assert fast["predicted"].is_monotonic_decreasing and not rank["predicted"].is_monotonic_decreasing
    assert "**A recommends**, by stars" in session.says("markdown")
    assert "**B recommends**, by interests" in session.says("markdown")


def test_a_net_has_errors_and_ranks_but_knows_no_new_user(visitor, tiny, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=1)
    train("notebook-net", n_epochs=1)
    session = visitor()
    session.open("compare")
    for view, key in (("Errors", "compare_errors"), ("Ranking", "compare_ranking")):
        session.at.segmented_control(key="compare_view").set_value(view).run()
        assert key in session.plots()
    session.at.segmented_control(key="compare_view").set_value("What to watch").run()
    assert "neural net" in session.says("info")
