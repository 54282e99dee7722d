"""The film of a run on a page: the timeline, the two views, and what it says where there is none."""

import shutil
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from cf_core.runs.spec import Run
from tests.pages.conftest import WORKSPACE, Visitor


def app() -> None:
    from pages.parts.train.film import show_film
    from pages.shared import session

    session.choose_data()
    session.choose_run()
    run_view = session.selected_run()
    assert run_view is not None
    show_film(run_view, run_view.run)


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


def test_biases_and_norms(run):
    page = FilmVisitor()
    page.at.button_group(key="train_film_view").set_value("Biases and norms").run()
    assert page.plots() == {"distributions"}
    assert page.title("distributions") == "Bias and norm after epoch 3"
    assert "standard deviation of the movies' biases" in page.alt("distributions")


def test_colour_by_mean_rating(run):
    page = FilmVisitor()
    page.at.button_group(key="train_film_colour").set_value("mean rating").run()
    assert page.figure("film")["data"][0]["marker"]["colorbar"]["title"]["text"] == "stars"


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
