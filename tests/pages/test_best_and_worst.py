"""Best and worst movies: the offer without a run; leaderboards, ranks, raters and cards with one; and words where there
are no biases."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore


def titles(figure: dict) -> list[str]:
    """The full titles of the bars, rank 1 first."""
    return [facts[0] for facts in figure["data"][0]["customdata"]]


@pytest.fixture
def opened(visitor, fast_run: Run):
    """`opened(card=…)` opens the page at an address with this."""

    def open_at(**address: str) -> Any:
        session = visitor()
        for name, text in address.items():
            session.at.query_params[name] = text
        session.open("best_and_worst")
        return session

    return open_at


def about_bias(session) -> str:
    """What stands behind the (?) of the line about biases."""
    return next(line.proto.help for line in session.at.markdown if line.value.startswith("Bias: ")).replace("\\", "")


def go_to(session, view: str) -> None:
    session.at.segmented_control(key="view").set_value(view).run()
    assert not session.at.exception


def table(session, key: str):
    """The table whose key begins so."""
    (frame,) = (frame.value for frame in session.at.dataframe if (frame.key or "").startswith(key))
    return frame


def test_offers_to_train_one(visitor, no_workers, runs_folder: Path) -> None:
    session = visitor()
    session.open("best_and_worst")
    assert session.says("info") == "This page reads a trained model, and you have none yet."
    session.button("offer").click().run()
    (run,) = RunStore(runs_folder).runs("x" * 32)
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
    session.at.selectbox(key="min_ratings").set_value(1).run()
    session.at.slider(key="top").set_value(5).run()
    assert len(titles(session.figure("worst"))) == 5
    session.at.slider(key="popular").set_value(100).run()
    assert titles(session.figure("worst")) != among_3000[:5]
    n_ratings = session.at.dataframe[1].value["n_ratings"]
    assert n_ratings.min() > 100


def test_whiskers_and_their_formula(opened) -> None:
    session = opened()
    whiskers = next(trace for trace in session.figure("best")["data"] if trace["name"] == "standard error")
    errors = whiskers["error_x"]["array"]
    assert len(errors) == 15 and min(errors) > 0
    assert "one standard error, σ / √" in about_bias(session)
    assert table(session, "table_best")["standard_error"].round(4).tolist() == errors


def test_adamw_has_no_whiskers_and_says_why(visitor, train) -> None:
    train("fast", n_epochs=1, optimizer="adamw", n_factors=5, batch_size=8192)
    session = visitor()
    session.open("best_and_worst")
    assert "standard error" not in {trace["name"] for trace in session.figure("best")["data"]}
    assert "No whiskers: AdamW" in about_bias(session)


def test_filters(opened) -> None:
    session = opened(decade="1970s")
    session.at.selectbox(key="best_genre").set_value("Horror").run()
    shown = titles(session.figure("all"))
    assert "Alien (1979)" in shown
    assert all(title.rstrip().endswith(tuple(f"(197{year})" for year in range(10))) for title in shown)
    session.at.selectbox(key="min_ratings").set_value(100).run()
    assert table(session, "table_all")["n_ratings"].min() >= 100
    session.at.selectbox(key="min_ratings").set_value(200).run()
    assert session.says("info") == "No movie passes all of these filters. Clear one of them in the sidebar."
    assert not session.plots()


def test_other_pages_filter_nothing_and_open_no_card(visitor, fast_run: Run) -> None:
    session = visitor()
    session.open("data")
    session.at.selectbox(key="genre").set_value("Film-Noir").run()
    session.at.query_params["movie"] = "318"
    session.open("facts")
    session.open("best_and_worst")
    assert session.at.selectbox(key="best_genre").value is None
    assert session.at.selectbox(key="card_of_movie").value is None
    session.open("data")
    assert session.at.selectbox(key="genre").value == "Film-Noir"


def test_who_rises_and_who_falls(opened) -> None:
    session = opened()
    go_to(session, "Who rises, who falls")
    lines = [trace for trace in session.figure("slopes")["data"] if trace["name"] != "labels"]
    assert sum(len(trace["x"]) for trace in lines) == 20 * 3
    assert {rank for trace in lines for rank in trace["y"] if rank} == set(range(1, 21))
    moves = table(session, "table_moves")
    assert len(moves) > 1_000 and moves["n_ratings"].min() >= 20
    found = f"Rank correlation with the places gained, over these {len(moves):,} movies: kindness"
    assert found in session.says("markdown")
    assert moves["rise"].is_monotonic_decreasing
    session.at.segmented_control(key="lines").set_value("largest moves").run()
    session.at.slider(key="n_lines").set_value(4).run()
    lines = [trace for trace in session.figure("slopes")["data"] if trace["name"] != "labels"]
    drawn = {facts[1] for trace in lines for facts in trace["customdata"]}
    assert drawn == set(moves["title"].iloc[[0, 1, -1, -2]])
    assert session.alt("slopes").startswith("4 movies from their rank by mean to that by bias; 2 rise and 2 fall.")


def test_raters(opened) -> None:
    session = opened(view="Raters")
    assert len(session.figure("raters")["data"][1]["x"]) == 671
    kind, harsh = (frame.value for frame in session.at.dataframe)
    assert kind["bias"].is_monotonic_decreasing and harsh["bias"].is_monotonic_increasing
    assert kind["bias"].min() > harsh["bias"].max()
    assert f"the kindest is user {kind['user_id'].iloc[0]} " in session.alt("raters")


def test_the_card_of_a_movie(opened) -> None:
    session = opened()
    session.at.selectbox(key="card_of_movie").set_value(593).run()
    assert not session.at.exception
    assert session.at.query_params["card"] == "593"
    assert {"card_histogram", "card_place"} <= session.plots()
    assert sum(session.figure("card_histogram")["data"][0]["y"]) == 304
    numbers = {metric.label: metric.value for metric in session.at.metric}
    assert (numbers["Ratings"], numbers["Mean, stars"]) == ("304", "4.14")
    assert {"Bias, stars", "Standard error", "Rank by mean", "Rank by bias"} <= set(numbers)
    assert "1991 · Crime, Horror, Thriller · 241 of its ratings in training" in session.says("caption")
    assert [len(frame.value) for frame in session.at.dataframe][-2:] == [8, 8]
    session.at.selectbox(key="card_of_movie").set_value(None).run()
    assert "card" not in session.at.query_params
    assert "card_place" not in session.plots()


def test_the_address_opens_a_card_of_any_movie(opened, ratings, split) -> None:
    unseen = ratings.items.ids[
        ratings.item_idx[
            split.valid_rows[~np.isin(ratings.item_idx[split.valid_rows], ratings.item_idx[split.train_rows])]
        ][0]
    ]
    session = opened(card=str(unseen))
    assert session.at.selectbox(key="card_of_movie").value == unseen
    assert "None of its ratings was in training" in session.says("caption")
    assert "Not on the map" in session.says("caption")
    assert "The model never saw this movie" in session.says("caption")


@pytest.mark.parametrize("text", ["99999999", "Alien"])
def test_an_address_that_names_no_movie(opened, text: str) -> None:
    session = opened(card=text)
    assert "The data hold no movie" in session.says("error")
    assert "card" not in session.at.query_params
    assert len(titles(session.figure("best"))) == 15


def test_a_model_of_two_factors_has_no_map(visitor, train) -> None:
    train("fast", n_epochs=1, n_factors=2, batch_size=8192)
    session = visitor()
    session.at.query_params["card"] = "1"
    session.open("best_and_worst")
    assert "A map needs two components" in session.says("caption")
    assert "card_histogram" in session.plots()


def test_a_model_without_biases_is_explained(visitor, run_without_biases: Run) -> None:
    session = visitor()
    session.open("best_and_worst")
    assert "bias" in session.says("info")
    assert session.button("offer").label == "Train notebook-learner now"
    assert not session.plots()


def test_a_run_without_biases_gives_way_to_the_best_that_has_some(visitor, fast_run: Run, train) -> None:
    """Even one that was chosen by hand: it has nothing to show here."""
    train("notebook-dot", n_epochs=1, n_factors=5, batch_size=8192)
    session = visitor()
    session.open("best_and_worst")
    shown = f"Showing **fast · 1 epoch · {fast_run.rmse:.3f}**; dot product · 5 factors · 1 epoch"
    assert shown in session.says("markdown") and "has no biases." in session.says("markdown")
    assert len(titles(session.figure("best"))) == 15


def test_the_best_run_is_shown_unless_another_was_chosen(visitor, fast_run: Run, train) -> None:
    worse = train("fast", n_epochs=1, batch_size=100_000)
    assert worse.rmse > fast_run.rmse
    session = visitor()
    session.open("best_and_worst")
    assert f"Showing **fast · 1 epoch · {fast_run.rmse:.3f}**, your best run." in session.says("markdown")
    session.button("show_selected").click().run()
    assert "Showing" not in session.says("markdown")


def test_few_movies_are_one_list(opened) -> None:
    session = opened(best_genre="Film-Noir")
    assert {"all"} == session.plots()
    biases = session.figure("all")["data"][0]["x"]
    assert biases == sorted(biases, reverse=True)
    assert session.alt("all").startswith(f"The {len(biases)} movies from best to worst by bias; first is ")


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
    assert session.at.selectbox(key="min_ratings").value == 1
    assert len(titles(session.figure("all"))) == 9
