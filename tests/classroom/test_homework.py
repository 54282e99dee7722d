"""Homework in a link: what the task leaves free, as many runs as it allows, and a result that the lab vouches for."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cf_core.classroom.homework import Homework
from cf_core.classroom.result import MOST_POINTS, Result, record_lines, thinned
from cf_core.classroom.signing import read_signed, sign
from cf_core.data.split import SplitConfig
from cf_core.errors import (
    ConfigError,
    DamagedTextError,
    EditedTextError,
    LockedSettingError,
    LongTextError,
    SignedTextError,
    TooManyRunsError,
    UnknownDataSetError,
    UnknownRunError,
)
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.lab_secret import lab_secret
from cf_core.runs.workspace import Workspace, new_token
from cf_core.tasks.task import TEXT_LENGTH, TaskMark
from cf_core.teaching.guesses import Guess
from cf_core.training.commands import SetLearningRate
from cf_core.training.events import EpochEnded, FitEnded
from cf_core.training.history import History
from tests.runs.stored import STARTED

ADA, BEN = new_token(), new_token()


@pytest.fixture
def homework(workers, tiny_data) -> Homework:
    return Homework(workers, lambda: {"tiny": tiny_data})


@pytest.fixture
def link(homework, task) -> str:
    """Factors and rate are free; three runs; RMSE 0.9 to reach."""
    return homework.link_of(replace(task, goal=0.9, fixed={"n_epochs": 2}))


@pytest.fixture
def end(workers):
    """`end(run_id, 0.95, 0.9)`: it has these RMSEs after its epochs, and is over."""

    def end(run_id: str, *rmses: float, outcome: str = "finished") -> str:
        epochs = [EpochEnded(n, 1, 1 / n, rmse**2, rmse, 0.7, 0.1, 1, 8) for n, rmse in enumerate(rmses, start=1)]
        workers.store.begin(run_id, fingerprint="f00d" * 16, versions={"torch": "2.0", "numpy": "1.9"})
        workers.store.add_epoch(run_id, History.of([STARTED, *epochs]))
        workers.store.finish(run_id, FitEnded(outcome, len(epochs), 2.5), None)
        return run_id

    return end


def test_a_link_gives_the_task_back_and_names_no_path(homework, task, link, tiny_data, workers) -> None:
    opened = homework.open(link)
    assert opened.task == replace(task, goal=0.9, fixed={"n_epochs": 2}) and opened.task.data == tiny_data
    assert homework.open(link).task_id == opened.task_id
    contents = read_signed("task", link, lab_secret(workers.store.folder))
    assert contents["data"] == "tiny" and tiny_data not in str(contents)
    assert len(link) < 700


def test_another_task_has_another_id_even_where_one_word_differs(homework, task) -> None:
    links = [homework.link_of(replace(task, title=title)) for title in ("One", "Two", "One")]
    ids = [homework.open(link).task_id for link in links]
    assert ids[0] == ids[2] != ids[1]


def test_an_edited_link_opens_nothing_and_trains_nothing(homework, link, workers) -> None:
    kind, lab, packed, signature = link.split(".")
    edited = f"{kind}.{lab}.{packed[:40]}{'A' if packed[40] != 'A' else 'B'}{packed[41:]}.{signature}"
    for attempt in (
        homework.open,
        lambda text: homework.submit(text, ADA, {}),
        lambda text: homework.progress(text, ADA),
    ):
        with pytest.raises(EditedTextError):
            attempt(edited)
    assert workers.store.runs() == []


def test_data_that_not_everybody_has_are_refused(homework, task, link, workers) -> None:
    with pytest.raises(UnknownDataSetError, match="data set of the lab"):
        homework.link_of(replace(task, data="/somewhere/of/mine"))
    with pytest.raises(UnknownDataSetError, match="'tiny'"):
        Homework(workers, dict).open(link)


def test_a_task_with_too_many_words_for_a_link_is_told(homework, task) -> None:
    words = "".join(chr(0x4E00 + 7919 * n % 20_000) for n in range(TEXT_LENGTH))
    with pytest.raises(LongTextError, match="Shorten"):
        homework.link_of(replace(task, text=words))


def test_a_run_has_what_is_free_from_the_student_and_the_rest_from_the_task(homework, link, workers, tiny_data) -> None:
    run = workers.store.get(homework.submit(link, ADA, {"n_factors": 7}))
    assert (run.spec.config.model.n_factors, run.spec.config.n_epochs) == (7, 2)
    assert (run.spec.data, run.spec.split, run.owner) == (tiny_data, SplitConfig(), ADA)
    assert run.task == TaskMark(homework.open(link).task_id)


@pytest.mark.parametrize("settings", [{"n_epochs": 30}, {"batch_size": 1}, {"seed": 3}])
def test_what_is_locked_stays_locked(homework, link, settings, workers) -> None:
    with pytest.raises(LockedSettingError):
        homework.submit(link, ADA, settings)
    assert homework.progress(link, ADA).n_runs == 0


def test_a_value_out_of_range_or_a_stranger_is_refused(homework, link) -> None:
    with pytest.raises(ConfigError):
        homework.submit(link, ADA, {"n_factors": 100_000})
    with pytest.raises(ConfigError, match="workspace"):
        homework.submit(link, "nobody", {})


def test_a_run_for_the_task_is_not_steered_to_other_settings(homework, link, workers) -> None:
    run_id = homework.submit(link, ADA, {})
    with pytest.raises(LockedSettingError):
        Workspace(workers, ADA).send(run_id, SetLearningRate(0.1))


def test_runs_are_counted_with_deleted_ones_and_per_student(homework, link, workers, end) -> None:
    for _ in range(3):
        workers.store.delete(end(homework.submit(link, ADA, {}), 0.95))
    with pytest.raises(TooManyRunsError, match="all 3 runs"):
        homework.submit(link, ADA, {})
    progress = homework.progress(link, ADA)
    assert (progress.runs, progress.n_runs, progress.best) == ([], 3, None)
    homework.submit(link, BEN, {})


def test_two_clicks_at_once_get_no_run_more(homework, task) -> None:
    link = homework.link_of(replace(task, most_runs=2))

    def click(_: int) -> bool:
        try:
            homework.submit(link, ADA, {})
        except TooManyRunsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(click, range(8))) == 2


def test_a_guess_is_asked_first(homework, task) -> None:
    link = homework.link_of(replace(task, asks_guesses=True))
    for guess in (None, Guess()):
        with pytest.raises(ConfigError, match="guess"):
            homework.submit(link, ADA, {}, guess)
    homework.submit(link, ADA, {}, Guess(overfits=False))


def test_the_best_finished_run_for_this_very_task_counts(homework, link, task, workers, end) -> None:
    end(homework.submit(link, ADA, {}), 0.99, 0.95)
    best = end(homework.submit(link, ADA, {"n_factors": 3}), 0.93, 0.92)
    end(homework.submit(link, ADA, {}), 0.5, outcome="stopped")
    end(homework.submit(link, BEN, {}), 0.6)
    end(homework.submit(homework.link_of(task), ADA, {}), 0.4)
    end(workers.store.create(RunSpec(task.data, task.split, task.config({})), ADA).run_id, 0.3)
    progress = homework.progress(link, ADA)
    assert progress.best is not None and progress.best.run_id == best
    assert (len(progress.runs), progress.n_runs, progress.reached) == (3, 3, False)
    assert homework.progress(link, BEN).reached is True
    assert homework.progress(homework.link_of(task), ADA).reached is None, "a task without a goal"


@pytest.mark.parametrize(("rmse", "reached"), [(0.9, True), (0.90004, True), (0.90006, False), (0.85, True)])
def test_a_goal_is_reached_as_the_screen_shows_it(homework, link, end, rmse, reached) -> None:
    end(homework.submit(link, ADA, {}), rmse)
    assert homework.progress(link, ADA).reached is reached
    assert homework.result_of(link, ADA, "Ada").reached is reached


def test_a_result_has_the_run_and_all_that_trains_it_again(homework, link, end) -> None:
    run_id = end(homework.submit(link, ADA, {"n_factors": 8, "learning_rate": 0.02}), 0.95, 0.89)
    result = homework.read_result(homework.hand_in(link, ADA, "  Ada\nLovelace "))
    assert (result.name, result.run_id, result.rmse, result.reached) == ("Ada Lovelace", run_id, 0.89, True)
    assert result.settings == {"n_factors": 8, "learning_rate": 0.02} and result.curve == ((1, 0.95), (2, 0.89))
    assert result.task.data == "tiny" and result.task_id == homework.open(link).task_id
    assert result.config.model.n_factors == 8 and result.config.n_epochs == 2
    record = dict(record_lines(result))
    assert (record["data"], record["fingerprint"]) == ("tiny", "f00d" * 8)
    assert record["versions"] == "numpy 1.9, torch 2.0"
    assert record["split"] == "random, 20% to validate, seed 42" and "8 factors" in record["model"]


def test_no_result_before_a_run_has_finished_and_nobody_elses(homework, link, end) -> None:
    end(homework.submit(link, BEN, {}), 0.9)
    homework.submit(link, ADA, {})
    with pytest.raises(UnknownRunError, match="finished"):
        homework.hand_in(link, ADA, "Ada")


def test_a_name_that_is_too_long_is_refused(homework, link, end) -> None:
    end(homework.submit(link, ADA, {}), 0.9)
    with pytest.raises(ConfigError, match="Shorten"):
        homework.hand_in(link, ADA, "a" * 61)


def test_a_result_cannot_be_made_up(homework, link, end, workers) -> None:
    end(homework.submit(link, ADA, {}), 0.9)
    text = homework.hand_in(link, ADA, "Ada")
    better = replace(homework.read_result(text), rmse=0.5).to_json()
    for forged in (sign("result", better, bytes(32)), text[:-2] + "AA", text[:-1], link):
        with pytest.raises(SignedTextError):
            homework.read_result(forged)


@pytest.mark.parametrize(
    "change", [{"rmse": None}, {"extra": 1}, {"settings": {"n_epochs": 9}}, {"curve": [1]}, {"task": {}}]
)
def test_even_a_signed_result_is_checked(homework, link, end, workers, change) -> None:
    end(homework.submit(link, ADA, {}), 0.9)
    record = homework.result_of(link, ADA, "Ada").to_json() | change
    with pytest.raises(DamagedTextError, match="not a result"):
        homework.read_result(sign("result", record, lab_secret(workers.store.folder)))


def test_a_long_curve_is_thinned_to_its_end() -> None:
    for n in (1, 2, MOST_POINTS, MOST_POINTS + 1, 1_000):
        curve = [(epoch, 1 / epoch) for epoch in range(1, n + 1)]
        points = thinned(curve)
        assert len(points) <= MOST_POINTS and points[-1] == curve[-1] and list(points) == sorted(points)
    assert thinned([]) == ()


def test_a_result_of_a_long_run_fits_into_a_link(homework, task, end) -> None:
    link = homework.link_of(replace(task, text="word " * 100, goal=0.9))
    end(homework.submit(link, ADA, {}), *(0.9 + 0.1234567 / epoch for epoch in range(1, 400)))
    assert len(homework.hand_in(link, ADA, "Ada")) < 4_000
    assert isinstance(homework.result_of(link, ADA, ""), Result)
