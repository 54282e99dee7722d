"""The page Made-up ratings: nothing made yet, made, runs under way, and what they found."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cf_core.data.made_up.files import read_planted, write_made_up
from cf_core.data.made_up.generation import make_up
from cf_core.data.made_up.options import MadeUpOptions
from cf_core.data.reading import read_ratings
from cf_core.data.split import SplitConfig, split_ratings
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.own_pool import pool, reset_pools
from pages.parts.made_up.make import name_of
from pages.parts.made_up.runs import config
from tests.waiting import wait_until_ended

SMALL = MadeUpOptions(n_factors=2, n_ratings=5_000, n_users=100, n_items=100)


@pytest.fixture
def made_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app offers one data set, which is made up; its folder."""
    folder = tmp_path / "data" / "small"
    folder.mkdir(parents=True)
    write_made_up(folder, make_up(SMALL))
    monkeypatch.setenv("CF_LAB_DATA", str(folder.parent))
    return folder


@pytest.fixture
def train_with(made_data: Path, train: Callable[..., Run]) -> Callable[[int], Run]:
    """`train_with(n_factors)` trains one of the page's own runs in this process."""
    split = split_ratings(read_ratings(made_data), SplitConfig())

    def one(n_factors: int) -> Run:
        settings = config(n_factors, "weak", split)
        (phase,) = settings.phases
        return train(
            "fast",
            n_factors=n_factors,
            n_epochs=phase.n_epochs,
            learning_rate=phase.learning_rate,
            weight_decay=settings.weight_decay,
            batch_size=settings.batch_size,
        )

    return one


def test_where_nothing_is_made_it_says_so_and_shows_what_would_be(tiny, visitor) -> None:
    session = visitor()
    session.open("made_up")
    assert "not made up" in session.says("info")
    assert session.plots() == {"to_be_planted"}
    assert len(session.figure("to_be_planted")["data"][0]["y"]) == 3
    session.at.slider(key="planted").set_value(5).run()
    assert len(session.figure("to_be_planted")["data"][0]["y"]) == 5


def test_make_adds_the_data_set_to_the_workspace_and_selects_it(tiny, visitor) -> None:
    session = visitor()
    session.open("made_up")
    session.at.select_slider(key="n_ratings").set_value(2_000).run()
    session.at.slider(key="planted").set_value(2).run()
    session.button("make").click().run()
    assert not session.at.exception and not session.at.error
    box = session.at.selectbox(key="data")
    assert box.options[box.index] == f"{name_of(MadeUpOptions(n_factors=2, n_ratings=2_000))} · yours"
    assert session.plots() == {"error_over_factors"}
    assert session.button("make").disabled
    assert session.button("train_all").label == "Train with 1, 2, 4, 8 factors"
    assert "no run yet" in session.alt("error_over_factors")


def test_who_moves_a_slider_and_presses_at_once_gets_what_it_says_now(tiny, visitor) -> None:
    session = visitor()
    session.open("made_up")
    session.at.select_slider(key="n_ratings").set_value(2_000)
    session.button("make").click().run()
    box = session.at.selectbox(key="data")
    assert box.options[box.index] == f"{name_of(MadeUpOptions(n_ratings=2_000))} · yours"


def test_choices_that_do_not_go_together_are_explained(tiny, visitor) -> None:
    session = visitor()
    session.open("made_up")
    session.at.select_slider(key="n_users").set_value(50).run()
    session.at.select_slider(key="n_items").set_value(50).run()
    assert "n_ratings=40,000 is out of range" in session.says("error")


def test_one_click_queues_a_run_for_each_number(made_data, visitor, no_workers, runs_folder) -> None:
    session = visitor()
    session.open("made_up")
    session.button("train_all").click().run()
    assert not session.at.exception
    queued = RunStore(runs_folder).runs()
    assert sorted(run.spec.config.model.n_factors for run in queued) == [1, 2, 4, 8]
    assert len({(run.spec.config.weight_decay, run.spec.config.seed, run.spec.data) for run in queued}) == 1
    assert session.says("caption").endswith("Under way: runs with 1, 2, 4, 8 factors.")
    assert session.button("train_all").disabled


def test_runs_are_pulled_as_the_page_says_at_the_click(made_data, visitor, no_workers, runs_folder) -> None:
    session = visitor()
    session.open("made_up")
    session.at.button_group(key="pull").set_value("none")
    session.button("train_all").click().run()
    assert {run.spec.config.weight_decay for run in RunStore(runs_folder).runs()} == {0.0}


def test_a_full_queue_keeps_what_fits(made_data, visitor, no_workers, runs_folder, monkeypatch) -> None:
    monkeypatch.setenv("CF_LAB_CAP", "2")
    reset_pools()
    pool(runs_folder, n_workers=0)
    session = visitor()
    session.open("made_up")
    session.button("train_all").click().run()
    assert session.at.toast[0].value.startswith("You have 2 runs in training or waiting")
    assert session.button("train_all").label == "Train with 4, 8 factors"


def test_the_curve_has_every_run_the_floor_and_the_planted_number(train_with, visitor) -> None:
    runs = [train_with(n_factors) for n_factors in (1, 2, 8)]
    session = visitor()
    session.open("made_up")
    validation, training, *_ = session.figure("error_over_factors")["data"]
    assert validation["x"] == training["x"] == [1, 2, 8]
    assert validation["y"] == pytest.approx([run.rmse for run in runs], abs=1e-4)
    shapes = session.figure("error_over_factors")["layout"]["shapes"]
    assert shapes[1]["x0"] == shapes[1]["x1"] == 2
    assert min(validation["y"]) > shapes[0]["y0"] > 0.3
    assert validation["y"][1] == min(validation["y"])  # two are planted


def test_the_chosen_run_is_compared_with_the_truth(train_with, visitor) -> None:
    one, two = train_with(1), train_with(2)
    session = visitor()
    session.open("made_up")
    planted, recovered, _ = session.figure("recovered")["data"]
    assert planted["y"] == pytest.approx([64, 36], abs=0.1)  # squares of 1 and 0.75
    assert recovered["y"][0] > 0.85 * 64 and recovered["y"][1] > 0.75 * 36  # of the best run, that with two factors
    session.at.sidebar.selectbox(key="run_box").set_value(one.run_id).run()
    assert session.figure("recovered")["data"][1]["y"][1] < 0.3 * 36
    session.at.sidebar.selectbox(key="run_box").set_value(two.run_id).run()
    session.at.button_group(key="found").set_value("One factor").run()
    _, items = session.figure("on_factor_plot")["data"]
    assert len(items["x"]) == 100 and items["customdata"][0].startswith("Item ")
    assert np.corrcoef(items["x"], items["y"])[0, 1] > 0.9
    session.at.button_group(key="found").set_value("Strengths").run()
    planted, found = session.figure("strengths")["data"]
    assert planted["y"] == pytest.approx([0.56, 0.42], abs=0.01) and len(found["y"]) == 2


def test_a_run_of_other_settings_stands_beside_the_line(train_with, train, visitor) -> None:
    train_with(2)
    other = train("fast", n_epochs=1)
    session = visitor()
    session.open("made_up")
    line, _, others, *_ = session.figure("error_over_factors")["data"]
    assert line["x"] == [2]
    assert others["x"] == [5] and others["customdata"][0][-1] == other.run_id


def test_the_runs_of_a_click_end_and_are_shown(made_data, visitor, runs_folder) -> None:
    session = visitor()
    session.open("made_up")
    session.button("train_all").click().run()
    for run in RunStore(runs_folder).runs():
        wait_until_ended(pool(runs_folder), run.run_id)
    session.at.run()
    assert not session.at.exception
    assert session.figure("error_over_factors")["data"][0]["x"] == [1, 2, 4, 8]
    assert session.button("train_all").label == "All trained"
    assert "recovered" in session.plots()


def test_a_truth_of_other_ratings_is_refused(made_data, visitor) -> None:
    lines = (made_data / "ratings.csv").read_text().splitlines()
    (made_data / "ratings.csv").write_text("\n".join([*lines[:-1], ""]))
    session = visitor()
    session.open("made_up")
    assert "is not that of its ratings" in session.says("error")


def test_the_same_choices_have_the_same_name() -> None:
    assert name_of(SMALL) == name_of(MadeUpOptions(n_factors=2, n_ratings=5_000, n_users=100, n_items=100))
    assert name_of(SMALL) != name_of(MadeUpOptions(n_factors=2, n_ratings=5_000, n_users=100, n_items=100, seed=1))


def test_the_truth_of_the_app_is_that_of_the_options(made_data) -> None:
    assert read_planted(made_data).options == SMALL
