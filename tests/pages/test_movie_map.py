"""The movie map: the offer without a run; points, axes, colours, labels and search with one."""

import base64
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from cf_core.layouts import jobs
from cf_core.runs.spec import Run
from pages.parts.movie_map import layouts
from tests.waiting import wait_until


@pytest.fixture
def session(visitor, fast_run: Run):
    session = visitor()
    session.open("movie_map")
    return session


def layer(session) -> dict:
    """The points of the map, as they are sent."""
    return session.figure("map")["layout"]["meta"]["points"]


def points(session) -> dict[str, str]:
    """What the tip says of every movie on the map besides its title, by title."""
    sent = layer(session)
    index = np.frombuffer(base64.b64decode(sent["details"]["index"]), "<i4")
    return {title: sent["details"]["texts"][i] for title, i in zip(sent["titles"], index, strict=True)}


def go_to(session, section: str) -> None:
    session.at.segmented_control(key="map_section").set_value(section).run()
    assert not session.at.exception


def tables(session, column: str) -> list[pd.DataFrame]:
    """The tables of the page that have that column."""
    return [frame.value for frame in session.at.dataframe if column in frame.value]


def choose(session, ids: list[int]) -> None:
    """What a lasso around these movies leaves behind; AppTest cannot draw one."""
    session.at.session_state["map_selected"] = ids
    session.at.session_state["map_section"] = "Selected movies"
    session.at.run()
    assert not session.at.exception


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
    assert points(session)["Toy Story (1995)"].startswith("1995 · Adventure, Animation")
    assert session.alt("map").startswith(f"{len(points(session)):,} movies by Component 1 (")
    layout = session.figure("map")["layout"]
    assert layout["xaxis"]["title"]["text"].startswith("Component 1 (")
    assert layout["yaxis"]["title"]["text"].startswith("Component 2 (")


def test_other_components(session) -> None:
    session.at.selectbox(key="map_axis_0").set_value(3).run()
    layout = session.figure("map")["layout"]
    assert layout["xaxis"]["title"]["text"].startswith("Component 4 (")
    assert [heading.value for heading in session.at.subheader][:-1] == ["Component 4", "Component 2"]


def test_three_dimensions(session) -> None:
    session.at.button_group(key="map_dimensions").set_value("3-D").run()
    assert {trace["type"] for trace in session.figure("map")["data"]} == {"scatter3d"}
    assert [heading.value for heading in session.at.subheader][:-1] == ["Component 1", "Component 2", "Component 3"]


@pytest.mark.parametrize("colour", ["decade", "bias", "popularity", "cluster"])
def test_colours(session, colour: str) -> None:
    before = layer(session)["styles"]
    at = session.at.button_group(key="map_colour").set_value(colour).run()
    assert not at.exception
    assert colour in session.figure("map")["layout"]["title"]["text"] or colour == "popularity"
    assert layer(session)["styles"] != before
    if colour == "cluster":
        names = [trace["name"] for trace in session.figure("map")["data"]]
        assert [name[0] for name in names] == list("123456")


def test_fewer_movies(session) -> None:
    session.at.slider(key="map_popular").set_value(200).run()
    assert len(points(session)) == 200


def test_fifty_random_titles(session) -> None:
    assert trace(session, "titles") is None
    session.at.toggle(key="map_titles").set_value(True).run()
    first = trace(session, "titles")["text"]
    assert len(first) == 50
    session.button("map_redraw").click().run()
    assert trace(session, "titles")["text"] != first


def test_a_search_rings_the_movie(session) -> None:
    search = session.at.multiselect(key="map_found")
    search.set_value([search.options.index("Toy Story (1995)")]).run()
    (facts,) = trace(session, "found")["customdata"]
    assert facts[0] == "Toy Story (1995)"
    assert [text.strip() for text in trace(session, "titles")["text"]] == ["Toy Story"]


def test_a_found_movie_stays_found_among_other_movies(session, train: Callable[..., Run]) -> None:
    search = session.at.multiselect(key="map_found")
    search.set_value([search.options.index("Toy Story (1995)")]).run()
    at = session.at.slider(key="map_popular").set_value(200).run()
    assert not at.exception
    assert trace(session, "found")["customdata"][0][0] == "Toy Story (1995)"


def test_a_found_movie_that_is_no_longer_on_the_map(session) -> None:
    search = session.at.multiselect(key="map_found")
    rare = search.options[-1]
    search.set_value([len(search.options) - 1]).run()
    assert trace(session, "found")["customdata"][0][0] == rare
    at = session.at.slider(key="map_popular").set_value(200).run()
    assert not at.exception
    assert trace(session, "found") is None


def test_the_ends_of_each_component(session) -> None:
    high, low = tables(session, "component")[:2]
    assert len(high) == len(low) == 10
    assert high["component"].min() > low["component"].max()
    assert set(high["title"]) | set(low["title"]) <= set(points(session))


def test_what_an_axis_goes_along_with(session) -> None:
    known = tables(session, "correlation")[0]
    assert {"Drama", "decade", "popularity", "bias"} <= set(known["name"])
    assert known["correlation"].abs().between(0, 1).all()
    assert "R², cross-validated" in session.says("markdown")


def test_a_name_is_kept_with_the_run_and_shown_on_the_axis(session, visitor) -> None:
    run_id = session.at.session_state["run"]
    session.at.text_input(key=f"map_name_{run_id}_factors:1").set_value("light – dark").run()
    assert session.figure("map")["layout"]["xaxis"]["title"]["text"].endswith("): light – dark")
    another = visitor()
    another.open("movie_map")
    assert another.figure("map")["layout"]["xaxis"]["title"]["text"].endswith("): light – dark")


def test_the_usual_pca_is_another_map(session) -> None:
    before = layer(session)["x"]
    session.at.segmented_control(key="map_view").set_value("PCA (standard)").run()
    assert not session.at.exception
    assert layer(session)["x"] != before
    assert layer(session)["n"] == len(points(session))


def test_an_axis_from_movie_to_movie(session) -> None:
    session.at.segmented_control(key="map_view").set_value("Your own axis").run()
    start, end = (session.at.multiselect(key=key) for key in ("map_axis_from", "map_axis_to"))
    titles = dict(zip(start.options, start.options, strict=True))
    assert "Toy Story (1995)" in titles
    values = {title: i for i, title in enumerate(start.options)}
    start.set_value([start.options[values["Police Academy 4: Citizens on Patrol (1987)"]]])
    end.set_value([end.options[values["Godfather, The (1972)"]]])
    session.at.run()
    assert not session.at.exception
    name = session.figure("map")["layout"]["xaxis"]["title"]["text"]
    assert name == "from Police Academy 4: Citizens on Patrol (1987) to Godfather, The (1972)"
    x = dict(zip(layer(session)["titles"], np.frombuffer(base64.b64decode(layer(session)["x"]), "<f4"), strict=True))
    assert x["Godfather, The (1972)"] > x["Police Academy 4: Citizens on Patrol (1987)"]


def test_an_axis_without_an_end_says_so(session) -> None:
    session.at.segmented_control(key="map_view").set_value("Your own axis").run()
    session.at.multiselect(key="map_axis_to").set_value([]).run()
    assert "movie at either end" in session.says("error")


@pytest.mark.usefixtures("tiny")
def test_tsne_is_run_watched_and_shown(visitor, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=1)
    session = visitor()
    session.open("movie_map")
    session.at.segmented_control(key="map_view").set_value("t-SNE").run()
    assert not session.plots()
    assert "mean nothing" in session.says("caption")
    session.button("run_tsne").click().run()
    wait_until(lambda: session.at.run() and session.plots())
    assert session.figure("map")["layout"]["xaxis"]["title"]["text"] == "t-SNE 1"
    assert layer(session)["n"] == 150
    assert not session.at.exception


@pytest.mark.usefixtures("tiny")
def test_umap_waits_is_stopped_fails_and_is_shown(visitor, train: Callable[..., Run], monkeypatch) -> None:
    monkeypatch.setattr(jobs.Layout, "_work", lambda *arguments: None)  # waits for ever
    asked = []
    monkeypatch.setattr(layouts, "request_layout", lambda *call: asked.append((call, jobs.request_layout(*call))))
    train("best", n_epochs=1)
    session = visitor()
    session.open("movie_map")
    assert "who rates a movie at all" in session.says("caption")
    session.at.segmented_control(key="map_view").set_value("UMAP").run()
    assert "do not rely on" in session.says("caption")
    session.at.slider(key="map_n_neighbors").set_value(7).run()
    session.at.slider(key="map_min_dist").set_value(0.5).run()
    session.button("run_umap").click().run()
    session.button("stop_umap").click().run()
    assert session.button("run_umap").label == "Run UMAP"
    session.button("run_umap").click().run()
    (_, program, vectors, settings), layout = asked[-1]
    assert (program, settings) == ("umap_layout", {"n_neighbors": 7, "min_dist": 0.5, "seed": 0})
    layout.state, layout.message = "failed", "MemoryError"
    session.at.run()
    assert session.says("error") == "UMAP failed: MemoryError"
    session.button("run_umap").click().run()
    _, layout = asked[-1]
    layout.state, layout.places = "done", vectors[:, :2]
    session.at.run()
    assert session.figure("map")["layout"]["xaxis"]["title"]["text"] == "UMAP 1"
    assert not session.at.exception


def test_chosen_movies_are_told_apart_from_all(session) -> None:
    choose(session, [1, 2, 3, 100_000_000])
    assert "3 of" in session.says("markdown")
    assert tables(session, "genres")[0]["title"].tolist()[0] == "Toy Story (1995)"
    assert tables(session, "genre")[0]["lift"].iloc[0] > 1
    assert layer(session)["selected"]
    session.button("map_clear").click().run()
    assert layer(session)["selected"] is None
    assert "lasso" in session.says("info")


def test_neighbours_of_the_found_movie_by_each_measure(session) -> None:
    search = session.at.multiselect(key="map_found")
    search.set_value([search.options.index("Toy Story (1995)")]).run()
    go_to(session, "Neighbours")
    for by, near in zip(("cosine", "dot", "distance"), tables(session, "value"), strict=True):
        assert len(near) == 10
        assert "Toy Story (1995)" not in near["title"].tolist()
        assert near["value"].is_monotonic_increasing if by == "distance" else near["value"].is_monotonic_decreasing
    assert "Median number of ratings" in session.alt("map_norms")


def test_lines_can_be_left_out(session) -> None:
    assert layer(session)["near"]["k"] == 8
    session.at.segmented_control(key="map_lines").set_value(None).run()
    assert layer(session)["near"] is None


def test_the_map_as_a_table(session) -> None:
    go_to(session, "Table")
    shown = tables(session, "genres")[0]
    assert shown["title"].tolist() == list(points(session))
    assert [name.split(" (")[0] for name in shown.columns[-2:]] == ["Component 1", "Component 2"]


def test_one_run_alone_has_none_to_compare_with(session) -> None:
    go_to(session, "Other runs")
    assert "another seed" in session.says("info")


@pytest.mark.usefixtures("tiny")
def test_two_seeds_side_by_side(visitor, train: Callable[..., Run]) -> None:
    for seed in (1, 2):
        train("fast", n_epochs=2, seed=seed)
    session = visitor()
    session.open("movie_map")
    go_to(session, "Other runs")
    assert tables(session, "shared")[0]["shared"].between(0, 100).all()
    assert "chance would give 6.7%" in session.says("markdown")
    assert {"map_one", "map_other"} <= session.plots()
    assert "Procrustes" in session.says("caption")


def test_a_model_without_biases_has_a_map_without_that_colour(visitor, run_without_biases: Run) -> None:
    session = visitor()
    session.open("movie_map")
    assert session.at.button_group(key="map_colour").options == ["genre", "decade", "popularity", "cluster"]
    assert len(points(session)) > 2_950


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
