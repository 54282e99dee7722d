"""Joining, submitting and ending: who may what, when, how often; and what happens at once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cf_core.classroom import class_rows
from cf_core.classroom.classes import SESSION_JOINS, Classes
from cf_core.config import Phase
from cf_core.errors import (
    CFError,
    ClassEndedError,
    ClassFullError,
    ConfigError,
    LockedSettingError,
    NicknameError,
    QueueFullError,
    TooManyRunsError,
)
from cf_core.runs.limits import Limits
from cf_core.runs.visitor import Visitor
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.teaching.guesses import Guess
from cf_core.training.commands import Pause, SetLearningRate, Stop
from cf_core.training.events import FitEnded
from cf_core.training.history import History
from tests.classroom.conftest import TEACHER
from tests.runs.stored import STARTED, epoch

SOON = timedelta(hours=1)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What the calls return or raise when they are made together."""
    found: list[object] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def make(number: int) -> None:
        gate.wait()
        try:
            found[number] = calls[number]()
        except CFError as error:
            found[number] = error

    threads = [threading.Thread(target=make, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_joining_again_gives_the_same_member(classes, class_, join):
    ada = join("Ada")
    assert classes.join(class_, "Somebody else", ada.owner) == ada
    assert classes.member_of(class_, ada.owner) == ada and [one.nickname for one in classes.members(class_)] == ["Ada"]
    assert [one.class_id for one in classes.classes_of_member(ada.owner)] == [class_.class_id]


@pytest.mark.parametrize("taken", ["Ada", "ADA", " a\u2003d\u200ba ", "Ａｄａ"])
def test_a_nickname_that_looks_like_another_is_refused(join, taken):
    join("Ada")
    with pytest.raises(NicknameError, match=r"called '.*' or nearly so\. Choose another"):
        join(taken)


def test_the_same_nickname_is_free_in_another_class(classes, task, join):
    join("Ada")
    other = classes.open(task, TEACHER)
    assert classes.join(other, "Ada", new_token()).class_id == other.class_id


def test_of_two_who_want_one_nickname_at_once_one_gets_it(classes, class_):
    for number in range(10):
        found = at_once(*(lambda n=number: classes.join(class_, f"Ada {n}", new_token()) for _ in range(3)))
        assert sorted(type(one).__name__ for one in found) == ["Member", "NicknameError", "NicknameError"]
    assert len(classes.members(class_)) == 10


def test_two_tabs_that_join_at_once_are_one_member(classes, class_):
    token = new_token()
    found = at_once(*(lambda n=name: classes.join(class_, n, token) for name in ("Ada", "Ben")))
    assert found[0] == found[1] and len(classes.members(class_)) == 1


def test_a_class_has_a_size(tmp_path, task):
    workers = WorkerPool(tmp_path / "runs", n_workers=0, limits=Limits(class_size=2))
    classes = Classes(workers)
    class_ = classes.open(task, TEACHER)
    found = at_once(*(lambda n=name: classes.join(class_, n, new_token()) for name in ("Ada", "Ben", "Cleo")))
    assert sorted(type(one).__name__ for one in found) == ["ClassFullError", "Member", "Member"]
    classes.remove(class_, classes.members(class_)[0].member_id)
    classes.join(class_, "Dora", new_token())
    workers.close()


def test_a_browser_that_floods_a_class_is_stopped_and_nobody_else(classes, class_):
    flood = Visitor("10.0.0.1", "one")
    for number in range(SESSION_JOINS):
        token = new_token()
        assert classes.join(class_, f"Bot {number}", token, flood) == classes.join(class_, "again", token, flood)
    with pytest.raises(ClassFullError, match="This browser has joined 3 times"):
        classes.join(class_, "Bot", new_token(), flood)
    assert classes.join(class_, "Ada", new_token(), Visitor("10.0.0.1", "two")).nickname == "Ada"


def test_who_is_no_workspace_does_not_join_or_teach(classes, class_, task):
    for call in (lambda: classes.join(class_, "Ada", ""), lambda: classes.open(task, "")):
        with pytest.raises(ConfigError, match="workspace"):
            call()


def test_a_run_has_the_settings_of_the_task_and_lies_with_the_student(classes, class_, task, join, workers):
    ada = join("Ada")
    run_id = classes.submit(class_, ada, {"n_factors": 7})
    run = Workspace(workers, ada.owner).get(run_id)
    assert run.spec.config == task.config({"n_factors": 7}) and run.spec.split == task.split
    assert (run.task.task_id, run.task.member_id) == (class_.class_id, ada.member_id)


@pytest.mark.parametrize("settings", [{"seed": 1}, {"n_factors": 0}, {"colour": 1}])
def test_a_locked_setting_and_a_value_out_of_range_cost_no_run(classes, class_, join, settings):
    ada = join("Ada")
    with pytest.raises(ConfigError):
        classes.submit(class_, ada, settings)
    assert classes.member_of(class_, ada.owner).n_runs == 0


def test_the_task_that_is_stored_counts_not_the_one_that_is_given(classes, class_, task, join):
    other = replace(class_, task=replace(task, free=("seed",), most_runs=200))
    with pytest.raises(LockedSettingError):
        classes.submit(other, join("Ada"), {"seed": 1})


def test_a_class_that_guesses_first_takes_no_run_without_a_guess(classes, task, workers):
    class_ = classes.open(replace(task, asks_guesses=True), TEACHER)
    ada = classes.join(class_, "Ada", new_token())
    for guess in (None, Guess()):
        with pytest.raises(ConfigError, match="guesses before each run"):
            classes.submit(class_, ada, {}, guess)
    assert workers.store.get(classes.submit(class_, ada, {}, Guess(overfits=True))).guess == Guess(overfits=True)


def test_runs_that_failed_or_are_gone_count(classes, class_, join, ended, workers):
    ada = join("Ada")
    ended(ada, [0.9], outcome="failed")
    for rmse in (0.9, 0.8):
        workers.store.delete(ended(ada, [rmse]))
    workers.store.room.purge(datetime.now(UTC) + timedelta(days=30))
    assert classes.member_of(class_, ada.owner).runs_left(class_.task) == 0
    with pytest.raises(TooManyRunsError, match="all 3 runs of this task"):
        classes.submit(class_, ada, {})


def test_runs_submitted_at_once_do_not_exceed_what_each_may(classes, class_, join, ended):
    for number in range(5):
        ada = join(f"Ada {number}")
        ended(ada, [0.9])
        ended(ada, [0.9])
        found = at_once(*[lambda member=ada: classes.submit(class_, member, {})] * 4)
        assert sum(isinstance(one, TooManyRunsError) for one in found) == 3
        assert classes.member_of(class_, ada.owner).n_runs == 3


def test_a_run_that_the_queue_refuses_is_not_counted(classes, class_, join):
    ada = join("Ada")
    for _ in range(2):
        classes.submit(class_, ada, {})
    with pytest.raises(QueueFullError, match=r"2 runs for this class.*Look at the board"):
        classes.submit(class_, ada, {})
    assert classes.member_of(class_, ada.owner).n_runs == 2


def test_sixty_behind_one_address_train_and_the_others_there_too(classes, class_, workers, make_spec):
    members = [classes.join(class_, f"student {n}", new_token(), Visitor("10.0.0.1", str(n))) for n in range(60)]
    for _ in range(2):
        for number, member in enumerate(members):
            classes.submit(class_, member, {}, visitor=Visitor("10.0.0.1", str(number)))
    assert classes.board(class_).n_waiting == 120
    neighbour = Workspace(workers, new_token(), Visitor("10.0.0.1", "neighbour"))
    assert workers.live(neighbour.submit(make_spec())).place is not None


def test_all_of_a_class_have_a_cap_together(tmp_path, task):
    workers = WorkerPool(tmp_path / "runs", n_workers=0, limits=Limits(class_cap=3))
    classes = Classes(workers)
    class_, other = classes.open(task, TEACHER), classes.open(task, TEACHER)
    members = [classes.join(class_, f"student {n}", new_token()) for n in range(4)]
    for member in members[:3]:
        classes.submit(class_, member, {})
    with pytest.raises(QueueFullError, match="3 runs of this class"):
        classes.submit(class_, members[3], {})
    classes.submit(other, classes.join(other, "Ada", new_token()), {})
    workers.close()


def test_time_ends_a_class_and_its_teacher_opens_it_again(classes, task):
    class_ = classes.open(task, TEACHER, datetime.now(UTC) + SOON)
    ada = classes.join(class_, "Ada", new_token())
    assert class_.is_open() and not class_.is_open(datetime.now(UTC) + 2 * SOON)
    before = classes.submit(class_, ada, {})
    classes._classes.change(class_, {"ends": class_rows.in_utc(datetime.now(UTC) - SOON)})
    with pytest.raises(ClassEndedError, match="This class has ended"):
        classes.submit(class_, ada, {})
    with pytest.raises(ClassEndedError):
        classes.join(class_, "Ben", new_token())
    assert classes.join(class_, "Ada", ada.owner).member_id == ada.member_id
    assert list(classes.board(class_).rows["run_id"]) == [before]
    assert classes.reopen(class_).is_open()
    classes.submit(class_, ada, {})


def test_a_run_that_was_submitted_before_the_end_counts(classes, class_, join, workers):
    run_id = classes.submit(class_, join("Ada"), {})
    classes.end(class_)
    workers.store.begin(run_id, fingerprint="f00d", versions={})
    workers.store.add_epoch(run_id, History.of([STARTED, epoch(1)]))
    workers.store.finish(run_id, FitEnded("finished", 1, 1.0), None)
    assert classes.best_run(class_).run_id == run_id


def test_the_moment_of_an_end_has_to_come(classes, task, class_):
    for call in (lambda end: classes.open(task, TEACHER, end), lambda end: classes.reopen(class_, end)):
        with pytest.raises(ConfigError, match="over already"):
            call(datetime.now(UTC))


def test_runs_of_a_task_are_not_steered(classes, class_, join, ended, workers):
    ada = join("Ada")
    mine = Workspace(workers, ada.owner)
    waiting, finished = classes.submit(class_, ada, {}), ended(ada, [0.9])
    with pytest.raises(LockedSettingError, match="trained with the settings"):
        mine.send(waiting, SetLearningRate(0.5))
    with pytest.raises(LockedSettingError):
        mine.continue_run(finished, Phase(1, 0.01))
    mine.send(waiting, Pause())
    mine.send(waiting, Stop())
    assert mine.get(waiting).outcome == "stopped"


def test_a_run_that_was_resumed_stays_one_of_the_class(classes, class_, join, ended, workers):
    ada = join("Ada")
    run_id = ended(ada, [0.9], outcome="stopped")
    for _ in range(2):
        classes.submit(class_, ada, {})
    with pytest.raises(QueueFullError, match="for this class"):
        Workspace(workers, ada.owner).resume(run_id)


def test_an_owner_has_so_many_classes(classes, task, monkeypatch):
    monkeypatch.setattr(class_rows, "MOST_CLASSES", 2)
    for _ in range(2):
        classes.open(task, TEACHER)
    with pytest.raises(ClassFullError, match="2 classes"):
        classes.open(task, TEACHER)
    assert len(classes.of_teacher(TEACHER)) == 2
