"""Best and worst movies: the offer without a run, both leaderboards with one, and words where there are no biases."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cf_core.runs.spec import Run
from cf_core.runs.store import RunStore


def titles(figure: dict) -> list[str]:
    """The full titles of the bars, rank 1 first."""
    return [facts[0] for facts in figure["data"][0]["customdata"]]


def test_offers_to_train_one(visitor, no_workers, runs_folder: Path) -> None:
    session = visitor()
    session.open("best_and_worst")
    assert session.says("info") == "This page reads a trained model, and you have none yet."
    session.button("offer").click().run()
    (run,) = RunStore(runs_folder).list("x" * 32)
    assert (run.spec.config.recipe, run.outcome) == ("notebook-learner", "queued")
    assert [bar.proto.text for bar in session.at.get("progress")] == ["Waiting for a free worker: it is next."]
    assert [title.value for title in session.at.title] == ["Best & worst movies"]


def test_both_ends(visitor, fast_run: Run) -> None:
    session = visitor()
    session.open("best_and_worst")
    best, worst = titles(session.figure("best")), titles(session.figure("worst"))
    assert len(best) == len(worst) == 15
    assert not set(best) & set(worst)
    assert "Shawshank Redemption, The (1994)" in best
    assert session.alt("best").startswith(f"The 15 best movies by bias; first is {best[0]} with +")
    tables = [table.value for table in session.at.dataframe]
    assert [table["title"].tolist() for table in tables] == [best, worst]


def test_sliders(visitor, fast_run: Run) -> None:
    session = visitor()
    session.open("best_and_worst")
    among_3000 = titles(session.figure("worst"))
    session.at.slider(key="top").set_value(5).run()
    assert titles(session.figure("worst")) == among_3000[:5]
    session.at.slider(key="popular").set_value(100).run()
    assert titles(session.figure("worst")) != among_3000[:5]
    n_ratings = session.at.dataframe[1].value["n_ratings"]
    assert n_ratings.min() > 100


def test_a_model_without_biases_is_explained(visitor, run_without_biases: Run) -> None:
    session = visitor()
    session.open("best_and_worst")
    assert "bias" in session.says("info")
    assert session.button("offer").label == "Train notebook-learner now"
    assert not session.plots()


def test_a_diverged_run_is_explained(visitor, train: Callable[..., Run]) -> None:
    run = train("notebook-dot", learning_rate=10)
    session = visitor()
    session.open("best_and_worst")
    assert run.message in session.says("warning")
    assert session.button("offer").label == "Train notebook-learner now"


@pytest.mark.usefixtures("tiny")
def test_one_click_trains_and_comes_back(visitor, until_ended) -> None:
    session = visitor()
    session.open("best_and_worst")
    session.button("offer").click().run()
    until_ended(session)
    assert [title.value for title in session.at.title] == ["Best & worst movies"]
    assert len(titles(session.figure("best"))) == 15


def test_a_data_set_of_few_movies(visitor, small_folder, train, tmp_path, monkeypatch) -> None:
    folder = small_folder([(user, item, 1 + (user + item) % 5, 0) for user in range(6) for item in range(9)])
    (tmp_path / "data").mkdir()
    folder.rename(tmp_path / "data" / "small")
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "data"))
    train("fast", n_epochs=1)
    session = visitor()
    session.open("best_and_worst")
    assert len(titles(session.figure("best"))) == 9
