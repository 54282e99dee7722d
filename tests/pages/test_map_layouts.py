"""The movie map by t-SNE and UMAP: a layout starts, is watched, stopped, fails and is shown."""

from collections.abc import Callable

import pytest

from cf_core.programs import jobs
from cf_core.runs.spec import Run
from pages.parts.movie_map import layouts
from tests.pages.test_movie_map import layer
from tests.waiting import wait_until


@pytest.mark.usefixtures("tiny")
def test_tsne_starts_by_itself_is_watched_and_shown(visitor, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=1)
    session = visitor()
    session.open("movie_map")
    before = layer(session)["x"]
    session.at.segmented_control(key="map_view").set_value("t-SNE").run()
    assert session.plots() >= {"map"}
    if "stop_tsne" in [button.key for button in session.at.button]:
        assert layer(session)["x"] == before or layer(session)["opacity"] < 0.5
    wait_until(lambda: session.at.run() and "map_show_all" in [button.key for button in session.at.button])
    assert session.figure("map")["layout"]["xaxis"]["title"]["text"] == "t-SNE 1"
    assert "directions and distances mean nothing" in session.says("caption")
    assert layer(session)["n"] == 150
    assert not session.figure("map")["layout"].get("annotations")
    assert not session.at.exception


@pytest.mark.usefixtures("tiny")
def test_fewer_movies_cut_what_a_layouts_slider_was_set_to(visitor, train: Callable[..., Run], monkeypatch) -> None:
    monkeypatch.setattr(jobs, "_start_runner", lambda: None)  # it waits for ever
    train("fast", n_epochs=1)
    session = visitor()
    session.open("movie_map")
    session.at.slider(key="map_popular").set_value(150).run()
    session.at.segmented_control(key="map_view").set_value("t-SNE").run()
    session.at.slider(key="map_perplexity").set_value(50).run()
    session.at.slider(key="map_popular").set_value(100).run()
    assert not session.at.exception
    assert session.at.slider(key="map_perplexity").value == session.at.slider(key="map_perplexity").max == 33


def test_a_layout_of_too_few_movies_says_so(visitor, small_folder, tmp_path, monkeypatch, train) -> None:
    rows = [(user, item, 1 + (user + item) % 5) for user in range(20) for item in range(3)]
    (tmp_path / "data").mkdir()
    small_folder(rows).rename(tmp_path / "data" / "three")
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "data"))
    train("notebook-dot", n_epochs=1, n_factors=5)
    session = visitor()
    session.open("movie_map")
    for method in ("t-SNE", "UMAP"):
        session.at.segmented_control(key="map_view").set_value(method).run()
        assert not session.at.exception
        assert f"{method} needs 4 movies or more." in session.says("info")


@pytest.mark.usefixtures("tiny")
def test_umap_waits_is_stopped_fails_and_is_shown(visitor, train: Callable[..., Run], monkeypatch) -> None:
    monkeypatch.setattr(jobs, "_start_runner", lambda: None)  # it waits for ever
    asked = []

    def request(*call, **who):
        asked.append((call, jobs.request_job(*call, **who)))

    monkeypatch.setattr(layouts, "request_job", request)
    train("fast", n_epochs=1)
    session = visitor()
    session.open("movie_map")
    before = layer(session)["x"]
    session.at.segmented_control(key="map_view").set_value("UMAP").run()
    assert layer(session)["x"] == before
    assert layer(session)["opacity"] < 0.5
    first = asked[-1][1]
    session.at.slider(key="map_n_neighbors").set_value(7).run()
    assert first.state == "stopped"
    session.at.slider(key="map_min_dist").set_value(0.5).run()
    (_, module, vectors, settings), layout = asked[-1]
    assert (module, settings) == ("cf_core.layouts.umap_layout", {"n_neighbors": 7, "min_dist": 0.5, "seed": 0})
    layout.state, layout.progress, layout.partial = "running", 0.25, vectors[:, :2]
    session.at.run()
    assert layer(session)["x"] != before
    session.button("stop_umap").click().run()
    assert session.button("run_umap").label == "Run UMAP"
    assert layer(session)["x"] == before
    session.button("run_umap").click().run()
    _, layout = asked[-1]
    layout.state, layout.message = "failed", "MemoryError"
    session.at.run()
    assert session.says("error") == "UMAP failed: MemoryError"
    session.button("run_umap").click().run()
    _, layout = asked[-1]
    layout.state, layout.result = "done", vectors[:, :2]
    session.at.run()
    assert session.figure("map")["layout"]["xaxis"]["title"]["text"] == "UMAP 1"
    assert not session.at.exception
