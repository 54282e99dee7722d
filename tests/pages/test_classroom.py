"""The page Class: its ways in, what a student, a teacher and a stranger see of a class, and its end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cf_core.classroom.classes import SESSION_TRIES
from cf_core.classroom.records import TaughtClass
from cf_core.data.split import SplitConfig
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.workers.own_pool import pool
from cf_core.runs.workspace import new_token
from cf_core.tasks.task import Task, TaskMark
from pages.parts.classroom import cached
from pages.parts.classroom.keys import Key
from pages.shared import server, teacher_keys
from pages.shared.classes import classes

pytestmark = pytest.mark.usefixtures("tiny", "no_workers")

TEACHER, ADA, BO = "t" * 32, "a" * 32, "b" * 32
HOSTILE = ["<b>x</b>", "[x](javascript:1)", "$x$ :red[y]", "🦊🦊", "W" * 24]


def task(**changes: Any) -> Task:
    """Two free sliders on the app's first data set."""
    given = {"title": "Beat *me*", "text": "Lower.", "data": next(iter(server.data_folders().values()))}
    return Task(**{**given, "split": SplitConfig(), "recipe": "fast", "fixed": {"n_epochs": 1}, **changes})


@pytest.fixture
def opened(no_workers) -> TaughtClass:
    """An open class of two sliders and three runs each."""
    return classes().open(task(most_runs=3), TEACHER)


@pytest.fixture
def add_run(runs_folder: Path) -> Callable[..., str]:
    """`add_run(class_, "Ada", ADA, n_factors=5)` joins and trains; the run's id."""

    def add(class_: TaughtClass, nickname: str, owner: str, **settings: Any) -> str:
        member = classes().join(class_, nickname, owner)
        store, of = pool(runs_folder).store, class_.task
        spec = RunSpec(of.data, of.split, of.config(settings), "cpu")
        run_id = store.create(spec, owner, task=TaskMark(class_.class_id, member.member_id)).run_id
        for _ in execute(store, run_id):
            pass
        return run_id

    return add


def enter(visitor: Callable[..., Any], owner: str, class_: TaughtClass | None = None) -> Any:
    """A session of that workspace on the page, with the link to the class if one is given."""
    session = visitor(owner)
    if class_ is not None:
        session.at.query_params[Key.JOIN] = class_.code
    session.open("classroom")
    return session


def fill(session: Any, **texts: str) -> None:
    """Type into the form and send it off."""
    for name, text in texts.items():
        session.at.text_input(key=Key[name]).set_value(text)
    (button,) = (one for one in session.at.button if one.label == "Join")
    button.click().run()
    assert not session.at.exception


def test_a_stranger_finds_a_way_in_and_no_class(visitor, opened) -> None:
    session = enter(visitor, BO)
    assert [box.label for box in session.at.text_input] == ["Code of the class", "Your nickname"]
    assert "code of six letters" in session.says("info") and not session.plots()
    assert opened.code not in session.says("markdown") + session.says("caption")


def test_a_wrong_code_says_what_to_do_and_too_many_stop(visitor, opened) -> None:
    session = enter(visitor, BO)
    fill(session, CODE="222222", NICKNAME="Bo")
    assert "No class has this code" in session.says("error")
    for _ in range(SESSION_TRIES):
        fill(session, CODE="222222", NICKNAME="Bo")
    assert "Too many wrong codes" in session.says("error")
    fill(session, CODE=opened.code, NICKNAME="Bo")
    assert "Too many wrong codes" in session.says("error") and classes().members(opened) == []


def test_a_wrong_link_is_tried_once_however_often_the_page_runs(visitor, opened) -> None:
    session = visitor(BO)
    session.at.query_params[Key.JOIN] = "222222"
    session.open("classroom")
    for _ in range(SESSION_TRIES + 2):
        session.at.run()
    assert "No class has this code" in session.says("error")
    fill(session, CODE=f" {opened.code[:3].lower()}-{opened.code[3:]} ", NICKNAME="Bo")
    assert [member.nickname for member in classes().members(opened)] == ["Bo"]


def test_a_link_shows_the_task_and_a_nickname_joins(visitor, opened) -> None:
    session = enter(visitor, ADA, opened)
    assert "Beat *me*" in session.says("subheader") and "The others see your nickname" in session.says("caption")
    fill(session, NICKNAME="  ")
    assert "nickname" in session.says("error") and classes().members(opened) == []
    fill(session, NICKNAME="Ada")
    assert not session.at.error and session.button("class_train").label == "Train (3 left)"
    assert [slider.label for slider in session.at.sidebar.select_slider] == ["Factors", "Learning rate"]
    assert not [one for one in session.at.button if one.key == "class_to_projector"]


def test_a_taken_nickname_and_a_full_class(visitor, opened, monkeypatch) -> None:
    classes().join(opened, "Ada", ADA)
    session = enter(visitor, BO, opened)
    fill(session, NICKNAME="ADA")
    assert "Choose another name" in session.says("error")
    monkeypatch.setattr(classes()._members, "_class_size", 1)
    fill(session, NICKNAME="Bo")
    assert "as many as a class may have" in session.says("error")


@pytest.mark.parametrize("nickname", HOSTILE)
def test_hostile_nicknames_are_text(visitor, opened, add_run, nickname: str) -> None:
    add_run(opened, nickname, ADA, n_factors=2)
    add_run(opened, "Bo", BO, n_factors=40, learning_rate=5.0)
    for owner in (TEACHER, BO, ADA):
        session = enter(visitor, owner, opened)
        assert not session.at.exception and nickname in session.alt("class_ranking")
        raw = "\n".join(one.value for one in session.at.markdown)
        assert nickname not in raw or nickname.isalnum() or nickname == "🦊🦊"
        assert not any(nickname in one.proto.body for one in session.at.get("html"))
    assert "<b>" not in str(session.figure("class_ranking")["data"][0]["y"])


def test_the_board_of_a_student(visitor, opened, add_run) -> None:
    settings = {"Ada": {"n_factors": 2, "learning_rate": 0.0005}, "Bo": {"n_factors": 8, "learning_rate": 0.2}}
    owners = {"Ada": ADA, "Bo": BO}
    runs = {name: add_run(opened, name, owners[name], **settings[name]) for name in owners}
    rmse = {server.runs().store.get(run_id).rmse: name for name, run_id in runs.items()}
    (low, ahead), (high, behind) = sorted(rmse.items())
    session = enter(visitor, owners[behind], opened)
    said = session.says("markdown").replace("*", "")
    assert f"2nd of 2 with {high:.4f}, {high - low:.4f} behind {ahead}." in said
    figure = session.figure("class_points_learning_rate")
    (rings,) = (trace for trace in figure["data"] if trace.get("name") == "yours")
    assert rings["x"] == [settings[behind]["learning_rate"]]
    session.button("class_take_ahead").click().run()
    sliders = [slider.value for slider in session.at.sidebar.select_slider]
    assert sliders == [*settings[ahead].values()]
    session.at.sidebar.select_slider[0].set_value(10)  # not run: the button was drawn before
    session.button("class_train").click().run()
    assert not session.at.exception and classes().member_of(opened, owners[behind]).n_runs == 1
    (mine,) = (run for run in session_runs(owners[behind]) if run.unfinished)
    assert (mine.spec.config.model.n_factors, mine.task.task_id) == (10, opened.class_id)
    assert mine.spec.config.phases[0].learning_rate == pytest.approx(sliders[1])


def session_runs(owner: str) -> list[Any]:
    return server.runs().store.runs(owner)


def test_a_point_that_is_chosen_shows_its_settings(visitor, opened, add_run) -> None:
    run_id = add_run(opened, "Ada", ADA, n_factors=2)
    session = enter(visitor, BO, opened)
    fill(session, NICKNAME="Bo")
    session.at.session_state[Key.CHOSEN] = run_id
    session.at.run()
    assert "factors 2, learning rate 0.07" in session.says("markdown")
    session.button("class_take").click().run()
    assert 2 in [slider.value for slider in session.at.sidebar.select_slider]
    server.runs().store.delete(run_id)
    classes()._reader(opened).forget()
    session.at.run()
    assert not session.at.exception and "factors 2" not in session.says("markdown")


def test_guesses_are_asked_first_where_the_class_wants_them(visitor) -> None:
    asking = classes().open(task(asks_guesses=True, most_runs=1), TEACHER)
    session = enter(visitor, ADA, asking)
    fill(session, NICKNAME="Ada")
    assert session.button("class_train").disabled
    session.at.segmented_control(key="guess_overfits").set_value("overfits").run()
    session.button("class_train").click().run()
    (run,) = session_runs(ADA)
    assert run.guess.overfits is True
    cached.forget(asking)
    session.at.run()
    assert session.button("class_train").label == "Train (0 left)" and session.button("class_train").disabled


def test_the_teacher_opens_a_class_with_two_clicks(visitor) -> None:
    session = enter(visitor, TEACHER)
    session.at.segmented_control(key=Key.WAY_IN).set_value("Open a class").run()
    session.button("class_open_it").click().run()
    assert not session.at.exception
    (opened,) = classes().of_teacher(TEACHER)
    assert opened.code in session.at.query_params[Key.JOIN]
    (code,) = (one.proto.body for one in session.at.get("html") if '"class-code"' in one.proto.body)
    assert f"{opened.code[:3]} {opened.code[3:]}" in code
    assert "Nobody has joined yet" in session.says("markdown")


def test_the_teacher_removes_a_member_after_a_question(visitor, opened, add_run) -> None:
    add_run(opened, "Ada", ADA)
    add_run(opened, "<i>Bo", BO)
    student, teacher = enter(visitor, BO, opened), enter(visitor, TEACHER, opened)
    member = classes().member_of(opened, BO)
    teacher.at.session_state[Key.MEMBER] = member.member_id
    teacher.at.run()
    assert "Remove <i>Bo?" in teacher.says("markdown").replace("*", "")
    teacher.button("class_keep").click().run()
    assert len(classes().members(opened)) == 2
    teacher.at.session_state[Key.MEMBER] = member.member_id
    teacher.at.run()
    teacher.button("class_remove").click().run()
    assert [one.nickname for one in classes().members(opened)] == ["Ada"]
    assert "Bo" not in teacher.alt("class_ranking")
    student.at.run()
    assert "removed" in student.says("error") and not student.plots()
    fill(student, CODE=opened.code, NICKNAME="Bo again")
    assert "removed" in student.says("error") and len(classes().members(opened)) == 1


def test_the_end_the_record_and_the_best_run_for_all(visitor, opened, add_run) -> None:
    runs = [add_run(opened, "Ada", ADA, learning_rate=0.0005), add_run(opened, "Bo", BO, learning_rate=0.2)]
    best = min(runs, key=lambda run_id: server.runs().store.get(run_id).rmse or 9.0)
    teacher, student, stranger = enter(visitor, TEACHER, opened), enter(visitor, BO, opened), visitor(new_token())
    teacher.button("class_end").click().run()
    assert not classes().now(opened).is_open()
    teacher.at.run()
    assert [one for one in teacher.at.button if one.key == "class_again_button"]
    student.at.run()
    winner = ("Ada", "Bo")[runs.index(best)]
    assert f"{winner} won with RMSE" in student.says("markdown").replace("*", "")
    assert "Record" in {one.label for one in student.at.get("download_button")}
    student.button("class_best_run").click().run()
    assert not student.at.exception and student.at.session_state["run"] == "shared"
    assert server.runs().store.shared(student.at.session_state["shared"]).run_id == best
    stranger.at.query_params[Key.JOIN] = opened.code
    stranger.open("classroom")
    assert "class_best_run" not in {one.key for one in stranger.at.button}
    teacher.button("class_again_button").click().run()
    assert classes().now(opened).is_open()


def test_a_class_that_ends_by_itself_tells_the_time(visitor, opened) -> None:
    soon = classes().reopen(opened, datetime.now(UTC) + timedelta(minutes=20))
    assert "ends in 20 min" in enter(visitor, TEACHER, soon).says("caption")


def test_the_teachers_key_opens_the_class_elsewhere_and_a_wrong_one_nothing(visitor, opened) -> None:
    session = visitor(BO)
    session.at.session_state[teacher_keys.Key.KEYS] = [opened.teacher_key]
    session.at.session_state[teacher_keys.Key.NEW] = opened.teacher_key
    session.open("classroom")
    assert session.button("class_to_projector").label == "Projector"
    other = visitor(ADA)
    other.at.session_state[teacher_keys.Key.KEYS] = [new_token()]
    other.at.session_state[teacher_keys.Key.NEW] = new_token()
    other.open("classroom")
    assert "leads to no class" in other.says("error") and not other.plots()


def test_the_projector_has_the_board_and_the_code(visitor, opened, add_run) -> None:
    add_run(opened, "Ada", ADA)
    session = enter(visitor, TEACHER, opened)
    session.button("class_to_projector").click().run()
    assert any(opened.code[:3] in one.proto.body for one in session.at.get("html"))
    assert session.height("class_points_learning_rate") > 500 and "class_ranking" in session.plots()
    session.button("class_from_projector").click().run()
    assert session.button("class_to_projector")


def test_known_classes_lead_back_and_out_again(visitor, opened) -> None:
    classes().join(opened, "Ada", ADA)
    for owner, part in ((ADA, "member"), (TEACHER, "teacher")):
        session = enter(visitor, owner)
        assert f"you are its {part}" in session.says("caption")
        session.button(f"class_back_{opened.class_id}").click().run()
        assert session.at.query_params[Key.JOIN] in (opened.code, [opened.code])
        session.button("class_leave").click().run()
        assert Key.JOIN not in session.at.query_params and not session.at.exception
