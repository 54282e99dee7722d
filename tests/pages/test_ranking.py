"""Ranking: the baselines alone without a run, runs beside them, the list of a user, and what takes no part."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cf_core.data.split import SplitConfig
from cf_core.programs import jobs
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore
from cf_core.training.recipes import RECIPES
from pages.parts.ranking import lists, words
from pages.shared import ranked_lists
from tests.runs.stored import checkpoint_of
from tests.waiting import wait_until

FAILED, DONE = (jobs.Job("none", np.zeros(0), {}) for _ in range(2))
FAILED.state, FAILED.message = "failed", "Take a part of the data."
DONE.state, DONE.result = "done", np.tile(np.arange(50), (30, 1))
BASELINES = {"popular", "damped_means", "ease"}


def points(session) -> dict[str, tuple[float, float]]:
    """Where each ranker stands."""
    (trace,) = session.figure("ranking")["data"]
    rows = zip(trace["customdata"], trace["x"], trace["y"], strict=True)
    return {row[-1]: (x, y) for row, x, y in rows}


def shown(session):
    """The list of the user."""
    (frame,) = (frame.value for frame in session.at.dataframe if "mark" in frame.value)
    return frame


@pytest.fixture
def opened(visitor):
    """`opened(places="5")` opens the page at an address with this."""

    def open_at(**address: str) -> Any:
        session = visitor()
        for name, text in address.items():
            session.at.query_params[name] = text
        session.open("ranking")
        return session

    return open_at


def test_without_a_run_the_baselines_stand_alone_with_an_offer(opened, no_workers, runs_folder: Path) -> None:
    session = opened()
    assert {name: round(y, 3) for name, (_, y) in points(session).items()} == {
        "popular": 0.148,
        "damped_means": 0.066,
        "ease": 0.297,
    }
    assert "The most popular movies, the same for all, reach NDCG@10 0.148." in session.says("markdown")
    assert session.at.selectbox(key="ranker").value == "popular"
    session.button("offer").click().run()
    (run,) = RunStore(runs_folder).runs("x" * 32)
    assert (run.spec.config.recipe, run.outcome) == ("notebook-learner", "queued")
    assert [bar.proto.text for bar in session.at.get("progress")] == ["Waiting for a free worker: it is next."]


def test_a_run_beside_the_baselines(opened, fast_run: Run) -> None:
    session = opened()
    found = points(session)
    assert set(found) == {*BASELINES, fast_run.run_id}
    assert found[fast_run.run_id][0] == pytest.approx(fast_run.rmse, abs=1e-4)
    assert "ranks below plain popularity: NDCG@10" in session.says("markdown")
    assert session.at.selectbox(key="ranker").value == fast_run.run_id
    assert session.alt("ranking").startswith("Rankers by RMSE and ndcg: fast · 1 epoch")
    assert len(shown(session)) >= 10


def test_the_list_of_a_user(opened, fast_run: Run) -> None:
    session = opened()
    session.at.selectbox(key="ranker").set_value("ease").run()
    session.at.selectbox(key="ranked_for").set_value(15).run()
    table = shown(session)
    n_hits, n_missed = (table["mark"] == "✓ hit").sum(), (table["mark"] == "missed").sum()
    assert table["place"].tolist()[:10] == [str(place) for place in range(1, 11)]
    assert n_hits > 0 and n_missed > 0
    assert f"Top 10: **{n_hits} hits** of {n_hits + n_missed} liked movies" in session.says("markdown")
    assert (table["mark"][10:] == "missed").all()
    assert session.at.query_params["ranker"] == "ease" and session.at.query_params["ranked_for"] == "15"


def test_settings_change_what_is_judged(opened, fast_run: Run) -> None:
    session = opened()
    before = points(session)
    session.at.slider(key="places").set_value(20).run()
    assert session.figure("ranking")["layout"]["yaxis"]["title"]["text"].startswith("NDCG@20")
    session.at.segmented_control(key="measure").set_value("recall").run()
    assert all(points(session)[name][1] != before[name][1] for name in before)
    session.at.selectbox(key="liked_from").set_value(5.0).run()
    assert not session.at.exception
    reopened = opened(places="5", liked_from="4.5 stars", measure="Coverage", ranker="ease")
    assert reopened.at.selectbox(key="liked_from").value == 4.5
    assert reopened.at.slider(key="places").value == 5
    assert reopened.at.selectbox(key="ranker").value == "ease"
    assert reopened.figure("ranking")["layout"]["yaxis"]["tickformat"] == ".0%"


def test_only_healthy_runs_on_the_same_split_take_part(opened, fast_run: Run, train: Callable[..., Run]) -> None:
    train("notebook-dot", learning_rate=99)
    train("fast", n_epochs=1, split=SplitConfig(seed=7))
    session = opened(run=fast_run.run_id)
    session.at.sidebar.selectbox(key="run_box").set_value(fast_run.run_id).run()
    assert set(points(session)) == {*BASELINES, fast_run.run_id}
    assert session.says("caption").startswith("2 other runs of yours: on another split")


def test_a_net_is_ranked_by_its_layers_and_left_out_without_them(
    opened, train: Callable[..., Run], runs_folder: Path
) -> None:
    net = train("notebook-net", n_epochs=1, batch_size=8192)
    assert net.run_id in points(opened())
    other = train("notebook-net", n_epochs=1, batch_size=8192, seed=1)
    checkpoint_of(RunStore(runs_folder), other.run_id).unlink()
    session = opened()
    assert set(points(session)) == {*BASELINES, net.run_id}
    assert "takes no part. The layers of" in session.says("caption")
    assert str(runs_folder) not in session.says("caption")


def test_the_sidebars_run_is_followed(opened, fast_run: Run, train: Callable[..., Run]) -> None:
    newer = train("fast", n_epochs=2)
    session = opened()
    assert session.at.selectbox(key="ranker").value == newer.run_id, "the one that predicts best"
    session.at.sidebar.selectbox(key="run_box").set_value(fast_run.run_id).run()
    assert session.at.selectbox(key="ranker").value == fast_run.run_id


def test_the_remedy_is_offered_where_there_is_one(opened, fast_run: Run, no_workers, monkeypatch) -> None:
    monkeypatch.setattr(words, "REMEDY", "best")
    session = opened()
    session.button("train_to_rank").click().run()
    assert [bar.proto.text for bar in session.at.get("progress")] == ["Waiting for a free worker: it is next."]
    monkeypatch.setattr(words, "REMEDY", "none such")
    assert "none such" not in RECIPES
    other = opened(run=fast_run.run_id)
    assert "train_to_rank" not in {button.key for button in other.at.button}


def test_large_data_are_ranked_by_programs_one_after_another(
    visitor, tiny, train: Callable[..., Run], monkeypatch
) -> None:
    run = train("fast", n_epochs=1, n_factors=2)
    session = visitor()
    session.open("ranking")
    at_once = points(session)
    monkeypatch.setattr(ranked_lists, "MOST_CELLS", 0)
    session.open("ranking")
    assert not session.plots(), "nothing is ranked yet"
    (bar,) = session.at.get("progress")
    assert bar.proto.text in ("most popular: learning…", "Waiting for another computation to end…")
    session.button("ranking_stop").click().run()
    assert not session.at.get("progress")
    session.button("ranking_go_on").click().run()
    for _ in range(4):
        wait_until(lambda: not any(job.under_way for job in jobs._jobs.values()))
        session.at.run()
        assert not session.at.exception
    assert set(points(session)) == {*BASELINES, run.run_id}
    assert points(session) == at_once
    assert not session.at.get("progress")


def test_a_ranker_whose_program_fails_is_left_out(visitor, tiny, monkeypatch) -> None:
    monkeypatch.setattr(ranked_lists, "MOST_CELLS", 0)
    monkeypatch.setattr(lists, "get_job", lambda key: FAILED if key[1] == "ease" else DONE)
    session = visitor()
    session.open("ranking")
    assert set(points(session)) == {"popular", "damped_means"}
    assert "EASE takes no part. Take a part of the data." in session.says("caption").replace("*", "")


def test_tiny_data(visitor, tiny, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=1, n_factors=2)
    session = visitor()
    session.open("ranking")
    assert len(points(session)) == 4
    assert not session.at.error
