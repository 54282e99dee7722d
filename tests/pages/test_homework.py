"""The page Homework: the form and its link, the task as a student works on it, and the result that they hand in."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from cf_core.classroom.homework import Homework
from cf_core.data.split import SplitConfig
from cf_core.runs.execute import execute
from cf_core.runs.spec import Run
from cf_core.runs.workers.own_pool import pool
from cf_core.tasks.task import Task
from pages.parts.homework.keys import Key
from pages.shared import server

pytestmark = pytest.mark.usefixtures("tiny", "no_workers")

ADA, BEN = "a" * 32, "b" * 32


@pytest.fixture
def homework(runs_folder) -> Homework:
    return Homework(pool(runs_folder), server.data_folders)


@pytest.fixture
def task(tiny) -> Task:
    """Factors and rate are free; two runs; a goal that every run reaches."""
    folder = server.data_folders()["tiny"]
    return Task("Beat *it*", "One line.\nAnother.", folder, SplitConfig(), "fast", {"n_epochs": 2}, most_runs=2, goal=9)


@pytest.fixture
def finish(homework, runs_folder):
    """`finish(link, owner, n_factors=3)`: a run of the owner for the task, trained in this process."""

    def finish(link: str, owner: str, **settings: int) -> Run:
        run_id = homework.submit(link, owner, settings)
        for _ in execute(pool(runs_folder).store, run_id):
            pass
        return pool(runs_folder).store.get(run_id)

    return finish


def open_link(visitor, owner: str, key: Key, text: str):
    session = visitor(owner)
    session.at.query_params[key] = text
    session.open("homework")
    return session


def made_link(session) -> str:
    """What stands in the link that the form makes."""
    (code,) = session.at.code
    return parse_qs(urlsplit(code.value).query)[Key.TASK][0]


def test_the_form_makes_a_link_without_a_word_typed(visitor, homework) -> None:
    session = visitor()
    session.open("homework")
    task = homework.open(made_link(session)).task
    assert (task.recipe, task.free, task.fixed) == ("fast", ("n_factors", "learning_rate"), {})
    assert (task.most_runs, task.goal, task.asks_guesses, task.split) == (None, None, False, SplitConfig())


def test_what_the_teacher_sets_is_in_the_link(visitor, homework) -> None:
    session = visitor()
    at = session.open("homework")
    at.text_input(key="homework.title").set_value("Find it").run()
    at.number_input(key="homework.goal").set_value(0.9).run()
    at.number_input(key="homework.most_runs").set_value(4).run()
    at.toggle(key="homework.free.n_factors").set_value(False).run()
    at.toggle(key="homework.free.weight_decay").set_value(True).run()
    at.selectbox(key="homework.fast.n_factors").set_value(30).run()
    at.toggle(key="homework.guesses").set_value(True).run()
    task = homework.open(made_link(session)).task
    assert (task.title, task.goal, task.most_runs, task.asks_guesses) == ("Find it", 0.9, 4, True)
    assert (task.free, task.fixed) == (("learning_rate", "weight_decay"), {"n_factors": 30})


def test_a_task_that_is_none_says_why_and_has_no_link(visitor) -> None:
    session = visitor()
    at = session.open("homework")
    at.text_input(key="homework.title").set_value("  ").run()
    assert "needs a title" in session.says("error") and not at.code


def test_the_form_is_as_it_was_after_another_page(visitor, homework) -> None:
    session = visitor()
    session.open("homework").selectbox(key="homework.recipe").set_value("notebook-bias").run()
    session.at.text_input(key="homework.title").set_value("Kept").run()
    session.open("data")
    session.open("homework")
    task = homework.open(made_link(session)).task
    assert (task.recipe, task.title) == ("notebook-bias", "Kept")


def test_a_teacher_sees_it_as_a_student_and_comes_back(visitor) -> None:
    session = visitor()
    session.open("homework")
    session.button("homework_preview").click().run()
    assert session.plots() == {"homework_curves"} and session.button("homework_train").label == "Train"
    session.button("homework_leave").click().run()
    assert session.at.code and not session.plots()


def test_a_student_reads_the_task_and_has_its_free_sliders_alone(visitor, homework, task) -> None:
    session = open_link(visitor, ADA, Key.TASK, homework.link_of(task))
    assert session.says("subheader") == "Beat *it*" and "One line." in session.says("markdown")
    assert [slider.label.split(" (")[0] for slider in session.at.sidebar.select_slider] == ["Factors", "Learning rate"]
    assert "Epochs: 2" in session.says("caption")
    assert session.button("homework_train").label == "Train (2 left)"
    assert session.says("metric") == "–"


def test_the_button_trains_with_the_sliders_and_counts(visitor, homework, task, runs_folder) -> None:
    link = homework.link_of(task)
    session = open_link(visitor, ADA, Key.TASK, link)
    factors = session.at.sidebar.select_slider[0]
    factors.set_value(20).run()
    session.button("homework_train").click().run()
    (run,) = homework.progress(link, ADA).runs
    assert (run.spec.config.model.n_factors, run.spec.config.n_epochs) == (20, 2)
    assert session.button("homework_train").label == "Train (1 left)"
    assert "fast.n_factors" not in session.at.session_state, "the sliders of the page Train are others"
    session.at.sidebar.select_slider[0].set_value(30)  # not run: the button was drawn before
    session.button("homework_train").click().run()
    assert max(run.spec.config.model.n_factors for run in homework.progress(link, ADA).runs) == 30
    assert session.button("homework_train").disabled
    assert session.button("homework_train").label == "Train (0 left)"


def test_guesses_come_first_where_the_task_asks_for_them(visitor, homework, task) -> None:
    link = homework.link_of(replace(task, asks_guesses=True))
    session = open_link(visitor, ADA, Key.TASK, link)
    assert session.button("homework_train").disabled
    session.at.segmented_control(key="guess_overfits").set_value("overfits").run()
    session.button("homework_train").click().run()
    assert homework.progress(link, ADA).runs[0].guess.overfits is True


def test_the_best_so_far_the_runs_and_the_result(visitor, homework, task, finish) -> None:
    link = homework.link_of(task)
    best = min((finish(link, ADA, n_factors=n) for n in (2, 9)), key=lambda run: run.rmse)
    session = open_link(visitor, ADA, Key.TASK, link)
    assert session.says("metric") == f"{best.rmse:.4f}"
    assert len(session.at.dataframe[0].value) == 2
    session.at.text_input(key=Key.NAME).set_value("Ada <b>Lovelace</b>").run()
    session.button("homework_hand_in").click().run()
    assert "by **Ada <b>Lovelace</b>**" in session.says("markdown")
    assert f"RMSE {best.rmse:.4f} stars" in session.says("markdown")
    assert session.plots() == {"homework_result_curve"}
    record, link_to_hand_in = (code.value for code in session.at.code)
    assert best.run_id in record and "seed 42" in record
    handed_in = parse_qs(urlsplit(link_to_hand_in).query)[Key.RESULT][0]
    assert homework.read_result(handed_in).run_id == best.run_id

    teacher = open_link(visitor, BEN, Key.RESULT, handed_in)
    assert best.run_id in teacher.at.code[0].value
    assert "Genuine" in teacher.says("markdown") and "Goal reached" in teacher.says("markdown")
    session.button("homework_back").click().run()
    assert session.plots() == {"homework_curves"}


@pytest.mark.parametrize("key", [Key.TASK, Key.RESULT])
def test_an_edited_link_is_refused_in_words_and_there_is_a_way_on(visitor, homework, task, finish, key) -> None:
    link = homework.link_of(task)
    finish(link, ADA)
    text = link if key == Key.TASK else homework.hand_in(link, ADA, "Ada")
    for changed, why in (
        (text[:30] + ("B" if text[30] == "A" else "A") + text[31:], "edited"),
        (text[:-9], "not whole"),
    ):
        session = open_link(visitor, BEN, key, changed)
        assert why in session.says("error") and not session.plots()
    session.button("homework_form_again").click().run()
    assert not session.at.error and session.at.text_input(key="homework.title").value


def test_nobody_sees_the_runs_of_another(visitor, homework, task, finish) -> None:
    link = homework.link_of(task)
    finish(link, ADA)
    session = open_link(visitor, BEN, Key.TASK, link)
    assert session.says("metric") == "–" and not session.at.dataframe
    assert session.button("homework_train").label == "Train (2 left)"


def test_a_reload_and_another_page_keep_the_task(visitor, homework, task) -> None:
    link = homework.link_of(task)
    session = open_link(visitor, ADA, Key.TASK, link)
    session.open("data")
    session.open("homework")
    assert session.at.query_params[Key.TASK] in (link, [link]) and session.plots() == {"homework_curves"}
