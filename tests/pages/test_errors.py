"""Errors: slices, predicted against actual, and the worst predictions with the detective, in every state."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cf_core.data.split import SplitConfig, split_ratings
from cf_core.runs.spec import Run

WORST = "Worst predictions"


@pytest.fixture
def opened(visitor, fast_run: Run):
    """`opened(errors_view=…)` opens the page at an address with this."""
    return lambda **address: open_at(visitor(), **address)


def open_at(session, **address: str) -> Any:
    for name, text in address.items():
        session.at.query_params[name] = text
    session.open("errors")
    return session


def go_to(session, key: str, option: str) -> None:
    session.at.segmented_control(key=key).set_value(option).run()
    assert not session.at.exception


def table(session, *columns: str):
    """The one table that has these columns."""
    (frame,) = (frame.value for frame in session.at.dataframe if {*columns} <= {*frame.value.columns})
    return frame


def worst_of(session) -> tuple[str, str]:
    """User and movie of the worst prediction, as the address has them."""
    first = table(session, "user_n_train").iloc[0]
    return str(first["user_id"]), str(first["item_id"])


def test_offers_to_train_one(visitor, no_workers) -> None:
    session = open_at(visitor())
    assert session.says("info") == "This page reads a trained model, and you have none yet."
    assert session.button("offer").label == "Train notebook-learner now"
    assert not session.plots()


def test_the_slices_add_up_to_the_runs_error(opened, fast_run: Run) -> None:
    session = opened()
    assert session.plots() == {"errors_slices"}
    figure = session.figure("errors_slices")
    assert figure["layout"]["shapes"][0]["y0"] == pytest.approx(fast_run.rmse, abs=1e-4)
    for by in ("movie", "user", "decade", "rating"):
        go_to(session, "errors_by", by)
        slices = table(session, "rmse")
        assert slices["n_ratings"].sum() == 20_000
        mse = (slices["n_ratings"] * slices["rmse"] ** 2).sum() / 20_000
        assert np.sqrt(mse) == pytest.approx(fast_run.rmse, abs=1e-4)
    assert session.alt("errors_slices").endswith(f"Over all validation ratings: {fast_run.rmse:.3f} stars.")


def test_the_verdict_names_movies_never_trained(opened) -> None:
    session = opened()
    first = table(session, "rmse").iloc[0]
    assert (first["slice"], first["n_ratings"]) == ("never", 742)
    assert f"RMSE {first['rmse']:.2f} for movies without a training rating" in session.says("markdown")


def test_mae_and_a_slice_from_the_address(opened) -> None:
    session = opened(errors_by="genre", errors_measure="MAE")
    assert session.figure("errors_slices")["layout"]["title"]["text"] == "MAE by genre"
    assert "Film-Noir" in table(session, "rmse")["slice"].tolist()


def test_predicted_against_actual(opened) -> None:
    session = opened(errors_view="Predicted vs actual")
    assert session.plots() == {"errors_calibration", "errors_heatmap"}
    counts = [text for row in session.figure("errors_heatmap")["data"][0]["text"] for text in row if text]
    assert sum(int(text.replace(",", "")) for text in counts) == 20_000
    assert "What users give is" in session.says("markdown")


def test_the_worst_first_and_how_many_are_bad(opened) -> None:
    session = opened(errors_view=WORST)
    assert session.plots() == {"errors_residuals"}
    rows = table(session, "user_n_train")
    assert len(rows) == 1_000
    assert (rows["residual"].abs().diff().dropna() <= 0).all()
    assert (rows["residual"] - (rows["rating"] - rows["predicted"])).abs().max() < 1e-9
    assert "of 20,000 predictions are within half a star" in session.says("markdown")
    go_to(session, "errors_off", "too low")
    assert (table(session, "user_n_train")["residual"] > 0).all()


def test_one_user_and_one_movie(opened) -> None:
    session = opened(errors_view=WORST)
    user, movie = worst_of(session)
    session.at.selectbox(key="errors_user").set_value(int(user)).run()
    assert table(session, "user_n_train")["user_id"].unique().tolist() == [int(user)]
    session.at.selectbox(key="errors_movie").set_value(int(movie)).run()
    assert len(table(session, "user_n_train")) == 1
    assert session.at.query_params["errors_user"] in (user, [user])
    assert f"User {user}, {table(session, 'user_n_train')['title'].iloc[0]}" in session.says("markdown")
    go_to(session, "errors_off", "too low" if table(session, "user_n_train")["residual"].iloc[0] < 0 else "too high")
    assert "No validation rating is like this" in session.says("info")


def test_the_detective_from_the_row_to_the_neighbours(opened) -> None:
    session = opened(errors_view=WORST)
    user, movie = worst_of(session)
    first = table(session, "user_n_train").iloc[0]
    session.at.session_state["errors_case"] = (int(user), int(movie))
    session.at.run()
    assert f"User {user}, {first['title']}" in session.says("markdown")
    assert f"predicted {first['predicted']:.2f}, residual {first['residual']:+.2f}." in session.says("markdown")
    assert session.at.query_params["case_user"] in (user, [user])
    similar = table(session, "title", "similarity")
    assert len(similar) == first["user_n_train"]
    assert (similar["similarity"].diff().dropna() <= 0).all()
    go_to(session, "errors_step", "Movie's column")
    assert sum(session.figure("errors_column")["data"][0]["y"]) == first["item_n_train"]
    assert len(table(session, "user_mean")) == first["item_n_train"]
    go_to(session, "errors_step", "Factors")
    assert f"logits: {first['predicted']:.2f} stars by the sigmoid." in session.says("markdown")
    assert len(table(session, "product")) == 5
    go_to(session, "errors_step", "Neighbours")
    dots = session.figure("errors_neighbours")["data"][0]
    assert dots["x"][0] == pytest.approx(first["predicted"], abs=1e-3)
    assert len(dots["x"]) == 5
    assert "On the whole: similar" in session.says("caption")
    session.at.slider(key="errors_k").set_value(1).run()
    assert session.figure("errors_neighbours")["data"][0]["x"] != dots["x"]
    session.button("errors_close").click().run()
    assert session.plots() == {"errors_residuals"}
    assert "case_user" not in session.at.query_params


def test_the_address_opens_a_rating_at_its_step(opened) -> None:
    session = opened(errors_view=WORST)
    user, movie = worst_of(session)
    again = opened(errors_view=WORST, case_user=user, case_movie=movie, errors_step="Neighbours")
    assert "errors_neighbours" in again.plots()


def test_ways_on_to_the_user_and_the_movie(opened) -> None:
    session = opened(errors_view=WORST)
    user, movie = worst_of(session)
    session = opened(errors_view=WORST, case_user=user, case_movie=movie)
    session.button("errors_facts").click().run()
    assert session.at.title[0].value == "One movie or user"
    session = opened(errors_view=WORST, case_user=user, case_movie=movie)
    session.button("errors_card").click().run()
    assert not session.at.exception
    assert session.at.title[0].value == "Best & worst movies"
    assert "card_histogram" in session.plots()


@pytest.mark.parametrize(("user", "movie"), [("99999999", "1"), ("1", "Alien")])
def test_an_address_that_names_nobody(opened, user: str, movie: str) -> None:
    session = opened(errors_view=WORST, case_user=user, case_movie=movie)
    assert "The data hold no" in session.says("error")
    assert session.plots() == {"errors_residuals"}


def test_a_rating_that_was_trained_on_is_no_case(opened) -> None:
    session = opened(errors_view=WORST, case_user="1", case_movie="1")
    assert "User 1 has no validation rating of Toy Story (1995)" in session.says("info")
    assert session.plots() == {"errors_residuals"}


def test_a_movie_that_was_never_trained(opened, split) -> None:
    session = opened(errors_view=WORST)
    ratings = split.ratings
    seen = set(ratings.item_idx[split.train_rows].tolist())
    row = next(row for row in split.valid_rows if ratings.item_idx[row] not in seen)
    user, movie = str(ratings.users.ids[ratings.user_idx[row]]), str(ratings.items.ids[ratings.item_idx[row]])
    session = opened(errors_view=WORST, case_user=user, case_movie=movie)
    assert "none is of a movie like this one" in session.says("markdown")
    go_to(session, "errors_step", "Movie's column")
    assert "This movie was never trained" in session.says("info")
    go_to(session, "errors_step", "Neighbours")
    assert "No neighbour can help" in session.says("markdown")
    assert len(session.figure("errors_neighbours")["layout"]["annotations"]) == 4


def test_a_net_has_errors_too(visitor, train) -> None:
    run = train("notebook-net", n_epochs=1, n_factors=5, batch_size=8192)
    session = open_at(visitor())
    figure = session.figure("errors_slices")
    assert figure["layout"]["shapes"][0]["y0"] == pytest.approx(run.rmse, abs=1e-4)
    go_to(session, "errors_view", WORST)
    user, movie = worst_of(session)
    session = open_at(visitor(), errors_view=WORST, case_user=user, case_movie=movie, errors_step="Factors")
    assert "hidden unit" in table(session, "after ReLU").columns


def test_a_net_without_its_layers_is_explained(visitor, train, runs_folder: Path) -> None:
    run = train("notebook-net", n_epochs=1, n_factors=5, batch_size=8192)
    (checkpoint,) = (path for path in (runs_folder / run.run_id).rglob("*") if "checkpoint" in path.name)
    checkpoint.unlink()
    session = open_at(visitor())
    assert "The layers of this neural net are not stored" in session.says("info")
    assert session.button("offer").label == "Train notebook-learner now"


def test_a_model_without_biases(visitor, run_without_biases: Run) -> None:
    session = open_at(visitor(), errors_view=WORST)
    user, movie = worst_of(session)
    session = open_at(visitor(), errors_view=WORST, case_user=user, case_movie=movie, errors_step="Factors")
    assert "The parts sum up to" in session.says("markdown") and "sigmoid" not in session.says("markdown")


def test_data_without_genres_years_or_timestamps(visitor, train, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "data" / "bare"
    folder.mkdir(parents=True)
    pairs = [(user, item) for user in range(6) for item in range(5)]
    ratings = [f"{user},{item},{1 + (user + item) % 5}" for user, item in pairs]
    (folder / "ratings.csv").write_text("\n".join(["userId,movieId,rating", *ratings, ""]))
    movies = [f"{item},Movie {item},(no genres listed)" for item in range(5)]
    (folder / "movies.csv").write_text("\n".join(["movieId,title,genres", *movies, ""]))
    monkeypatch.setenv("CF_LAB_DATA", str(folder.parent))
    train("fast", n_epochs=1, split=SplitConfig())
    session = open_at(visitor())
    assert session.at.segmented_control(key="errors_by").options == ["movie's ratings", "user's ratings", "rating"]
    for by in ("movie", "user", "rating"):
        go_to(session, "errors_by", by)
        assert "errors_slices" in session.plots()
        assert table(session, "rmse")["n_ratings"].sum() == 6
    go_to(session, "errors_view", "Predicted vs actual")
    assert "errors_heatmap" in session.plots()
    go_to(session, "errors_view", WORST)
    user, movie = worst_of(session)
    session = open_at(visitor(), errors_view=WORST, case_user=user, case_movie=movie)
    for step in ("Movie's column", "Factors", "Neighbours"):
        go_to(session, "errors_step", step)


def test_a_user_who_was_never_trained(visitor, train, ratings) -> None:
    config = SplitConfig(kind="time")
    train("fast", n_epochs=1, split=config)
    split = split_ratings(ratings, config)
    seen = set(ratings.user_idx[split.train_rows].tolist())
    row = next(row for row in split.valid_rows if ratings.user_idx[row] not in seen)
    user, movie = str(ratings.users.ids[ratings.user_idx[row]]), str(ratings.items.ids[ratings.item_idx[row]])
    session = open_at(visitor(), errors_view=WORST, case_user=user, case_movie=movie)
    assert "None of this user's ratings was trained on" in session.says("info")
    go_to(session, "errors_step", "Neighbours")
    assert "No neighbour can help" in session.says("markdown")
    go_to(session, "errors_view", "By slice")
    go_to(session, "errors_by", "user")
    assert table(session, "rmse")["slice"].iloc[0] == "never"
