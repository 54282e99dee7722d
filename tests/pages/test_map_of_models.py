"""What the page Movie map makes of unusual models: few factors, no biases, little learned, few movies."""

from collections.abc import Callable

import pytest

from cf_core.runs.spec import Run
from tests.pages.test_movie_map import points


@pytest.mark.usefixtures("tiny")
def test_a_model_that_learned_who_rates_has_popularity_left_out(visitor, train: Callable[..., Run]) -> None:
    train("best", n_epochs=1)
    session = visitor()
    session.open("movie_map")
    title = lambda: session.figure("map")["layout"]["xaxis"]["title"]["text"]  # noqa: E731
    assert title().startswith("Component 2 (")
    assert "Component 1 is left out" in session.says("markdown")
    session.button("map_show_axes").click().run()
    assert title().startswith("Component 1 (")
    assert "Component 1 is mostly popularity" in session.says("markdown")
    session.button("map_show_axes").click().run()
    assert title().startswith("Component 2 (")


def test_a_model_that_learned_little_offers_one_that_did(visitor, run_without_biases: Run, no_workers) -> None:
    session = visitor()
    session.open("movie_map")
    assert "These axes say little" in session.says("markdown")
    session.button("map_train").click().run()
    assert not session.at.exception
    assert session.at.session_state["run"] != run_without_biases.run_id


def test_data_that_need_other_settings_have_no_such_offer(visitor, run_without_biases: Run, monkeypatch) -> None:
    monkeypatch.setattr("pages.shared.need_run.too_much_decay", lambda *given: "A decay of 0.0002 pulls")
    session = visitor()
    session.open("movie_map")
    assert "These axes say little" in session.says("markdown")
    assert "map_train" not in [button.key for button in session.at.button]


def test_a_model_without_biases_has_a_map_without_that_colour(visitor, run_without_biases: Run) -> None:
    session = visitor()
    session.open("movie_map")
    assert session.at.button_group(key="map_colour").options == ["genre", "decade", "popularity", "cluster"]
    assert len(points(session)) > 990


def test_three_factors_make_a_flat_map(visitor, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=1, n_factors=3)
    session = visitor()
    session.open("movie_map")
    assert session.at.button_group(key="map_dimensions").options == ["2-D"]
    assert session.plots()


@pytest.mark.parametrize("n_factors", [1, 2])
def test_too_few_factors_for_a_map_say_so(visitor, train: Callable[..., Run], n_factors: int) -> None:
    train("fast", n_epochs=1, n_factors=n_factors)
    session = visitor()
    session.open("movie_map")
    assert "more factors" in session.says("info")
    assert not session.plots()


@pytest.mark.usefixtures("tiny")
def test_one_click_trains_and_comes_back(visitor, until_ended) -> None:
    session = visitor()
    session.open("movie_map")
    session.button("offer").click().run()
    until_ended(session)
    assert [title.value for title in session.at.title] == ["Movie map"]
    assert len(points(session)) == 150


def test_a_data_set_of_few_movies(visitor, small_folder, train, tmp_path, monkeypatch) -> None:
    folder = small_folder([(user, item, 1 + (user + item) % 5, 0) for user in range(6) for item in range(9)])
    (tmp_path / "data").mkdir()
    folder.rename(tmp_path / "data" / "small")
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "data"))
    train("fast", n_epochs=1)
    session = visitor()
    session.open("movie_map")
    assert len(points(session)) == 9
