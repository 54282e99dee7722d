"""The training page: the form makes the configuration, Start submits it, and each outcome is told in words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cf_core.config import TrainingConfig, with_settings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.own_pool import pool
from cf_core.teaching.recipe_stories import RECIPE_STORIES
from cf_core.training.recipes import RECIPES
from pages.shared.run.settings_form import address_of_settings


@pytest.fixture
def session(visitor, no_workers):
    session = visitor()
    session.open("train")
    return session


@pytest.fixture
def start(session, runs_folder: Path) -> Callable[[], TrainingConfig]:
    """`start()` presses Start and gives the configuration that was submitted."""

    def press() -> TrainingConfig:
        at = session.button("start").click().run()
        assert not at.exception
        return RunStore(runs_folder).runs("x" * 32)[0].spec.config

    return press


def choose(session, recipe: str) -> None:
    at = session.at.selectbox(key="recipe").set_value(recipe).run()
    assert not at.exception


def test_invites_to_start(session) -> None:
    assert session.says("info").endswith("and the curves grow here.")
    assert session.plots() == {"schedule", "curves"}
    assert "user and movie means: 0.792" in session.alt("curves")
    lesson = next(line for line in session.figure("curves")["data"] if line["name"] == "the lesson, each epoch")
    assert lesson["y"][-1] == pytest.approx(1.129)


@pytest.mark.parametrize("recipe", RECIPES)
def test_untouched_a_recipe_is_submitted_as_it_is(session, start, recipe: str) -> None:
    choose(session, recipe)
    assert "All as in the recipe." in session.says("caption")
    assert session.button("start").label == "Train"
    assert start() == RECIPES[recipe].config


@pytest.mark.parametrize("recipe", RECIPES)
def test_no_slider_offers_two_values_that_look_alike(session, recipe: str) -> None:
    choose(session, recipe)
    assert session.at.select_slider
    for slider in session.at.select_slider:
        assert len(set(slider.options)) == len(slider.options), slider.label


@pytest.mark.parametrize(
    ("setting", "value", "read"),
    [
        ("n_factors", 5, lambda config: config.model.n_factors),
        ("n_epochs", 2, lambda config: config.n_epochs),
        ("learning_rate", 0.5, lambda config: config.phases[0].learning_rate),
        ("weight_decay", 0.01, lambda config: config.weight_decay),
        ("batch_size", 1024, lambda config: config.batch_size),
        ("momentum", 0.5, lambda config: config.momentum),
    ],
)
def test_a_slider_changes_what_start_submits(session, start, setting: str, value: float, read) -> None:
    session.at.select_slider(key=f"notebook-dot.{setting}").set_value(value).run()
    assert "Changed from the recipe" in session.says("caption")
    config = start()
    assert read(config) == value
    assert config.recipe == "notebook-dot"


def test_a_press_before_the_page_has_followed_starts_what_the_widgets_say(session, start) -> None:
    session.at.selectbox(key="recipe").set_value("fast")  # not run: the button is still that of the recipe before
    assert start() == RECIPES["fast"].config
    session.at.select_slider(key="fast.n_epochs").set_value(2)
    assert start().n_epochs == 2


def test_the_other_widgets_change_it_too(session, start) -> None:
    choose(session, "notebook-net")
    session.at.button_group(key="notebook-net.optimizer").set_value("adamw")
    session.at.button_group(key="notebook-net.schedule").set_value("cosine")
    session.at.number_input(key="notebook-net.seed").set_value(7).run()
    session.at.select_slider(key="notebook-net.cycle_length").set_value(3)
    session.at.select_slider(key="notebook-net.n_hidden").set_value(50)
    session.at.select_slider(key="notebook-net.hidden_dropout").set_value(0.25).run()
    config = start()
    assert (config.optimizer, config.seed) == ("adamw", 7)
    assert [(phase.schedule, phase.cycle_length) for phase in config.phases] == [("cosine", 3)] * 2
    assert (config.model.n_hidden, config.model.hidden_dropout) == (50, 0.25)


def test_one_click_takes_one_change_back(session, start) -> None:
    session.at.select_slider(key="notebook-dot.n_factors").set_value(5)
    session.at.select_slider(key="notebook-dot.batch_size").set_value(1024).run()
    assert session.button("back.n_factors").label == "Factors: 5 → 50"
    session.button("back.n_factors").click().run()
    config = start()
    assert (config.model.n_factors, config.batch_size) == (50, 1024)


def test_back_to_the_recipe(session, start) -> None:
    session.at.select_slider(key="notebook-dot.n_factors").set_value(5)
    session.at.button_group(key="notebook-dot.schedule").set_value("cosine").run()
    session.at.select_slider(key="notebook-dot.cycle_length").set_value(4).run()
    session.button("back").click().run()
    assert session.at.select_slider(key="notebook-dot.n_factors").value == 50
    assert "All as in the recipe." in session.says("caption")
    assert start() == RECIPES["notebook-dot"].config


def test_each_recipe_keeps_its_own_values(session, start) -> None:
    session.at.select_slider(key="notebook-dot.n_factors").set_value(5).run()
    choose(session, "fast")
    assert session.at.select_slider(key="fast.n_factors").value == 5
    session.at.select_slider(key="fast.n_factors").set_value(10).run()
    choose(session, "notebook-dot")
    assert session.at.select_slider(key="notebook-dot.n_factors").value == 5
    choose(session, "fast")
    assert start().model.n_factors == 10


def test_values_are_still_there_after_a_look_at_another_page(session, start) -> None:
    choose(session, "fast")
    session.at.select_slider(key="fast.n_factors").set_value(10).run()
    session.open("data")
    session.open("train")
    assert session.at.selectbox(key="recipe").value == "fast"
    assert start().model.n_factors == 10


def test_the_schedule_is_shown_before_training(session) -> None:
    choose(session, "notebook-learner")
    (line,) = session.figure("schedule")["data"]
    assert max(line["y"]) == pytest.approx(0.01)
    session.at.select_slider(key="notebook-learner.learning_rate").set_value(0.1).run()
    (line,) = session.figure("schedule")["data"]
    assert max(line["y"]) == pytest.approx(0.1)
    assert session.alt("schedule").startswith("Learning rate by epoch, between ")


def test_a_waiting_run_says_so_and_can_be_stopped(session, start) -> None:
    start()
    choose(session, "fast")
    start()
    assert [bar.proto.text for bar in session.at.get("progress")] == ["Waiting for a free worker: 1 ahead of it."]
    session.button("stop").click().run()
    assert "Stopped in epoch 1; the weights are as they were then." in session.says("markdown")
    assert not session.plots() - {"schedule", "curves"}


def test_a_finished_run(visitor, train: Callable[..., Run]) -> None:
    run = train("fast", n_epochs=2)
    session = visitor()
    session.open("train")
    assert f"Validation: MSE **{run.valid_loss:.3f}** · RMSE **{run.rmse:.3f}** · MAE **" in session.says("markdown")
    assert f"Validation MSE {run.valid_loss:.3f}: " in session.says("markdown")
    valid = next(line for line in session.figure("curves")["data"] if line["name"] == "validation loss")
    assert valid["x"] == [1, 2]
    assert valid["y"][-1] == pytest.approx(run.valid_loss, rel=1e-4)
    assert f"{run.valid_loss:.3f}" in session.alt("curves")


def test_loss_as_rmse(visitor, fast_run: Run) -> None:
    session = visitor()
    session.open("train")
    session.at.button_group(key="metric").set_value("rmse").run()
    valid = next(line for line in session.figure("curves")["data"] if line["name"] == "validation loss")
    assert valid["y"] == [pytest.approx(fast_run.rmse, rel=1e-4)]
    assert f"Validation RMSE {fast_run.rmse:.3f}: " in session.says("markdown")
    assert "A new seed alone moves it by 0.003." in session.says("markdown")


def test_while_another_recipes_run_is_shown_the_figure_to_beat_stands_below_the_box(visitor, fast_run: Run) -> None:
    session = visitor()
    session.open("train")
    choose(session, "notebook-bias")
    assert "To beat, the lesson's MSE: 0.800" in session.says("caption")
    session.at.session_state["metric"] = "rmse"
    session.at.run()
    assert "To beat, the lesson's RMSE: 0.894" in session.says("caption")
    choose(session, "fast")
    assert "To beat" not in session.says("caption")


def test_the_lessons_figure_stands_beside_its_recipe(visitor, train: Callable[..., Run]) -> None:
    run = train("notebook-dot", n_factors=5, batch_size=8192)
    session = visitor()
    session.open("train")
    worse = f"{run.valid_loss - 1.129:.3f} worse than the lesson (1.129)"
    assert worse in session.says("markdown")
    lesson = next(line for line in session.figure("curves")["data"] if line["name"].startswith("the lesson"))
    assert lesson["y"][-1] == pytest.approx(1.129)


def test_a_diverged_run_shows_its_advice(visitor, train: Callable[..., Run]) -> None:
    run = train("notebook-dot", learning_rate=10)
    assert run.outcome == "diverged"
    session = visitor()
    session.open("train")
    assert f"The run diverged. {run.message}" in session.says("markdown")
    assert "Try a learning rate" in run.message
    assert "curves" in session.plots()
    assert "no epoch is over yet" in session.alt("curves")


def test_the_baselines_stand_beside_the_curves(visitor, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=2)
    session = visitor()
    session.open("train")
    labels = " ".join(note["text"] for note in session.figure("curves")["layout"]["annotations"])
    assert "user and movie<br>means:</span> <b>0.792</b>" in labels
    assert "best of other<br>libraries:</span> <b>0.732</b>" in labels
    assert "global mean: 1.124; user and movie means: 0.792; best of other libraries: 0.732" in session.alt("curves")


def test_the_code_of_a_run_can_be_taken_away(visitor, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=2)
    session = visitor()
    session.open("train")
    session.at.button_group(key="train_view").set_value("Code").run()
    text = session.at.code[0].value
    assert 'DATA = "data/ml-latest-small/ratings.csv"' in text
    assert "(2, 0.07)," in text
    script, notebook = session.at.get("download_button")
    assert (script.proto.label, notebook.proto.label) == ("Script", "Notebook")
    assert not notebook.proto.disabled


def test_the_model_is_open(visitor, train: Callable[..., Run]) -> None:
    train("fast", n_epochs=2)
    session = visitor()
    session.open("train")
    session.at.button_group(key="train_view").set_value("Model").run()
    n_parameters = (671 + 9_066) * 6
    assert "EmbeddingDotBias(" in session.at.code[0].value
    assert session.at.dataframe[0].value["parameters"].sum() == n_parameters
    memory = {metric.label: metric.value for metric in session.at.metric}
    assert memory["Weights"] == memory["Gradients"] == f"{4 * n_parameters / 1e3:.1f} KB"
    assert memory["Optimiser"] == f"{8 * n_parameters / 1e3:.1f} KB"
    assert {line["name"] for line in session.figure("train_norms")["data"]} >= {"movie factors", "user biases"}


def test_a_started_run_is_told_to_follow_the_chosen_prediction(session, no_workers, start) -> None:
    session.at.session_state["train_prediction_user"] = 547
    session.at.session_state["train_prediction_movie"] = 356
    start()
    run_id, user, item = session.at.session_state["train_prediction_watched"]
    assert run_id == session.at.session_state["run"]
    ratings = read_ratings(EMBEDDED)
    assert (ratings.users.ids[user], ratings.items.ids[item]) == (547, 356)


def test_another_split_is_said_trained_on_and_given_back(session, no_workers, runs_folder) -> None:
    session.at.button_group(key="kind").set_value("time").run()
    assert not session.at.exception
    assert "The next run validates **by time, the newest 20%**." in session.says("markdown")
    session.button("start").click().run()
    (run,) = RunStore(runs_folder).runs("x" * 32)
    assert run.spec.split == SplitConfig(kind="time")
    session.button("lesson_split").click().run()
    assert "The next run validates" not in session.says("markdown")
    session.button("start").click().run()
    assert RunStore(runs_folder).runs("x" * 32)[0].spec.split == SplitConfig()


def test_the_lessons_figure_is_not_held_against_another_split(visitor, train: Callable[..., Run]) -> None:
    train("notebook-dot", n_factors=5, batch_size=8192)
    other = train("notebook-dot", n_factors=5, batch_size=8192, split=SplitConfig(kind="time"))
    session = visitor()
    session.open("train")
    session.at.selectbox(key="run_box").set_value(other.run_id).run()
    said = session.says("markdown")
    assert "than the lesson" not in said and "your last run" not in said
    assert "The lesson has no figure for this split of these data." in said
    assert "than guessing the mean" in said
    names = {line["name"] for line in session.figure("curves")["data"]}
    assert "the lesson, each epoch" not in names


def test_a_bad_combination_is_explained_before_the_start(session) -> None:
    assert "is far too high here" not in session.says("markdown")
    session.at.select_slider(key="notebook-dot.learning_rate").set_value(5.0).run()
    assert "A learning rate of 5 is far too high here" in session.says("markdown")
    assert not session.button("start").disabled  # advice, no fence


def test_the_list_says_what_each_recipe_is(session) -> None:
    box = session.at.selectbox(key="recipe")
    assert box.value == "notebook-dot"
    assert box.options[3] == "4 · Library's learner (start here)"
    assert len(set(box.options)) == len(RECIPES)


def test_a_recipe_with_a_story_tells_it(session) -> None:
    assert RECIPE_STORIES["rank"].teaser not in session.says("markdown")
    choose(session, "rank")
    assert RECIPE_STORIES["rank"].teaser in session.says("markdown")
    assert set(RECIPE_STORIES) <= set(RECIPES)


def test_the_recipe_is_in_the_address(visitor, no_workers) -> None:
    session = visitor()
    session.at.query_params["recipe"] = "fast"
    session.open("train")
    assert session.at.selectbox(key="recipe").value == "fast"
    choose(session, "best")
    assert session.at.query_params["recipe"] == "best"
    session.at.query_params["recipe"] = "no such"
    assert not session.at.run().exception


def test_a_run_with_other_settings_says_so_and_gives_them(visitor, train: Callable[..., Run]) -> None:
    run = train("fast", n_epochs=2, n_factors=8, learning_rate=0.0483)
    session = visitor()
    session.open("train")
    assert "The run shown has other settings: " in session.says("caption")
    session.button("take_settings").click().run()
    assert not session.at.exception
    assert session.at.selectbox(key="recipe").value == "fast"
    assert session.at.select_slider(key="fast.n_factors").value == run.spec.config.model.n_factors
    assert session.at.select_slider(key="fast.learning_rate").value == 0.0483, "which is no step of the slider"
    assert "The run shown has other settings" not in session.says("caption")


def test_an_address_may_have_values_between_the_steps_and_nothing_else(visitor, no_workers) -> None:
    config = with_settings(RECIPES["fast"].config, {"learning_rate": 0.0483, "optimizer": "sgd"})
    assert address_of_settings(config) == {"fast.learning_rate": "0.0483", "fast.optimizer": "sgd"}
    session = visitor()
    session.at.query_params["recipe"] = "fast"
    session.at.query_params["fast.n_factors"] = "many"
    session.at.query_params["fast.weight_decay"] = "99"
    for name, value in address_of_settings(config).items():
        session.at.query_params[name] = value
    session.open("train")
    assert session.at.select_slider(key="fast.learning_rate").value == 0.0483
    assert session.at.select_slider(key="fast.n_factors").value == config.model.n_factors
    assert session.at.select_slider(key="fast.weight_decay").value == config.weight_decay


def test_the_last_run_is_what_the_next_is_held_against(visitor, train: Callable[..., Run]) -> None:
    first = train("fast", n_epochs=1)
    second = train("fast", n_epochs=1, seed=1)
    session = visitor()
    session.open("train")
    assert f"your last run ({first.valid_loss:.3f})" in session.says("markdown")
    session.at.selectbox(key="run_box").set_value(first.run_id).run()
    assert "your last run" not in session.says("markdown")
    assert second.run_id != first.run_id


def test_what_to_beat_stands_beside_the_empty_axes(session) -> None:
    goals = session.at.dataframe[0].value
    assert list(goals[""]) == ["the lesson", "global mean", "user and movie means", "best of other libraries"]
    assert goals["MSE"].iloc[0] == pytest.approx(1.129)


def test_a_run_that_was_set_down_says_what_it_waits_for(session, start, runs_folder: Path) -> None:
    start()
    workers = pool(runs_folder)
    (job,) = workers._jobs.values()
    job.set_down = True
    session.at.run()
    (line,) = (bar.proto.text for bar in session.at.get("progress"))
    assert line == "Set down after its share, as others wait: it is next. It goes on by itself, to the same numbers."
    job.on_hold = True
    session.at.run()
    (line,) = (bar.proto.text for bar in session.at.get("progress"))
    assert line.startswith("Paused, set down: others were waiting.")
    session.button("resume").click().run()
    assert not session.at.exception
    assert workers.live(job.run_id).place == 1
