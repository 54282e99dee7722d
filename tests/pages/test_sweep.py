"""The page Sweep: what the form searches, what it refuses, and what the page shows of a sweep in each of its states."""

from collections.abc import Callable

import pytest

from cf_core.config import with_settings
from cf_core.data.split import SplitConfig
from cf_core.runs.run_sweep import run_sweep
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.sweep import Sweep
from cf_core.sweeps.space import Interval, SearchSpace, Values
from cf_core.sweeps.spec import SweepSpec
from cf_core.training.recipes import RECIPES
from pages.parts.sweep.keys import SELECTION, Key
from pages.parts.sweep.space import range_at_first, range_steps
from pages.shared import server
from tests.pages.conftest import WORKSPACE

pytestmark = pytest.mark.usefixtures("tiny")
FAST = RECIPES["fast"]
RATES = SearchSpace({"learning_rate": Interval(0.01, 0.1, log=True), "n_factors": Interval(2, 9)})


@pytest.fixture
def store(visitor, runs_folder) -> RunStore:
    return RunStore(runs_folder)


@pytest.fixture
def searched(store: RunStore) -> Callable[..., Sweep]:
    """`searched(space, n_trials)` runs a sweep of one epoch on the tiny data to its end, in this process."""

    def search(space: SearchSpace = RATES, n_trials: int = 4) -> Sweep:
        config = with_settings(FAST.config, {"n_epochs": 1, "batch_size": 64})
        base = RunSpec(next(iter(server.data_folders().values())), SplitConfig(), config, "cpu")
        sweep = store.sweeps.create(base, SweepSpec(space, n_trials=n_trials), WORKSPACE)
        for _ in run_sweep(store, sweep.sweep_id):
            pass
        store.sweeps.end(sweep.sweep_id)
        return store.sweeps.get(sweep.sweep_id)

    return search


@pytest.fixture
def session(visitor, no_workers):
    """The page with the recipe `fast`, on a server that trains nothing."""
    session = visitor()
    session.at.query_params["recipe"] = "fast"
    session.open("sweep")
    return session


def vary(session, name: str, on: bool) -> None:
    session.at.sidebar.toggle(key=f"{Key.VARY}fast.{name}").set_value(on).run()
    assert not session.at.exception


def start(session, store: RunStore) -> Sweep:
    session.button("sweep_start").click().run()
    assert not session.at.exception
    return store.sweeps.all(WORKSPACE)[0]


def test_a_first_click_searches_a_decade_around_the_recipe(session, store) -> None:
    sweep = start(session, store)
    assert sweep.base.config == FAST.config and sweep.base.split == SplitConfig()
    assert sweep.spec == SweepSpec(
        SearchSpace(
            {
                "n_factors": Interval(2, 15),
                "learning_rate": Interval(0.02, 0.2, log=True),
                "weight_decay": Interval(5e-5, 5e-4, log=True),
            }
        ),
        "tpe",
        20,
    )


def test_what_the_form_says_is_what_is_searched(session, store) -> None:
    for name in ("n_factors", "weight_decay"):
        vary(session, name, on=False)
    vary(session, "optimizer", on=True)
    session.at.sidebar.multiselect(key=f"{Key.RANGE}fast.optimizer").set_value(["sgd", "adamw"]).run()
    session.at.sidebar.select_slider(key=f"{Key.RANGE}fast.learning_rate").set_range(0.01, 0.05).run()
    session.at.sidebar.select_slider(key=f"{Key.FIXED}fast.n_factors").set_value(30).run()
    session.at.sidebar.segmented_control(key=Key.METHOD).set_value("grid").run()
    session.at.sidebar.select_slider(key=Key.TRIALS).set_value(8).run()
    session.at.sidebar.select_slider(key=Key.MINUTES).set_value(10).run()
    assert "a grid of 4 × 2 = 8 trials over learning rate, optimiser · 10 min at most" in session.says("caption")
    session.at.sidebar.select_slider(key=Key.MINUTES).set_value(5)  # not run: the button was drawn before
    sweep = start(session, store)
    space = SearchSpace({"learning_rate": Interval(0.01, 0.05, log=True), "optimizer": Values(("sgd", "adamw"))})
    assert sweep.spec == SweepSpec(space, "grid", 8, 5)
    assert sweep.base.config == with_settings(FAST.config, {"n_factors": 30})


def test_the_seed_has_no_switch_and_cycles_come_with_cosine(session) -> None:
    keys = {toggle.key for toggle in session.at.sidebar.toggle}
    assert f"{Key.VARY}fast.batch_size" in keys and f"{Key.VARY}fast.seed" not in keys
    assert f"{Key.VARY}fast.cycle_length" not in keys
    vary(session, "schedule", on=True)
    assert f"{Key.VARY}fast.cycle_length" in {toggle.key for toggle in session.at.sidebar.toggle}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda session: [vary(session, name, on=False) for name in ("n_factors", "learning_rate", "weight_decay")],
         "0 settings are to be varied"),
        (lambda session: session.at.sidebar.select_slider(key=f"{Key.RANGE}fast.n_factors").set_range(5, 5).run(),
         "n_factors=5:5 is no range"),
        (lambda session: (session.at.sidebar.segmented_control(key=Key.METHOD).set_value("grid").run(),
                          session.at.sidebar.select_slider(key=Key.TRIALS).set_value(6).run()),
         "The coarsest grid of these settings has 8 points"),
    ],
)  # fmt: skip
def test_what_makes_no_sweep_is_refused_in_words(session, change, refusal) -> None:
    change(session)
    assert refusal in session.says("warning")
    assert session.button("sweep_start").disabled


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_every_range_begins_around_the_recipes_value(recipe) -> None:
    for name in ("n_factors", "learning_rate", "weight_decay", "momentum", "batch_size"):
        low, high = range_at_first(recipe, name)
        assert low < high and {low, high} <= set(range_steps(recipe, name))
    low, high = range_at_first(recipe, "learning_rate")
    assert low < recipe.config.phases[0].learning_rate < high and 5 <= high / low <= 25
    assert min(range_steps(recipe, "weight_decay")) > 0, "by decades, there is no way from 0"


def test_a_sweep_that_waits_can_be_paused_and_goes_on_and_be_stopped_without_a_winner(session, store) -> None:
    sweep = start(session, store)
    assert "0 of 20 trials" in session.at.get("progress")[0].proto.text
    assert session.plots() == {"sweep_progress"} and "no trial has finished yet" in session.says("markdown")
    session.button("sweep_pause").click().run()
    assert store.sweeps.get(sweep.sweep_id).state == "paused"
    store.sweeps.set_state(sweep.sweep_id, "paused", "There is no room on the disk.")
    session.at.run()
    assert "no room on the disk" in session.says("warning")
    session.button("sweep_go_on").click().run()
    assert store.sweeps.get(sweep.sweep_id).state == "running"
    session.button("sweep_stop").click().run()
    assert store.sweeps.get(sweep.sweep_id).state == "stopped"
    assert "without a winner" in session.at.get("progress")[0].proto.text


def test_the_winner_is_shown_with_both_figures_and_why_they_differ(visitor, no_workers, searched, store, train) -> None:
    sweep = searched()
    session = visitor()
    session.open("sweep")
    runs = store.runs_of_sweep(sweep.sweep_id)
    (winner,) = (run for run in runs if run.spec.purpose == "train")
    best = min(run.rmse for run in runs if run.spec.purpose == "trial" and run.outcome == "finished")
    metrics = {metric.label: metric.value for metric in session.at.metric}
    assert metrics["Inner, chosen by"] == f"{best:.4f}"
    assert metrics["Validation RMSE"] == f"{winner.rmse:.4f}" and metrics["The recipe's"] == "–"
    assert "looks better than it is" in session.says("markdown")
    recipe_run = train("fast")
    session.at.run()
    metrics = {metric.label: metric.value for metric in session.at.metric}
    assert metrics["The recipe's"] == f"{recipe_run.rmse:.4f}"


def test_a_winner_whose_run_was_deleted(visitor, no_workers, searched, store) -> None:
    sweep = searched()
    store.delete(store.runs(WORKSPACE)[0].run_id)
    session = visitor()
    session.open("sweep")
    assert "was deleted" in session.says("info") and not session.at.metric
    assert store.sweeps.get(sweep.sweep_id).ended is not None


def test_every_view_shows_the_trials_and_a_choice_holds_in_all(visitor, no_workers, searched) -> None:
    searched()
    session = visitor()
    session.open("sweep")
    assert len(session.figure("sweep_progress")["data"][3]["x"]) == 5
    ids = [point[1] for point in session.figure("sweep_progress")["data"][0]["customdata"]]
    session.at.session_state[SELECTION.key] = ids[:1]
    session.at.run()
    assert "1 of 4 trials chosen" in session.says("markdown").replace("*", "")
    for view, key, n_traces in (("Scatter", "sweep_scatter", 2), ("Curves", "sweep_curves", 5)):
        session.at.segmented_control(key=Key.VIEW).set_value(view).run()
        data = session.figure(key)["data"]
        assert len(data) == n_traces and not session.at.exception
        (chosen,) = (trace for trace in data if trace["name"] == "chosen")
        assert [point[1] for point in chosen["customdata"] if point] == ids[:1]
    session.at.segmented_control(key=Key.VIEW).set_value("Parallel axes").run()
    assert len(session.figure("sweep_parallel")["data"][0]["dimensions"]) == 3
    session.at.segmented_control(key=Key.VIEW).set_value("What counts").run()
    assert "there are 4" in session.says("info")
    (table,) = session.at.dataframe
    assert table.value["trial"].tolist() == [1, 2, 3, 4] and set(table.value["state"]) <= {"finished", "given up"}


def test_earlier_sweeps_are_there_to_choose_and_to_delete_after_a_second_word(
    visitor, no_workers, searched, store
) -> None:
    older, newer = searched(), searched(SearchSpace({"n_factors": Interval(2, 9)}), 2)
    session = visitor()
    session.open("sweep")
    box = session.at.selectbox(key=Key.SWEEP_BOX)
    assert box.value == newer.sweep_id and len(box.options) == 3
    box.set_value(older.sweep_id).run()
    assert session.at.query_params[Key.SWEEP] in (older.sweep_id, [older.sweep_id])
    session.button("sweep_delete").click().run()
    session.button("sweep_keep").click().run()
    assert len(store.sweeps.all(WORKSPACE)) == 2
    session.button("sweep_delete").click().run()
    session.button("sweep_delete_now").click().run()
    assert [sweep.sweep_id for sweep in store.sweeps.all(WORKSPACE)] == [newer.sweep_id]
    assert session.at.selectbox(key=Key.SWEEP_BOX).value == newer.sweep_id
    assert len(store.runs(WORKSPACE)) == 2, "the winners stay"


def test_sweeps_of_other_workspaces_stay_out_of_sight(visitor, no_workers, searched) -> None:
    sweep = searched()
    stranger = visitor("z" * 32)
    stranger.at.query_params[Key.SWEEP] = sweep.sweep_id
    stranger.open("sweep")
    assert not stranger.at.metric and "The next one" in stranger.says("caption")
    assert stranger.plots() == {"sweep_progress"}
