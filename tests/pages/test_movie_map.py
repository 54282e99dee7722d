"""The movie map: the offer without a run; points, axes, colours, labels and search with one."""

from collections.abc import Callable

import pytest

from cf_core.runs.spec import Run


@pytest.fixture
def session(visitor, fast_run: Run):
    session = visitor()
    session.open("movie_map")
    return session


def points(session) -> dict[str, list]:
    """Facts of every movie on the map, by title."""
    traces = [trace for trace in session.figure("map")["data"] if "marker" in trace and trace["name"] != "found"]
    return {facts[0]: facts for trace in traces for facts in trace["customdata"]}


def trace(session, name: str) -> dict | None:
    return next((trace for trace in session.figure("map")["data"] if trace["name"] == name), None)


def test_offers_to_train_one(visitor) -> None:
    session = visitor()
    session.open("movie_map")
    assert session.says("info") == "This page reads a trained model, and you have none yet."
    assert session.button("offer").label == "Train notebook-learner now"
    assert not session.plots()


def test_movies_on_two_components(session) -> None:
    assert 2_950 < len(points(session)) <= 3_000
    assert points(session)["Toy Story (1995)"][1] == "1995"
    assert session.alt("map").startswith(f"{len(points(session)):,} movies by Component 1 (")
    layout = session.figure("map")["layout"]
    assert layout["xaxis"]["title"]["text"].startswith("Component 1 (")
    assert layout["yaxis"]["title"]["text"].startswith("Component 2 (")


def test_other_components(session) -> None:
    session.at.selectbox(key="axis_0").set_value(4).run()
    layout = session.figure("map")["layout"]
    assert layout["xaxis"]["title"]["text"].startswith("Component 5 (")
    assert [heading.value for heading in session.at.subheader] == ["Component 5", "Component 2"]


def test_three_dimensions(session) -> None:
    session.at.button_group(key="space").set_value("3-D").run()
    assert {trace["type"] for trace in session.figure("map")["data"]} == {"scatter3d"}
    assert [heading.value for heading in session.at.subheader] == ["Component 1", "Component 2", "Component 3"]


@pytest.mark.parametrize("colour", ["genre", "year", "bias", "popularity"])
def test_colours(session, colour: str) -> None:
    at = session.at.button_group(key="colour").set_value(colour).run()
    assert not at.exception
    assert colour.split()[0] in session.figure("map")["layout"]["title"]["text"] or colour == "popularity"
    assert len(points(session)) > 2_950


def test_fewer_movies(session) -> None:
    session.at.slider(key="map_popular").set_value(200).run()
    assert len(points(session)) == 200


def test_fifty_random_titles(session) -> None:
    assert trace(session, "titles") is None
    session.at.toggle(key="labels").set_value(True).run()
    first = trace(session, "titles")["text"]
    assert len(first) == 50
    session.button("redraw").click().run()
    assert trace(session, "titles")["text"] != first


def test_a_search_rings_the_movie(session) -> None:
    search = session.at.multiselect(key="found")
    search.set_value([search.options.index("Toy Story (1995)")]).run()
    (facts,) = trace(session, "found")["customdata"]
    assert facts[0] == "Toy Story (1995)"
    assert trace(session, "titles")["text"] == ["Toy Story"]


def test_a_found_movie_stays_found_among_other_movies(session, train: Callable[..., Run]) -> None:
    search = session.at.multiselect(key="found")
    search.set_value([search.options.index("Toy Story (1995)")]).run()
    at = session.at.slider(key="map_popular").set_value(200).run()
    assert not at.exception
    assert trace(session, "found")["customdata"][0][0] == "Toy Story (1995)"


def test_a_found_movie_that_is_no_longer_on_the_map(session) -> None:
    search = session.at.multiselect(key="found")
    rare = search.options[-1]
    search.set_value([len(search.options) - 1]).run()
    assert trace(session, "found")["customdata"][0][0] == rare
    at = session.at.slider(key="map_popular").set_value(200).run()
    assert not at.exception
    assert trace(session, "found") is None


def test_the_ends_of_each_component(session) -> None:
    tables = [table.value for table in session.at.dataframe]
    assert len(tables) == 4
    high, low = tables[:2]
    assert len(high) == len(low) == 10
    assert high["component"].min() > low["component"].max()
    assert set(high["title"]) | set(low["title"]) <= set(points(session))


def test_a_model_without_biases_has_a_map_without_that_colour(visitor, run_without_biases: Run) -> None:
    session = visitor()
    session.open("movie_map")
    assert session.at.button_group(key="colour").options == ["genre", "year", "popularity"]
    assert len(points(session)) > 2_950


def test_three_factors_make_a_flat_map(visitor, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=1, n_factors=3)
    session = visitor()
    session.open("movie_map")
    assert session.at.button_group(key="space").options == ["2-D"]
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
