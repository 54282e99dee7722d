"""The film of a run on a page: the timeline, the two views, and what it says where there is none."""

import shutil
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from cf_core.runs.spec import Run
from tests.pages.conftest import WORKSPACE, Visitor


def app() -> None:
    import streamlit as st

    from cf_core.errors import CFError
    from pages.parts.train.film import Scene, advance, show_film
    from pages.shared import session
    from pages.shared.messages import show_error

    session.choose_data()
    session.choose_run()
    run_view = session.selected_run()
    assert run_view is not None
    if "scene" not in st.session_state:
        st.session_state["scene"] = Scene()
    scene = st.session_state["scene"]
    fresh = Scene.of(run_view.run)
    scene.sent = fresh.sent
    advance(run_view, scene)
    try:
        show_film(run_view, run_view.run, scene, of_biases="of_biases" in st.session_state)
    except CFError as error:
        show_error(error)


class FilmVisitor(Visitor):
    """A visitor of a page that is the film of the chosen run and nothing else."""

    def __init__(self) -> None:
        self.at = AppTest.from_function(app, default_timeout=60)
        self.at.session_state["workspace"] = WORKSPACE
        self.at.run()
        assert not self.at.exception

    def title(self, key: str = "film") -> str:
        return self.figure(key)["layout"]["title"]["text"]

    @property
    def epoch(self) -> int | None:
        return self.at.session_state["train_film_epoch"]


@pytest.fixture
def run(tiny, visitor, train: Callable[..., Run]) -> Run:
    """Three epochs on the tiny data; `visitor` prepares the server."""
    return train("notebook-learner", n_epochs=3, n_factors=5)


def test_the_latest_epoch_is_shown_and_earlier_ones_by_the_slider(run):
    page = FilmVisitor()
    assert page.title() == "150 movies after epoch 3" and page.epoch is None
    assert "Highest on component 1: Movie" in page.alt("film")
    slider = page.at.select_slider(key="train_film_slider")
    assert (slider.value, slider.options) == (3, ["0", "1", "2", "3"])
    slider.set_value(1).run()
    assert page.title() == "150 movies after epoch 1" and page.epoch == 1
    page.at.select_slider(key="train_film_slider").set_value(3).run()
    assert page.title() == "150 movies after epoch 3" and page.epoch is None


def test_play_begins_at_the_start_and_stops_where_it_is(run):
    page = FilmVisitor()
    page.button("film_play").click().run()
    assert page.title() == "150 movies at the random start" and page.epoch == 0
    assert page.at.session_state["train_film_playing"]
    page.button("film_stop").click().run()
    assert page.title() == "150 movies at the random start"
    assert not page.at.session_state["train_film_playing"] and page.button("film_play")


def test_play_shows_every_epoch_to_the_last_whatever_the_browser_reports(run, monkeypatch):
    """A widget that the program moves could break the play off by reporting where it stood: there is none."""
    monkeypatch.setattr("pages.parts.train.film.PLAY_SECONDS", 0.0)
    page = FilmVisitor()
    page.button("film_play").click().run()
    seen = [page.title()]
    while page.at.session_state["train_film_playing"]:
        assert not page.at.select_slider
        page.at.run()
        seen.append(page.title())
    assert [title.rpartition(" ")[2] for title in seen] == ["start", "1", "2", "3"]
    assert page.at.select_slider(key="train_film_slider").value == 3


def test_biases_and_norms(run):
    page = FilmVisitor()
    page.at.session_state["of_biases"] = True
    page.at.run()
    assert page.plots() == {"distributions"}
    assert page.title("distributions") == "Bias after epoch 3"
    page.at.button_group(key="train_film_measure").set_value("norm").run()
    assert page.title("distributions") == "Norm after epoch 3"
    assert "standard deviation of the movies' biases" in page.alt("distributions")


def test_colour_by_mean_rating(run):
    page = FilmVisitor()
    assert page.figure("film")["data"][0]["marker"]["colorbar"]["title"]["text"] == "stars"
    page.at.button_group(key="train_film_colour").set_value("genre").run()
    assert "colorbar" not in page.figure("film")["data"][0]["marker"]


def test_another_run_begins_at_its_latest_epoch(run, train):
    page = FilmVisitor()
    page.at.select_slider(key="train_film_slider").set_value(1).run()
    other = train("notebook-dot", n_epochs=2, n_factors=5)
    page.at.selectbox(key="run_box").set_value(run.run_id).run()
    assert page.epoch == 1
    page.at.selectbox(key="run_box").set_value(other.run_id).run()
    assert page.title() == "150 movies after epoch 2" and page.epoch is None


def test_a_run_without_a_film_says_so(run, runs_folder):
    shutil.rmtree(runs_folder / run.run_id / "snapshots")
    page = FilmVisitor()
    assert "This run has no film" in page.says("info") and not page.plots()


def test_a_damaged_snapshot_is_named(run, runs_folder):
    (runs_folder / run.run_id / "snapshots" / "002.safetensors").write_bytes(b"?")
    page = FilmVisitor()
    assert "002.safetensors cannot be read" in page.says("error") and not page.plots()


def test_a_film_of_the_start_alone_has_no_timeline(run, runs_folder):
    for epoch in (1, 2, 3):
        (runs_folder / run.run_id / "snapshots" / f"00{epoch}.safetensors").unlink()
    page = FilmVisitor()
    assert page.title() == "150 movies at the random start"
    assert "At the random start. The film ends here" in page.says("caption")
    assert not page.at.select_slider
